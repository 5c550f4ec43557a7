//! An id is a name.

#[chronologix::streams(app)]
fn main() {
    chronologix::log!(app(id = "an order"), "filled").detach();
}
