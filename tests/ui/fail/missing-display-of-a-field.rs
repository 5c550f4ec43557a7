//! At the value, once.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, id = 1, secret = Secret(2); "x").detach();
}

struct Secret(u8);
