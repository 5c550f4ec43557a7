//! At the argument, once.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "<> and {:?}", 1, Secret(2)).detach();
}

struct Secret(u8);
