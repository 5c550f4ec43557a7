//! Options of the stream stand in its declaration.

#[chronologix::streams(app)]
fn main() {
    chronologix::log!(app(durability = "synced"), "x").detach();
}
