//! Two names that are one file on some systems.

#[chronologix::streams(app, App)]
fn main() {}
