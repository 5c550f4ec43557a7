//! Options stand behind the name.

#[chronologix::streams(app, audit -> app(format = "json"))]
fn main() {}
