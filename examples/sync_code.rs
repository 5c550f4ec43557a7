//! No async runtime at all: start, log, flush and stop from plain functions and plain threads.
//!
//! Run it with `cargo run --example sync_code`, then open `logs/sync_code/current/app.log`: 402
//! lines, the last one from a destructor.

#![expect(clippy::print_stdout, reason = "the report is part of the lesson")]

use std::{thread, time::Duration};

use chronologix::log;

#[chronologix::streams(app, audit(durability = "synced"))]
fn main() -> Result<(), chronologix::Error> {
    let logger = chronologix_streams::config()
        .base_log_dir("logs/sync_code")
        .start_blocking()?;

    // Blocks until the durability of the stream is met: this line survives a power cut.
    log!(audit, "door <> opened", 5).wait().into_result()?;
    // Blocks for nothing; the writer has the record.
    log!(app, "the work begins").detach();

    thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                for step in 0..100 {
                    // Like `detach`, but waits for room while the queue is full, so that no record
                    // is dropped.
                    log!(app, "worker <>, step <>", worker, step).wait();
                }
            });
        }
    });
    drop(Work);

    let report = logger.flush_blocking(Duration::from_secs(5));
    println!("after the flush {} records remain", report.remaining);
    logger.stop_blocking()?;
    println!("{} records are on disk", logger.stats().written);
    Ok(())
}

/// Says good bye.
struct Work;

impl Drop for Work {
    fn drop(&mut self) {
        log!(app, "the work is done").detach();
    }
}
