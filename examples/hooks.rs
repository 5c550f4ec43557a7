//! Hooks: async functions that are called with records, for instance to page an operator, and that
//! can hold up nothing.
//!
//! With the feature `tokio` they run on the runtime that the logger was started on. Run it with
//! `cargo run --example hooks`, then look at `logs/hooks/current`: every record is there, whatever
//! the hooks made of it.

#![expect(clippy::print_stdout, reason = "an example may speak")]

use std::{future::pending, time::Duration};

use chronologix::{Hook, Level, Record, critical, error, info, log};
use tokio::{sync::mpsc, time};

#[chronologix::streams(app, errors -> app)]
#[tokio::main]
async fn main() -> Result<(), chronologix::Error> {
    // Stands for a service that sends messages to the person on duty.
    let (service, mut sent) = mpsc::unbounded_channel();
    let pager = Hook::new("pager", move |record: Record| {
        let service = service.clone();
        async move {
            time::sleep(Duration::from_millis(5)).await; // it takes its time
            let disk = record
                .field("disk")
                .map_or("?".to_owned(), ToString::to_string);
            let text = format!("{} on {disk}: {}", record.stream(), record.message());
            service
                .send(text)
                .map_err(|unsent| format!("the service is gone: {unsent}"))
        }
    });
    let broken = Hook::new("broken", |_| async { Err::<(), _>("connection refused") });
    let endless = Hook::new("endless", |_| pending::<()>());

    let logger = chronologix_streams::config()
        .base_log_dir("logs/hooks")
        .hook(pager.streams(["errors"]).min_level(Level::Error))
        .hook(broken.min_level(Level::Critical))
        .hook(
            endless
                .min_level(Level::Critical)
                .timeout(Duration::from_millis(20)),
        )
        // Gets the first failure of each hook. Without it, a line on stderr reports it.
        .on_error(|error| println!("told: {error}"))
        .start()
        .await?;

    log!(app, "the disks are being checked").await;
    error!(errors, disk = "sda"; "<> % full", 97).await;
    info!(errors, disk = "sdb"; "below the level of the pager").await;
    critical!(errors, disk = "sdc"; "gone").await;

    // Waits for the hooks as well, for a second at most.
    logger.stop().await?;
    while let Ok(page) = sent.try_recv() {
        println!("paged: {page}");
    }
    for hook in logger.hook_stats() {
        println!(
            "{}: {} calls, of which {} failed and {} took too long",
            hook.name, hook.calls, hook.failed, hook.timed_out
        );
    }
    Ok(())
}
