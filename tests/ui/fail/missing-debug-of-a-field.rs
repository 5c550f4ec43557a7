//! At the value, once.

#[chronologix::streams(app, audit)]
fn main() {
    let secret = Secret(2);
    chronologix::log!(app, secret:?; "x").detach();
}

struct Secret(u8);
