//! Many tasks log to one stream and await each record. No task waits for a file or for another
//! task; every task's own order is kept.
//!
//! Run it with `cargo run --example many_tasks`, then open `logs/many_tasks/current/app.log`: the
//! tasks are mixed, and the records of each one count up.

#![expect(clippy::print_stdout, reason = "the counts are the result")]

use std::{error::Error, fs};

use chronologix::{LogError, log};
use tokio::task::JoinSet;

const TASKS: u32 = 64;
const RECORDS: u32 = 100;

#[chronologix::streams(app)]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let logger = chronologix_streams::config()
        .base_log_dir("logs/many_tasks")
        .timestamp_format("%H:%M:%S.%f")
        .start()
        .await?;

    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(async move {
            for record in 0..RECORDS {
                log!(app, task, record; "working").await.into_result()?;
            }
            Ok::<(), LogError>(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }

    logger.stop().await?;
    println!("{} lines in logs/many_tasks", lines("logs/many_tasks")?);
    println!("{:#?}", logger.stats());
    Ok(())
}

/// The lines of app.log, in all interval folders: those of earlier runs count as well.
fn lines(base: &str) -> Result<usize, Box<dyn Error>> {
    let mut lines = 0;
    for entry in fs::read_dir(base)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let text = fs::read_to_string(entry.path().join("app.log"))?;
            lines += text.lines().count();
        }
    }
    Ok(lines)
}
