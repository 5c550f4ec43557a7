//! A record has a message.

#[chronologix::streams(app, audit)]
fn main() {
    let id = 1;
    chronologix::log!(app, order = id).detach();
}
