//! Names are identifiers here.

#[chronologix::streams("app", audit)]
fn main() {}
