//! The arrow is `->`.

#[chronologix::streams(app, errors => app)]
fn main() {}
