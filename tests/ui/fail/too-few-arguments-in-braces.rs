//! Here the compiler can look into the literal.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "{} of {}", 1).detach();
}
