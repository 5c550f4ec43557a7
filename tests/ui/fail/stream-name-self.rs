//! No raw identifier helps here.

#[chronologix::streams(app, self)]
fn main() {}
