//! The bridges from `log` and `tracing`, installed for the whole program.

use std::{fmt, thread, time::Duration};

use chronologix::{
    Config, Level, Logger,
    bridge::{self, BridgeError, Routes},
};
use tempfile::TempDir;

use crate::tree::{lines_of, message};

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
    log::logger().flush();

    assert_eq!(
        messages(&dir, "app.log"),
        ["[DEBUG] order taken order=17 paid=true"]
    );
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
