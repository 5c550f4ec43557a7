//! Stopping in good order: on Ctrl-C or when the work is done, `stop()` writes and syncs what is
//! queued, and says whether all went well.
//!
//! Run it with `cargo run --example graceful_stop`, press Ctrl-C or wait half a second, then open
//! `logs/graceful_stop/current/app.log`: the last line says why it stopped.

#![expect(clippy::print_stdout, reason = "the outcome is part of the lesson")]

use std::time::Duration;

use chronologix::log;

const STEPS: u32 = 20;

#[chronologix::streams(app)]
#[tokio::main]
async fn main() -> Result<(), chronologix::Error> {
    let logger = chronologix_streams::config()
        .base_log_dir("logs/graceful_stop")
        .start()
        .await?;

    let reason = tokio::select! {
        biased; // The signal first, so that it is listened to before the work begins.
        Ok(()) = tokio::signal::ctrl_c() => "Ctrl-C",
        () = work() => "the work is done",
    };
    // Wherever `work` was when it was dropped: what it logged is queued, and stays so.
    log!(app, "stopping: <>", reason).await;

    let outcome = logger.stop().await;
    let stats = logger.stats();
    match &outcome {
        Ok(()) => println!("{reason}; all {} records are on disk", stats.written),
        Err(error) => println!(
            "{reason}; {} records were lost: {error}",
            stats.records_failed
        ),
    }
    outcome
}

/// Half a second of work.
async fn work() {
    println!("working; Ctrl-C ends it early");
    let mut pace = tokio::time::interval(Duration::from_millis(25));
    for step in 1..=STEPS {
        pace.tick().await;
        log!(app, "step <> of <>", step, STEPS).await;
    }
}
