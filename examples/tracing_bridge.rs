//! Events of `tracing` go to streams, each with the fields of the spans around it: here the request
//! that a task works on.
//!
//! Needs the feature `tracing`. Run it with `cargo run --example tracing_bridge`, then look at the
//! files in `logs/tracing_bridge/current`.

use chronologix::{
    Config, Level, StreamConfig,
    bridge::{
        Routes,
        tracing::{SpanEvents, TracingLayer},
    },
};
use tracing::{Instrument as _, field::Empty, info_span};

/// What a library does, which knows nothing of chronologix.
async fn charge(cents: u64) -> Result<(), String> {
    tokio::task::yield_now().await; // other requests go on meanwhile
    tracing::debug!(target: "payments", cents, "card charged");
    if cents > 1000 {
        return Err("limit reached".to_owned());
    }
    Ok(())
}

async fn serve(cents: u64) {
    tracing::info!("request taken");
    // Known only now; every event from here on has it.
    tracing::Span::current().record("user", "ann");
    match charge(cents).await {
        Ok(()) => tracing::info!(cents, "order paid"),
        Err(error) => tracing::error!(error, "order not paid"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logger = Config::new()
        .base_log_dir("logs/tracing_bridge")
        .stream("app")
        .stream(
            StreamConfig::new("payments")
                .format("json")
                .file("payments.jsonl"),
        )
        .stream("errors")
        .mirror("errors", "app")
        .start()
        .await?;
    let routes = Routes::new("app")
        .min_level(Level::Debug)
        .min_level_for("tokio", Level::Warn)
        .level(Level::Error, "errors")
        .target("payments", "payments");
    TracingLayer::new(&logger, routes)?
        .span_events(SpanEvents::CLOSE) // how long each request took
        .install()?;

    let requests = [500, 2000].into_iter().zip(1_u64..).map(|(cents, id)| {
        tokio::spawn(serve(cents).instrument(info_span!("request", id, user = Empty)))
    });
    for request in requests.collect::<Vec<_>>() {
        request.await?;
    }

    logger.stop().await?;
    Ok(())
}
