//! A program with two libraries: one has streams of its own, the other gets a handle, and logs by
//! the `log` crate.
//!
//! ```sh
//! cargo run --example libraries && cat logs/libraries/*/*.log
//! ```

use chronologix::{
    Config, Level,
    bridge::{self, Routes},
    log,
};
use example_payments::Payments;

/// The streams of the program, and those of the library that declares its own.
fn config() -> Config {
    let config = chronologix_streams::config().include(example_orders::Logs::config());
    config.mirror("refusals", "app")
}

#[chronologix::streams(app, audit(durability = "synced"))]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logger = config().base_log_dir("logs/libraries").start().await?;
    // What libraries log by `log` goes to `app`.
    bridge::log::install(&logger, Routes::new("app").min_level(Level::Debug))?;

    log!(app, "begins").detach();
    let payments = Payments::new(logger.stream("audit")?);
    if example_orders::place(1, 3) {
        payments.take(1, 4200).await;
    }
    let _is_placed = example_orders::place(2, 0);
    Ok(logger.stop().await?)
}
