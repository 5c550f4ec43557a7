//! The bridges from `log` and `tracing`, installed for the whole program.

use std::{fmt, fs, path::Path, thread, time::Duration};

use chronologix::{
    Config, Level, Logger,
    bridge::{self, BridgeError, Routes, log::LogBridge, tracing::TracingLayer},
};
use tempfile::TempDir;
use tracing::subscriber::with_default;
use tracing_log::LogTracer;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::tree::{folders, lines_of, message};

const THREADS: usize = 4;
const RECORDS: usize = 25_000;

fn start(dir: &TempDir) -> Logger {
    let config = Config::new().base_log_dir(dir.path());
    let config = config.stream("app").stream("errors").stream("bulk");
    config.start_blocking().unwrap()
}

fn routes() -> Routes {
    Routes::new("app")
        .without_target()
        .min_level(Level::Debug)
        // However busy the machine is.
        .full_queue_timeout(Duration::from_secs(60))
        .level(Level::Error, "errors")
        .target("bulk", "bulk")
}

fn messages(dir: &TempDir, file: &str) -> Vec<String> {
    let lines = lines_of(dir.path(), file);
    let messages = lines.iter().map(|(_, line)| message(line).to_owned());
    messages.collect()
}

/// Every thread's records are there, once and in their order.
fn check_bulk(dir: &TempDir, logger: &Logger) {
    let messages = messages(dir, "bulk.log");
    assert_eq!(
        (messages.len(), logger.stats().dropped),
        (THREADS * RECORDS, 0)
    );
    for thread in 0..THREADS {
        let start = format!("[INFO] thread {thread} number=");
        let numbers = messages
            .iter()
            .filter_map(|line| line.strip_prefix(&start)?.parse::<usize>().ok());
        assert!(numbers.eq(0..RECORDS));
    }
}

/// Calls `log` from several threads, for each of its records.
fn in_threads(log: impl Fn(usize, usize) + Sync) {
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let log = &log;
            scope.spawn(move || (0..RECORDS).for_each(|number| log(thread, number)));
        }
    });
}

fn flush(logger: &Logger) {
    assert_eq!(logger.flush_blocking(Duration::from_secs(60)).remaining, 0);
}

#[test]
fn the_log_crate_leads_to_the_streams_of_its_routes() {
    let dir = tempfile::tempdir().unwrap();
    let logger = start(&dir);
    let unknown = bridge::log::install(&logger, Routes::new("ap")).unwrap_err();
    assert!(matches!(unknown, BridgeError::UnknownStreams { .. }));
    bridge::log::install(&logger, routes()).unwrap();
    let again = bridge::log::install(&logger, routes()).unwrap_err();
    assert_eq!(again, BridgeError::AlreadyInstalled { facade: "log" });

    log::debug!(order = 17, paid = true; "order taken");
    log::trace!("below the lowest level");
    log::error!(why = "division by zero"; "failed");
    in_threads(|thread, number| log::info!(target: "bulk", number; "thread {thread}"));
    // By `log-always`, `tracing` repeats these by `log`.
    let layer = TracingLayer::new(&logger, routes()).unwrap();
    with_default(tracing_subscriber::registry().with(layer), || {
        tracing::info_span!("request", id = 7).in_scope(|| tracing::info!("only once"));
    });
    log::logger().flush();

    let in_app = [
        "[DEBUG] order taken order=17 paid=true",
        "[INFO] only once id=7 span=request",
    ];
    assert_eq!(messages(&dir, "app.log"), in_app);
    assert_eq!(
        messages(&dir, "errors.log"),
        [r#"[ERROR] failed why="division by zero""#]
    );
    check_bulk(&dir, &logger);
    logger.stop_blocking().unwrap();
}

#[test]
fn tracing_leads_to_the_streams_of_its_routes() {
    /// Logs while it is formatted.
    struct Talks;
    impl fmt::Debug for Talks {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            tracing::info!(depth = 1, "within");
            f.write_str("done")
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let logger = start(&dir);
    let unknown = bridge::tracing::install(&logger, Routes::new("ap")).unwrap_err();
    assert!(matches!(unknown, BridgeError::UnknownStreams { .. }));
    bridge::tracing::install(&logger, routes()).unwrap();
    let again = bridge::tracing::install(&logger, routes()).unwrap_err();
    assert_eq!(again, BridgeError::AlreadyInstalled { facade: "tracing" });

    let request = tracing::info_span!("request", id = 7);
    request.in_scope(|| {
        tracing::debug!(paid = true, "order taken");
        tracing::trace!("below the lowest level");
        tracing::error!(talks = ?Talks, "failed");
    });
    in_threads(|thread, number| tracing::info!(target: "bulk", number, "thread {thread}"));
    flush(&logger);

    let in_app = [
        "[DEBUG] order taken paid=true id=7 span=request",
        "[INFO] within depth=1 id=7 span=request",
    ];
    assert_eq!(messages(&dir, "app.log"), in_app);
    let in_errors = ["[ERROR] failed talks=done id=7 span=request"];
    assert_eq!(messages(&dir, "errors.log"), in_errors);
    check_bulk(&dir, &logger);
    logger.stop_blocking().unwrap();
}

/// Records of each of the tests below.
const MILLION: usize = 1_000_000;
/// Where they come from. The first two go to the stream `errors`.
const TARGETS: [&str; 4] = ["sqlx", "sqlx::query", "shop::orders", "hyper::proto"];

/// Checks that each number is in the files once, with the target that it has, in the stream of that
/// target.
fn check_million(base: &Path, logger: &Logger) {
    let mut found = vec![false; MILLION];
    for (file, targets) in [("errors.log", &TARGETS[..2]), ("app.log", &TARGETS[2..])] {
        for folder in folders(base) {
            let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
            for line in text.lines() {
                let (_, record) = line.split_once(" [INFO] number ").unwrap();
                let (number, target) = record.split_once(" target=").unwrap();
                let number = number.parse::<usize>().unwrap();
                assert_eq!(target, TARGETS[number % TARGETS.len()], "{line}");
                assert!(targets.contains(&target), "{line} in {file}");
                assert!(
                    !std::mem::replace(&mut found[number], true),
                    "twice: {line}"
                );
            }
        }
    }
    assert_eq!(found.iter().position(|found| !found), None);
    assert_eq!(logger.stats().dropped, 0);
}

fn million_routes() -> Routes {
    let routes = Routes::new("app").full_queue_timeout(Duration::from_secs(60));
    routes.target("sqlx", "errors")
}

/// Has threads log the numbers below a million, within a subscriber with our layer.
fn log_million(logger: &Logger, log: impl Fn(usize) + Sync) {
    let layer = TracingLayer::new(logger, million_routes()).unwrap();
    let subscriber = tracing::Dispatch::new(tracing_subscriber::registry().with(layer));
    log::set_max_level(log::LevelFilter::Trace);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (log, subscriber) = (&log, &subscriber);
            scope.spawn(move || {
                tracing::dispatcher::with_default(subscriber, || {
                    (thread..MILLION).step_by(THREADS).for_each(log);
                });
            });
        }
    });
    flush(logger);
}

#[test]
fn a_million_records_of_log_come_through_tracing_log_once_with_their_targets() {
    let dir = tempfile::tempdir().unwrap();
    let logger = start(&dir);
    let tracer = LogTracer::new();
    log_million(&logger, |number| {
        let target = TARGETS[number % TARGETS.len()];
        log::info!(logger: tracer, target: target, "number {number}");
    });
    check_million(dir.path(), &logger);
    logger.stop_blocking().unwrap();
}

/// As with `log-always`, `tracing` repeats each of its events by `log`: to the bridge that another
/// test may have installed, which leaves them out.
#[test]
fn a_million_records_come_through_both_bridges_once_with_their_targets() {
    let dir = tempfile::tempdir().unwrap();
    let logger = start(&dir);
    let bridge = LogBridge::new(&logger, million_routes()).unwrap();
    log_million(&logger, |number| match number % 8 {
        0 => tracing::info!(target: TARGETS[0], "number {number}"),
        1 => tracing::info!(target: TARGETS[1], "number {number}"),
        2 => tracing::info!(target: TARGETS[2], "number {number}"),
        3 => tracing::info!(target: TARGETS[3], "number {number}"),
        other => log::info!(logger: bridge, target: TARGETS[other - 4], "number {number}"),
    });
    check_million(dir.path(), &logger);
    logger.stop_blocking().unwrap();
}
