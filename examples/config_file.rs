//! Streams and settings from a TOML file that is compiled in, with the last word to the
//! environment.
//!
//! Run it with `cargo run --features toml --example config_file`, then open
//! `logs/config_file/current/audit.jsonl`. Write `jsn` for `json` in
//! `examples/data/chronologix.toml`: it does not compile, and says where and why. Run it with
//! `CHRONOLOGIX_STREAMS_AUDIT_MIN_LEVEL=warn`: one record is missing.

use chronologix::{debug, error, info, log, warn};

#[chronologix::streams(config = "examples/data/chronologix.toml")]
#[tokio::main]
async fn main() -> Result<(), chronologix::Error> {
    let logger = chronologix_streams::config()
        .with_environment()?
        .start()
        .await?;

    log!(app, "the streams are those of the file").await;
    error!(errors, "also in app.log: <>", "the file says so").await;
    info!(audit, door = 5; "door opened").await; // on disk when this is ready: the file says `synced`
    warn!(audit, door = 5; "door still open").await;
    debug!(audit, door = 5; "below min_level").await;

    logger.stop().await
}
