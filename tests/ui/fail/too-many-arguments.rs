//! The argument that fills nothing is pointed at.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "<> of 3", 1, 2 + 3).detach();
}
