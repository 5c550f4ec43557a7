//! Streams, mirrors and settings of a file; `log!` knows the streams.

#[chronologix::streams(config = "good.toml")]
fn main() {
    let _config = chronologix_streams::config();
    chronologix::log!(app, "a stream of the file").detach();
    chronologix::error!(errors, "another").detach();
}
