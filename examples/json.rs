//! Levels and fields as JSON lines, and the same records as text beside them: a mirror writes in
//! the format of its target.
//!
//! Run it with `cargo run --example json`, then open `logs/json/current/orders.jsonl`, and
//! `readable.log` beside it.

use chronologix::{critical, debug, info, log, warn};

#[derive(Debug)]
enum State {
    Open,
    Filled,
}

#[chronologix::streams(
    orders(format = "json", file = "orders.jsonl", min_level = "info") -> readable,
    readable,
)]
#[tokio::main]
async fn main() -> Result<(), chronologix::Error> {
    let logger = chronologix_streams::config()
        .base_log_dir("logs/json")
        .start()
        .await?;

    // Numbers and bools keep their type, `:?` takes the Debug of a value, and a key may be a
    // string.
    let (order, user) = (17, "Ann \"the buyer\"");
    info!(orders, order, user, price = 9.5, paid = true, state:? = State::Open; "order <> taken", order).await;
    warn!(orders, order, "queue.length" = 250; "orders are slow").await;
    info!(orders, order, state:? = State::Filled; "order <> filled", order).await;
    critical!(orders, "the market is closed\nuntil tomorrow").await; // one line all the same

    debug!(orders, order; "below min_level: its arguments are not even evaluated").await;
    log!(orders, order; "no level: passes every min_level").await;

    logger.stop().await
}
