//! A program with an echo, for the tests of the echo: warnings go to stderr, the rest to stdout.
//!
//! `echoes RECORDS` logs so many records, and ends when everything is in the files, whether or not
//! anybody reads what it echoes.

#![expect(clippy::unwrap_used, reason = "a program of a test may panic")]

use std::env;

use chronologix::{Echo, Level, info, warn};

#[chronologix::streams(app)]
fn main() {
    let records = env::args().nth(1).unwrap().parse::<u64>().unwrap();
    let logger = chronologix_streams::config()
        .base_log_dir("logs")
        .echo(Echo::split(Level::Warn))
        .start_blocking()
        .unwrap();
    for number in 0..records {
        info!(app, "record <> of those that nobody may ever see", number).wait();
    }
    warn!(app, "the last").wait();
    logger.stop_blocking().unwrap();
    let stats = logger.stats();
    // By the side of the streams that are tested.
    std::fs::write("echo_dropped", stats.echo_dropped.to_string()).unwrap();
}
