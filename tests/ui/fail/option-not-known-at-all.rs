//! Nothing is near: the options are listed.

#[chronologix::streams(audit(colour = "red"))]
fn main() {}
