//! Names are identifiers here.

#[chronologix::streams(my-app, audit)]
fn main() {}
