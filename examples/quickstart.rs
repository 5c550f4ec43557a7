//! The shortest whole program: three streams, one of them mirrored, in folders of one hour.
//!
//! Run it with `cargo run --example quickstart`, then open `my_logs/current/app.log`: the exception
//! stands there too, and not only in `errors.log` beside it.

use chronologix::{Interval, log};

#[chronologix::streams(app, errors -> app, audit)]
#[tokio::main]
async fn main() -> Result<(), chronologix::Error> {
    let logger = chronologix_streams::config()
        .base_log_dir("my_logs")
        .interval(Interval::Hour1) // or "1h"
        .timestamp_format("%H:%M:%S.%f")
        .start()
        .await?;

    log!(app, "Starting batch job").await;
    log!(audit, "Auditing step <>", 1).await;
    log!(errors, "Exception occurred: <>", "division by zero").await; // also lands in app.log

    logger.stop().await
}
