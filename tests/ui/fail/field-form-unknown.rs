//! The forms are listed.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, user:debgu = 1; "x").detach();
}
