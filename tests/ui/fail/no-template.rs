//! A record has a message.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app).detach();
}
