//! A configuration for the tests of the writer and of the logger.

use crate::{Config, StreamConfig};

/// The streams `app`, `errors` (mirrored to `app`) and `audit` (synced), hourly, below `/base`.
pub(crate) fn config() -> Config {
    Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .stream("app")
        .stream("errors")
        .stream(StreamConfig::new("audit").durability("synced"))
        .mirror("errors", "app")
}
