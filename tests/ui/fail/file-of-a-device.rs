//! Also with an extension.

#[chronologix::streams(audit(file = "nul.log"))]
fn main() {}
