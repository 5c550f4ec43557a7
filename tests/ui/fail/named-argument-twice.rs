//! A name is given once.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "{a}", a = 1, a = 2).detach();
}
