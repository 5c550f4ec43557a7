//! An option is given once.

#[chronologix::streams(audit(format = "json", format = "text"))]
fn main() {}
