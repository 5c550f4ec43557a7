//! A field begins with its key.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, 5 = 1; "x").detach();
}
