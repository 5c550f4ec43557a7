//! Told by the compiler.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "{:.2f}", 1.0).detach();
}
