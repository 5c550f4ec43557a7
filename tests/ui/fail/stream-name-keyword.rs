//! A keyword has to be written raw.

#[chronologix::streams(app, type)]
fn main() {}
