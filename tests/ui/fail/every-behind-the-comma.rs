//! There it would be a field.

#[chronologix::streams(app)]
fn main() {
    chronologix::log!(app, every = "5s", "x").detach();
}
