//! Also behind fields.

#[chronologix::streams(app, audit)]
fn main() {
    let message = String::new();
    chronologix::log!(app, id = 1; message).detach();
}
