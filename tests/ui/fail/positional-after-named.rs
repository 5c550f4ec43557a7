//! Positional ones come first.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "{a} <>", a = 1, 2).detach();
}
