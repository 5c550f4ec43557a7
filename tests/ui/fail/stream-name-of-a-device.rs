//! Windows keeps some names for devices.

#[chronologix::streams(app, Con)]
fn main() {}
