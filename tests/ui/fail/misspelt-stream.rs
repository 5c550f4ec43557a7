//! The compiler points at the word, and knows the right one.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(adit, "<> of 3", 1).detach();
}
