//! What is only counted is not on disk.

#[chronologix::streams(app(dedup = "10s", durability = "synced"))]
fn main() {}
