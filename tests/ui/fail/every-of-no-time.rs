//! A pause takes some time.

#[chronologix::streams(app)]
fn main() {
    chronologix::log!(app(every = "0s"), "x").detach();
}
