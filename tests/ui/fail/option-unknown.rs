//! The nearest option is suggested.

#[chronologix::streams(audit(durabilty = "synced"))]
fn main() {}
