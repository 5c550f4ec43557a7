//! Only streams are named here.

#[chronologix::streams(config = "chronologix.toml")]
fn main() {}
