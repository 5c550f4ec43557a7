//! A floor is one of the levels.

#[chronologix::streams(app(compile_min_level = "loud"))]
fn main() {}
