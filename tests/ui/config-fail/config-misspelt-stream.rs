//! A stream that the file does not declare, beside one that it does.

#[chronologix::streams(config = "good.toml")]
fn main() {
    chronologix::log!(erors, "misspelt").detach();
}
