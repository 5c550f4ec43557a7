//! Values are strings.

#[chronologix::streams(audit(durability = synced))]
fn main() {}
