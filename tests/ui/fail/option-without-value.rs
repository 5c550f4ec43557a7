//! An option has a value.

#[chronologix::streams(audit(durability))]
fn main() {}
