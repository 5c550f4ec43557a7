//! A key has a name.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "" = 2; "x").detach();
}
