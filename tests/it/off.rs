//! Logging that is turned off, with streams of its own: it is a matter of the whole declaration.

use std::{cell::Cell, fmt, sync::Mutex};

use chronologix::{LogError, critical, info, log};

use crate::tree::{lines_of, message};

#[chronologix::streams(app, audit(durability = "synced"))]
pub(crate) struct Logs;

/// The tests change what is declared once, so they take turns.
static TURN: Mutex<()> = Mutex::new(());

/// Counts how often it is formatted.
struct Counted<'a>(&'a Cell<u32>);

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        f.write_str("formatted")
    }
}

#[test]
fn records_are_ready_at_once_without_an_error_and_count_nowhere() {
    let _turn = TURN.lock().unwrap();
    Logs::off();
    let (evaluated, formatted) = (Cell::new(0), Cell::new(0));
    let count = || evaluated.replace(evaluated.get() + 1);
    critical!(Logs::app, "<>", count()).synced().wait().unwrap();
    info!(Logs::audit, "<>", count())
        .wait()
        .into_result()
        .unwrap();
    assert_eq!(evaluated.get(), 0);
    log!(Logs::app, "<>", Counted(&formatted))
        .written()
        .wait()
        .unwrap();
    log!(Logs::audit, "<>", Counted(&formatted))
        .synced()
        .wait()
        .unwrap();
    log!(Logs::audit, "<>", 1).enqueue();
    log!(Logs::audit, "<>", 1).detach();
    assert_eq!(formatted.get(), 0, "a discarded record is not formatted");

    let base = tempfile::tempdir().unwrap();
    let logger = Logs::config()
        .base_log_dir(base.path())
        .start_blocking()
        .unwrap();
    assert_eq!(logger.stats().refused, 0);
    logger.stop_blocking().unwrap();
}

#[test]
fn a_logger_that_is_started_gets_its_records_and_after_it_there_is_silence_again() {
    let _turn = TURN.lock().unwrap();
    Logs::off();
    let base = tempfile::tempdir().unwrap();
    let config = Logs::config().base_log_dir(base.path());
    let logger = config.clone().start_blocking().unwrap();
    // Of no effect on a logger that runs.
    Logs::off();
    info!(Logs::app, "on").detach();
    log!(Logs::app, "still on").detach();
    logger.stop_blocking().unwrap();
    info!(Logs::app, "off").synced().wait().unwrap();
    log!(Logs::app, "off").synced().wait().unwrap();
    assert_eq!(logger.stats().refused, 0);

    // A start that fails changes nothing.
    let failed = config.clone().base_log_dir("").start_blocking();
    assert!(failed.is_err());
    log!(Logs::app, "off").synced().wait().unwrap();

    let logger = config.start_blocking().unwrap();
    info!(Logs::app, "on again").detach();
    logger.stop_blocking().unwrap();
    let lines = lines_of(base.path(), "app.log");
    let messages = lines
        .iter()
        .map(|(_, line)| message(line))
        .collect::<Vec<_>>();
    assert_eq!(messages, ["[INFO] on", "still on", "[INFO] on again"]);
}

#[test]
fn other_threads_and_streams_of_others_are_not_touched() {
    mod others {
        #[chronologix::streams(app)]
        pub(crate) struct Others;
    }
    let _turn = TURN.lock().unwrap();
    Logs::off();
    std::thread::spawn(|| log!(Logs::app, "off").synced().wait().unwrap())
        .join()
        .unwrap();
    let outcome = log!(others::Others::app, "no logger").wait().into_result();
    assert!(matches!(outcome, Err(LogError::NotStarted)));
}
