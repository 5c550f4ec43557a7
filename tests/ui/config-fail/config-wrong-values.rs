//! Values are checked as they are when the logger starts.

#[chronologix::streams(config = "wrong-values.toml")]
fn main() {}
