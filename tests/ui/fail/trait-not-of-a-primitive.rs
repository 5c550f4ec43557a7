//! Primitives are checked too, although the writer formats them.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "<:x>", 1.5).detach();
}
