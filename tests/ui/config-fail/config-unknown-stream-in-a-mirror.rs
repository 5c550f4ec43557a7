//! Both ends of a mirror must be streams of the file.

#[chronologix::streams(config = "unknown-stream-in-a-mirror.toml")]
fn main() {}
