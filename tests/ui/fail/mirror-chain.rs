//! Several targets stand in parentheses.

#[chronologix::streams(app, audit, errors -> app -> audit)]
fn main() {}
