//! The streams have to be declared at the root of the crate.

fn main() {
    chronologix::log!(app, "x").detach();
}
