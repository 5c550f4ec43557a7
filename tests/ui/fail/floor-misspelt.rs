//! The option of the other name is meant.

#[chronologix::streams(app(compile_minlevel = "info"))]
fn main() {}
