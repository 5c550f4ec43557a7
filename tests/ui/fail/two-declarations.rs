//! A crate has one declaration.

#[chronologix::streams(app)]
fn main() {}

#[chronologix::streams(audit)]
fn other() {}
