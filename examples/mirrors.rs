//! Mirrors: a record goes to the files of several streams, one hop far, and to each file once.
//!
//! Run it with `cargo run --example mirrors`, then open `logs/mirrors/current/app.log`: every
//! record but the refund stands there, each of them once.

use chronologix::log;

#[chronologix::streams(
    app,
    ops -> app,
    payments -> app,
    // Two targets. `ops` is mirrored to `app` as well, yet an alert stands in app.log once.
    alerts -> (ops, app),
    // One hop: a refund is copied to payments.log, and that copy goes no further.
    refunds -> payments,
)]
#[tokio::main]
async fn main() -> Result<(), chronologix::Error> {
    let logger = chronologix_streams::config()
        .base_log_dir("logs/mirrors")
        .start()
        .await?;

    log!(app, "shop opened").await; //                              app
    log!(ops, "disk sda at <> %", 81).await; //                     ops, app
    log!(payments, "order <> paid", 17).await; //                   payments, app
    log!(alerts, "disk sda at <> %", 97).await; //                  alerts, ops, app
    log!(refunds, "order <> refunded", 17).await; //                refunds, payments

    logger.stop().await
}
