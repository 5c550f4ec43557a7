//! A name is ASCII.

#[chronologix::streams(app, zürich)]
fn main() {}
