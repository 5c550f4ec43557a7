//! These words are parts of every JSON line.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, level = 1, "message" = 2; "x").detach();
}
