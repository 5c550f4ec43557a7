//! Without the feature `toml` the attribute says so.

#[chronologix::streams(config = "good.toml")]
fn main() {}
