//! A record is copied once.

#[chronologix::streams(app, errors -> (app, app))]
fn main() {}
