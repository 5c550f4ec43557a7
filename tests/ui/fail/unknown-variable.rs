//! A captured variable that is not there.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "{user} <>", 1).detach();
}
