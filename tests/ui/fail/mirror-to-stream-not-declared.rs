//! Nothing is near: the streams are listed.

#[chronologix::streams(app, audit, errors -> everything)]
fn main() {}
