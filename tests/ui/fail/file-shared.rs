//! Each stream has a file of its own.

#[chronologix::streams(app, audit(file = "App.log"))]
fn main() {}
