//! The commonest slip of all.

#[chronologix::streams(app, audit)]
fn main() {
    let message = String::new();
    chronologix::log!(app, message).detach();
}
