//! What a key takes is told.

#[chronologix::streams(config = "wrong-type.toml")]
fn main() {
    chronologix::log!(errors, "the item survives").detach();
}
