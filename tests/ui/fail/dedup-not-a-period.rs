//! A period has a unit.

#[chronologix::streams(app(dedup = "10"))]
fn main() {}
