//! Fields come first.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "x <>", 2; id = 1).detach();
}
