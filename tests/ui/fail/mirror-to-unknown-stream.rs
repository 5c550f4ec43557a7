//! The nearest name is suggested.

#[chronologix::streams(app, errors -> ap)]
fn main() {}
