//! A file that is no TOML at all.

#[chronologix::streams(config = "not-toml.toml")]
fn main() {}
