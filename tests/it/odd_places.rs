//! `log!` where one would not expect it.

use std::{cell::RefCell, time::Duration};

use chronologix::{LogError, error, info, log};

use crate::{
    chronologix_streams,
    tree::{lines_of, message, turn},
};

struct LogsWhenDropped(&'static str);

impl Drop for LogsWhenDropped {
    fn drop(&mut self) {
        log!(app, "dropped: <>", self.0).detach();
    }
}

fn start(base: &tempfile::TempDir) -> chronologix::Logger {
    chronologix_streams::config()
        .base_log_dir(base.path())
        .start_blocking()
        .unwrap()
}

fn messages(base: &tempfile::TempDir) -> Vec<String> {
    lines_of(base.path(), "app.log")
        .iter()
        .map(|(_, line)| message(line).to_owned())
        .collect()
}

#[test]
fn before_the_start_and_after_the_stop() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    // `NotStarted` if no other test ran yet, else `Stopped`: in any case a receipt, and no panic.
    let outcome = log!(app, "too early").wait().into_result();
    assert!(matches!(
        outcome,
        Err(LogError::NotStarted | LogError::Stopped)
    ));
    let logger = start(&base);
    log!(app, "in time").wait().into_result().unwrap();
    logger.stop_blocking().unwrap();
    assert!(matches!(
        log!(app, "too late").wait().into_result(),
        Err(LogError::Stopped)
    ));
    assert!(matches!(
        log!(app, "too late").synced().wait(),
        Err(LogError::Stopped)
    ));
    assert!(logger.stats().refused >= 3);
    assert_eq!(messages(&base), ["in time"]);
}

#[test]
fn in_drop_also_of_a_thread_local_while_its_thread_ends() {
    thread_local! {
        static LATE: RefCell<Option<LogsWhenDropped>> = const { RefCell::new(None) };
    }
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let logger = start(&base);
    drop(LogsWhenDropped("a value"));
    std::thread::spawn(|| {
        LATE.with(|late| *late.borrow_mut() = Some(LogsWhenDropped("a thread-local")));
        log!(app, "a thread").detach();
    })
    .join()
    .unwrap();
    let unwound = std::panic::catch_unwind(|| {
        let _late = LogsWhenDropped("while unwinding");
        std::panic::resume_unwind(Box::new("no message"));
    });
    assert!(unwound.is_err());
    logger.stop_blocking().unwrap();
    let mut messages = messages(&base);
    messages.sort();
    let expected = [
        "a thread",
        "dropped: a thread-local",
        "dropped: a value",
        "dropped: while unwinding",
    ];
    assert_eq!(messages, expected);
}

#[test]
fn from_threads_that_end_at_once() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let logger = start(&base);
    for at in 0..200 {
        std::thread::spawn(move || log!(app, "{at}").detach())
            .join()
            .unwrap();
    }
    logger.stop_blocking().unwrap();
    let expected = (0..200).map(|at| at.to_string()).collect::<Vec<_>>();
    assert_eq!(messages(&base), expected);
}

#[test]
fn from_a_display_that_logs_itself() {
    struct Chatty;
    impl std::fmt::Display for Chatty {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            log!(app, "inside").detach();
            f.write_str("chatty")
        }
    }
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let logger = start(&base);
    log!(app, "<> and <>", Chatty, 7)
        .wait()
        .into_result()
        .unwrap();
    logger.stop_blocking().unwrap();
    assert_eq!(messages(&base), ["inside", "chatty and 7"]);
}

#[test]
fn a_display_that_panics_costs_only_its_own_record() {
    struct Bomb;
    impl std::fmt::Display for Bomb {
        fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            std::panic::resume_unwind(Box::new("no message"));
        }
    }
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let logger = start(&base);
    log!(app, "before").detach();
    assert!(std::panic::catch_unwind(|| log!(app, "<>", Bomb).detach()).is_err());
    log!(app, "after").detach();
    logger.stop_blocking().unwrap();
    assert_eq!(messages(&base), ["before", "after"]);
}

#[test]
fn dropping_the_future_keeps_the_record_and_a_dropped_runtime_changes_nothing() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let logger = start(&base);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.spawn(async {
        drop(log!(app, "never polled"));
        drop(log!(app, "never polled either").synced());
        std::future::pending::<()>().await;
    });
    while logger.stats().queued < 2 {
        std::thread::yield_now();
    }
    runtime.shutdown_background();
    let report = logger.flush_blocking(Duration::from_secs(60));
    assert_eq!(report.remaining, 0);
    logger.stop_blocking().unwrap();
    assert_eq!(messages(&base), ["never polled", "never polled either"]);
}

#[test]
fn a_filtered_record_evaluates_nothing_and_is_well() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let logger = start(&base);
    let mut evaluated = 0;
    let mut count = || {
        evaluated += 1;
        evaluated
    };
    chronologix::debug!(json, "<>", count())
        .wait()
        .into_result()
        .unwrap();
    info!(json, "<>", count()).wait().into_result().unwrap();
    error!(json, n = count(); "<>", count())
        .wait()
        .into_result()
        .unwrap();
    logger.stop_blocking().unwrap();
    assert_eq!(evaluated, 3);
    let lines = lines_of(base.path(), "json.log");
    let values = lines
        .iter()
        .map(|(_, line)| serde_json::from_str(line).unwrap());
    let values = values.collect::<Vec<serde_json::Value>>();
    assert_eq!(values.len(), 2);
    assert_eq!(values[0]["level"], "INFO");
    assert_eq!(values[0]["message"], "1");
    assert_eq!(values[1]["n"], 2);
    assert_eq!(values[1]["message"], "3");
}
