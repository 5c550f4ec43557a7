//! A semicolon ends fields.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, ; "x").detach();
}
