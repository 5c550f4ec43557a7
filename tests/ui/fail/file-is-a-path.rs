//! A file lies in the interval folder.

#[chronologix::streams(audit(file = "../audit.log"))]
fn main() {}
