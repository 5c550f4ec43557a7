//! The name of the function beside the streams.

#[chronologix::streams(app, config)]
fn main() {}
