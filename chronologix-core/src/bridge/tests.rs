//! What the bridges have in common: routes, and full queues.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Bridge, BridgeError, Routes, RoutesHandle, routes::Table};
use crate::{
    Config, Level, Overflow, StreamConfig,
    frontend::dynamic::{callsite, encode_message},
    testing::TestLogger,
};

fn logger() -> TestLogger {
    TestLogger::start(config()).unwrap()
}

fn config() -> Config {
    let config = Config::new().stream("app").stream("db").stream("errors");
    config.stream(StreamConfig::new("audit").min_level("warn"))
}

fn log(bridge: &Bridge, target: &str, level: Level, message: &str) {
    let table = bridge.tables.current();
    if let Some(taking) = table.taking(target, level) {
        bridge.submit(taking, |to| {
            encode_message(to, format_args!("{message}"));
            callsite(level)
        });
    }
}

#[test]
fn the_first_route_that_fits_decides() {
    let logger = logger();
    let routes = Routes::new("app")
        .min_level(Level::Debug)
        .min_level_for("hyper", Level::Warn)
        .target_level("sqlx::query", Level::Info, "audit")
        .level(Level::Error, "errors")
        .target("sqlx", "db");
    let bridge = Bridge::new(logger.logger(), routes).unwrap();
    for (target, level, expected) in [
        ("shop", Level::Info, Some("app")),
        ("shop", Level::Trace, None),
        ("shop::orders", Level::Error, Some("errors")),
        ("hyper", Level::Info, None),
        ("hyper::proto", Level::Debug, None),
        ("hyper::proto", Level::Warn, Some("app")),
        ("hyper::proto", Level::Error, Some("errors")),
        ("sqlx", Level::Debug, Some("db")),
        ("sqlx_core::pool", Level::Debug, Some("db")),
        ("sqlx", Level::Error, Some("errors")),
        ("sqlx::query", Level::Error, Some("audit")),
        ("sqlx::query", Level::Debug, Some("db")),
        // Below what the stream takes.
        ("sqlx::query", Level::Info, None),
        ("", Level::Info, Some("app")),
    ] {
        let stream = bridge.stream(target, level);
        assert_eq!(
            stream.map(crate::StreamHandle::name),
            expected,
            "{target} {level}"
        );
    }
}

#[test]
fn a_quiet_target_at_the_lowest_level_is_as_any_other() {
    let logger = logger();
    let bridge = Bridge::new(
        logger.logger(),
        Routes::new("app").min_level_for("h2", Level::Trace),
    )
    .unwrap();
    assert!(bridge.stream("h2", Level::Trace).is_some());
}

#[test]
fn unknown_streams_are_told_all_at_once_with_those_there_are() {
    let logger = logger();
    let routes = Routes::new("ap").target("sqlx", "database");
    let routes = routes.target("hyper", "db").level(Level::Error, "ap");
    let error = Bridge::new(logger.logger(), routes).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"unknown streams "ap", "database" in routes; the streams are app, db, errors, audit"#
    );
}

#[test]
fn an_error_names_the_way_to_records_of_its_facade() {
    let text = |facade| BridgeError::AlreadyInstalled { facade }.to_string();
    assert_eq!(
        text("log"),
        "a logger for `log` is already installed in this program, and cannot be replaced; if it is \
         the one of `tracing-log`, which `init` of `tracing-subscriber` installs, records of `log` \
         reach a `TracingLayer` without this bridge"
    );
    assert_eq!(
        text("tracing"),
        "a subscriber for `tracing` is already installed in this program, and cannot be replaced; \
         add a layer to it instead: \
         `tracing_subscriber::registry().with(TracingLayer::new(&logger, routes)?)`"
    );
}

/// A queue that a few hundred records fill.
fn small(overflow: Overflow) -> TestLogger {
    TestLogger::start(config().queue_capacity(4096).overflow(overflow)).unwrap()
}

#[test]
fn with_a_long_timeout_nothing_is_lost_however_small_the_queue() {
    let logger = small(Overflow::Wait);
    let routes = Routes::new("app").full_queue_timeout(Duration::from_secs(60));
    let bridge = Bridge::new(logger.logger(), routes).unwrap();
    for number in 0..20_000 {
        log(&bridge, "", Level::Info, &format!("{number:06}"));
    }
    let lines = logger.lines("app");
    let expected = (0..20_000).map(|number| format!("[00:00:00] [INFO] {number:06}"));
    assert!(lines.into_iter().eq(expected));
    assert_eq!(logger.logger().stats().dropped, 0);
}

#[test]
fn a_disk_that_stands_still_holds_a_caller_up_once_and_drops_are_counted() {
    let timeout = Duration::from_millis(50);
    for (overflow, timeout) in [
        (Overflow::Wait, timeout),
        (Overflow::Wait, Duration::ZERO),
        (Overflow::Drop, Duration::from_secs(3600)),
    ] {
        let logger = small(overflow);
        let bridge = Bridge::new(
            logger.logger(),
            Routes::new("app").full_queue_timeout(timeout),
        )
        .unwrap();
        let held = logger.fs().files();
        let begun = Instant::now();
        for number in 0..2000 {
            log(&bridge, "", Level::Info, &format!("{number:032}"));
        }
        // Not for each of the records: that would be 90 s.
        assert!(begun.elapsed() < Duration::from_secs(30));
        let dropped = logger.logger().stats().dropped;
        assert!(dropped > 1500, "{dropped}");
        drop(held);
        let lines = logger.lines("app");
        let (told, others): (Vec<_>, Vec<_>) = lines
            .into_iter()
            .partition(|line| line.contains("dropped (queue full)"));
        assert_eq!(others.len() as u64 + dropped, 2000);
        assert!(!told.is_empty());
        // There is room again, so calls wait again.
        log(&bridge, "", Level::Info, "after the stall");
        assert!(
            logger
                .lines("app")
                .last()
                .unwrap()
                .ends_with("after the stall")
        );
        assert!(!bridge.is_stalled.load(std::sync::atomic::Ordering::Relaxed));
    }
}

#[test]
fn a_bridge_keeps_its_logger_running_and_a_stop_ends_it_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let logger = Config::new()
        .base_log_dir(dir.path())
        .start_blocking()
        .unwrap();
    let bridge = Bridge::new(&logger, Routes::new("all")).unwrap();
    drop(logger);
    log(&bridge, "", Level::Info, "still there");
    bridge.logger.flush_blocking(Duration::from_secs(60));
    assert_eq!(bridge.logger.stats().written, 1);
    bridge.logger.stop_blocking().unwrap();
    log(&bridge, "", Level::Info, "too late");
    assert_eq!(bridge.logger.stats().refused, 1);
}

#[test]
fn of_many_tables_the_last_applies() {
    let logger = logger();
    let bridge = Bridge::new(logger.logger(), Routes::new("app")).unwrap();
    for round in 0..100 {
        let stream = ["db", "errors"][round % 2];
        let table = Table::new(logger.logger(), Routes::new(stream)).unwrap();
        bridge.tables.replace(table);
        log(&bridge, "target", Level::Info, &format!("record {round}"));
        let last = logger.lines(stream).pop().unwrap();
        assert_eq!(last, format!("[00:00:00] [INFO] record {round}"));
    }
    assert_eq!(logger.lines("db").len(), 50);
    assert!(logger.lines("app").is_empty());
}

#[test]
fn routes_that_name_unknown_streams_change_nothing() {
    let logger = logger();
    let bridge = Arc::new(Bridge::new(logger.logger(), Routes::new("app")).unwrap());
    let handle = RoutesHandle {
        bridge: Arc::clone(&bridge),
        refresh: |_| panic!("nothing has changed"),
    };
    let error = handle
        .set(Routes::new("db").target("sqlx", "dbb"))
        .unwrap_err();
    assert!(matches!(error, BridgeError::UnknownStreams { names, .. } if names == ["dbb"]));
    log(&bridge, "sqlx", Level::Info, "as before");
    assert_eq!(logger.lines("app"), ["[00:00:00] [INFO] as before"]);
}

#[test]
fn routes_change_while_others_log() {
    const ROUNDS: usize = 300;
    let logger = logger();
    let routes = || Routes::new("app").full_queue_timeout(Duration::from_secs(60));
    let bridge = Bridge::new(logger.logger(), routes()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for round in 0..ROUNDS {
                    log(&bridge, "target", Level::Info, &format!("record {round}"));
                }
            });
            scope.spawn(|| {
                for round in 0..ROUNDS {
                    let routes = routes().target("target", ["db", "errors"][round % 2]);
                    let table = Table::new(logger.logger(), routes).unwrap();
                    bridge.tables.replace(table);
                }
            });
        }
    });
    let lines = ["app", "db", "errors"].map(|stream| logger.lines(stream).len());
    assert_eq!(lines.iter().sum::<usize>(), 2 * ROUNDS);
}
