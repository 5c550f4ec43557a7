//! The allowed values are listed.

#[chronologix::streams(audit(durability = "fsync"))]
fn main() {}
