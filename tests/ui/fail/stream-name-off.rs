//! The name of the other function beside the streams.

#[chronologix::streams(app, off)]
fn main() {}
