//! A declaration has to name a stream.

#[chronologix::streams()]
fn main() {}
