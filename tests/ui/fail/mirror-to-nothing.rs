//! The parentheses are empty.

#[chronologix::streams(app, errors -> ())]
fn main() {}
