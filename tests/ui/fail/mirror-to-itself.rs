//! A stream has its records already.

#[chronologix::streams(app, errors -> (app, errors))]
fn main() {}
