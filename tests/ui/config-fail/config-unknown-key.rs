//! Every unknown key is told with its place, and the streams are there all the same.

#[chronologix::streams(config = "unknown-key.toml")]
fn main() {
    chronologix::log!(app, "the item survives, and so does the stream").detach();
}
