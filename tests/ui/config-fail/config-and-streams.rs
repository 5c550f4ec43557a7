//! A file names all streams.

#[chronologix::streams(config = "good.toml", app)]
fn main() {}
