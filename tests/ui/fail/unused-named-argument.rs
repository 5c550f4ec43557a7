//! A name that no hole asks for.

#[chronologix::streams(app, audit)]
fn main() {
    chronologix::log!(app, "<>", 1, user = 2).detach();
}
