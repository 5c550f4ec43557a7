//! Only streams are named here.

#[chronologix::streams(folder = "chronologix.toml")]
fn main() {}
