//! A settings file has a key of this name; here there is an arrow.

#[chronologix::streams(app, errors(mirror = "app"))]
fn main() {}
