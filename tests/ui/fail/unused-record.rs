//! A record that nobody awaits or detaches.

#![deny(unused_must_use)]

#[chronologix::streams(app)]
fn main() {
    chronologix::log!(app, "x");
    chronologix::error!(app, "<>", 1);
}
