//! Told by the compiler.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "{", 1).detach();
}
