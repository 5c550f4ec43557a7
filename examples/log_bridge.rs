//! Libraries log by the `log` crate; a table of routes says which stream each of their records
//! belongs to.
//!
//! Needs the feature `log`. Run it with `cargo run --example log_bridge`, then look at the files in
//! `logs/log_bridge/current`.

use chronologix::{
    Config, Level, StreamConfig,
    bridge::{self, Routes},
};

/// A library that knows nothing of chronologix.
mod database {
    pub(super) fn query(table: &str) -> Option<u32> {
        log::debug!(table, rows = 3; "query done");
        if table == "orders" {
            Some(3)
        } else {
            log::error!(table; "there is no such table");
            None
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logger = Config::new()
        .base_log_dir("logs/log_bridge")
        .stream("app")
        .stream(
            StreamConfig::new("database")
                .format("json")
                .file("database.jsonl"),
        )
        .stream("errors")
        .mirror("errors", "app")
        .start_blocking()?;

    // The first rule that fits decides: errors of the library go to `errors` as well.
    let routes = Routes::new("app")
        .min_level(Level::Debug)
        .level(Level::Error, "errors")
        .target("log_bridge::database", "database");
    bridge::log::install(&logger, routes)?;

    log::info!("looking for orders");
    if let Some(rows) = database::query("orders") {
        log::info!(rows; "orders found");
    }
    database::query("odrers");

    // Not needed: what is logged is written when the program ends, too.
    logger.stop_blocking()?;
    Ok(())
}
