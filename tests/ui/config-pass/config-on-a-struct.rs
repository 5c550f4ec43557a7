//! The streams of a file as associated constants.

#[chronologix::streams(config = "good.toml",)]
pub struct Logs;

fn main() {
    let _config = Logs::config().interval("5m");
    chronologix::log!(Logs::errors, "by the struct").detach();
}
