//! At the template, once.

#[chronologix::streams(app, audit)]
fn main() {
    let secret = Secret(2);
    chronologix::log!(app, "it is {secret}").detach();
}

struct Secret(u8);
