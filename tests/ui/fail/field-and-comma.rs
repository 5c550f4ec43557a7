//! Fields end with a semicolon.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, id = 1, "x <>", 2).detach();
}
