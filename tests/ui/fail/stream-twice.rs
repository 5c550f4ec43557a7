//! A stream is declared once.

#[chronologix::streams(app, audit, app)]
fn main() {}
