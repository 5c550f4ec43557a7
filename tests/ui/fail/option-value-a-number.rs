//! Values are strings.

#[chronologix::streams(audit(min_level = 3))]
fn main() {}
