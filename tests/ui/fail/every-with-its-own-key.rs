//! The key is taken.

#[chronologix::streams(app)]
fn main() {
    chronologix::log!(app(every = "5s"), left_out = 1; "x").detach();
}
