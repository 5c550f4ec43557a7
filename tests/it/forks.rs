//! Forked children: what their parent logged is left to it, and they have a writer of their own.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chronologix::{Config, Hook, Level, LogError, Logger, StreamConfig, log, trace};
use chronologix_core::internals::faults::{exit_at_once, fork, wait_for};

use crate::{
    chronologix_streams,
    tree::{lines_of, message, turn},
};

/// Runs `work` in a forked child, which must come to a good end.
#[track_caller]
fn in_child(work: impl FnOnce()) {
    if let Some(child) = fork().unwrap() {
        assert_eq!(wait_for(child).unwrap(), 0, "the child failed");
        return;
    }
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    exit_at_once(i32::from(outcome.is_err()));
}

fn start(base: &Path) -> Logger {
    let config = Config::new()
        .base_log_dir(base)
        .stream("app")
        .stream("errors");
    config.start_blocking().unwrap()
}

/// The messages in `app.log`, sorted.
fn messages(base: &Path) -> Vec<String> {
    messages_in(base, "app.log")
}

fn messages_in(base: &Path, file: &str) -> Vec<String> {
    let lines = lines_of(base, file);
    let mut messages = lines
        .iter()
        .map(|(_, line)| message(line).to_owned())
        .collect::<Vec<_>>();
    messages.sort();
    messages
}

#[test]
fn a_child_writes_its_own_records_and_its_parents_once() {
    let base = tempfile::tempdir().unwrap();
    let logger = start(base.path());
    let app = logger.stream("app").unwrap();
    for at in 0..100 {
        app.log(format_args!("parent {at:03}")).detach();
    }
    in_child(|| {
        for at in 0..100 {
            app.log(format_args!("child {at:03}")).detach();
        }
        std::thread::spawn({
            let app = app.clone();
            move || app.log(format_args!("child's thread")).written().wait()
        })
        .join()
        .unwrap()
        .unwrap();
        assert_eq!(logger.flush_blocking(Duration::from_secs(60)).remaining, 0);
        assert_eq!(
            logger.stats().written,
            101,
            "the parent's records are counted there"
        );
        logger.stop_blocking().unwrap();
        assert!(matches!(
            app.log(format_args!("too late")).wait().into_result(),
            Err(LogError::Stopped)
        ));
    });
    app.log(format_args!("parent at last"))
        .written()
        .wait()
        .unwrap();
    logger.stop_blocking().unwrap();
    let mut expected = (0..100)
        .flat_map(|at| [format!("parent {at:03}"), format!("child {at:03}")])
        .chain(["child's thread".to_owned(), "parent at last".to_owned()])
        .collect::<Vec<_>>();
    expected.sort();
    assert_eq!(messages(base.path()), expected);
}

#[test]
fn a_child_has_the_levels_of_its_parent_and_lets_them_go_back_by_itself() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.start_blocking().unwrap();
    let app = logger.stream("app").unwrap();
    let trace_both = |by: &str| {
        app.log_at(Level::Trace, format_args!("{by}'s handle"))
            .wait();
        trace!(app, "{by}'s macro").wait();
    };
    logger.set_level("app", Level::Warn).unwrap();
    trace_both("nobody");
    logger
        .set_level_for("app", None, Duration::from_secs(1))
        .unwrap();
    in_child(|| {
        trace_both("child");
        let begun = Instant::now();
        while logger.level("app").unwrap().is_none() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it never went back"
            );
            std::thread::yield_now();
        }
        trace_both("nobody");
        logger.set_level(&app, Level::Trace).unwrap();
        trace_both("raised");
        logger.stop_blocking().unwrap();
    });
    while logger.level("app").unwrap().is_none() {
        std::thread::yield_now();
    }
    trace_both("nobody");
    assert_eq!(logger.level("app").unwrap(), Some(Level::Warn));
    logger.stop_blocking().unwrap();
    assert_eq!(
        messages(base.path()),
        [
            "[TRACE] child's handle",
            "[TRACE] child's macro",
            "[TRACE] raised's handle",
            "[TRACE] raised's macro",
        ]
    );
}

#[test]
fn declared_streams_lead_to_the_childs_writer_and_may_be_started_anew() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let anew = tempfile::tempdir().unwrap();
    let logger = chronologix_streams::config()
        .base_log_dir(base.path())
        .start_blocking()
        .unwrap();
    log!(app, "parent").wait().into_result().unwrap();
    in_child(|| {
        log!(app, "child").written().wait().unwrap();
        logger.stop_blocking().unwrap();
        let again = chronologix_streams::config()
            .base_log_dir(anew.path())
            .start_blocking()
            .unwrap();
        log!(app, "elsewhere").wait().into_result().unwrap();
        again.stop_blocking().unwrap();
    });
    in_child(|| {
        let config = chronologix_streams::config().base_log_dir(anew.path());
        let again = config.start_blocking().unwrap();
        log!(app, "elsewhere").wait().into_result().unwrap();
        again.stop_blocking().unwrap();
    });
    logger.stop_blocking().unwrap();
    assert_eq!(messages(base.path()), ["child", "parent"]);
    assert_eq!(messages(anew.path()), ["elsewhere", "elsewhere"]);
}

#[test]
fn children_and_their_children_never_hang_whatever_other_threads_did_at_the_fork() {
    let base = tempfile::tempdir().unwrap();
    let logger = start(base.path());
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    // Threads come and go, so that queues are registered and left all the time.
                    std::thread::scope(|inner| {
                        inner.spawn(|| {
                            let errors = logger.stream("errors").unwrap();
                            for _ in 0..50 {
                                errors.log(format_args!("noise")).detach();
                            }
                            errors.log(format_args!("noise")).synced().wait().unwrap();
                        });
                    });
                }
            });
        }
        scope.spawn(|| {
            // Threads that begin and end hold locks of the standard library.
            while !is_over.load(Ordering::Relaxed) {
                std::thread::spawn(|| ()).join().unwrap();
            }
        });
        let app = logger.stream("app").unwrap();
        for at in 0..100 {
            in_child(|| {
                app.log(format_args!("child {at:03}"))
                    .written()
                    .wait()
                    .unwrap();
                in_child(|| {
                    app.log(format_args!("grandchild {at:03}"))
                        .written()
                        .wait()
                        .unwrap();
                });
                // Stopped by its last handle, as far as there is one, and by nobody else.
                logger.stop_blocking().unwrap();
            });
        }
        is_over.store(true, Ordering::Relaxed);
    });
    logger.stop_blocking().unwrap();
    let mut expected = (0..100)
        .flat_map(|at| [format!("child {at:03}"), format!("grandchild {at:03}")])
        .collect::<Vec<_>>();
    expected.sort();
    assert_eq!(messages(base.path()), expected);
}

#[test]
fn a_record_of_the_parent_is_none_of_the_childs() {
    let base = tempfile::tempdir().unwrap();
    let logger = start(base.path());
    let app = logger.stream("app").unwrap();
    let record = app.log(format_args!("parent"));
    let mut record = Some(record);
    let mut of_child = None;
    if let Some(child) = fork().unwrap() {
        assert_eq!(wait_for(child).unwrap(), 0);
        record.take().unwrap().written().wait().unwrap();
    } else {
        of_child = record.take();
    }
    if let Some(record) = of_child {
        // It is not known here what becomes of it; but nobody waits for ever.
        let outcome = record.written().wait();
        drop(logger);
        exit_at_once(i32::from(outcome.is_ok()));
    }
    logger.stop_blocking().unwrap();
    assert_eq!(messages(base.path()), ["parent"]);
}

#[test]
fn a_child_whose_tree_is_away_for_a_while_goes_on_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let has_refused = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&has_refused);
    let config = Config::new().base_log_dir(&base).stream("app");
    let config = config.on_error(move |_| told.store(true, Ordering::SeqCst));
    let logger = config.start_blocking().unwrap();
    let app = logger.stream("app").unwrap();
    in_child(|| {
        // The parent makes it again if it is faster.
        while std::fs::write(&base, "no folder").is_err() {
            let _ = std::fs::remove_dir_all(&base);
        }
        app.log(format_args!("in vain, so far")).detach();
        while !has_refused.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        std::fs::remove_file(&base).unwrap();
        assert_eq!(logger.flush_blocking(Duration::from_secs(60)).remaining, 0);
        logger.stop_blocking().unwrap();
    });
    logger.stop_blocking().unwrap();
    assert_eq!(messages(&base), ["in vain, so far"]);
}

#[test]
fn a_child_has_hooks_and_an_echo_of_its_own_without_its_parents_runtime() {
    let base = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config::new().base_log_dir(base.path()).stream("app");
    let config = config.echo("stdout").hook(Hook::new("count", |_| async {}));
    let logger = runtime.block_on(config.start()).unwrap();
    let app = logger.stream("app").unwrap();
    let counts = |expected| {
        let begun = Instant::now();
        while logger.hook_stats()[0].calls != expected {
            assert!(begun.elapsed() < Duration::from_secs(60));
            std::thread::yield_now();
        }
    };
    app.log(format_args!("parent")).detach();
    counts(1);
    in_child(|| {
        app.log(format_args!("child 1")).detach();
        app.log(format_args!("child 2")).detach();
        counts(2);
        logger.stop_blocking().unwrap();
    });
    app.log(format_args!("parent again")).detach();
    counts(2);
    logger.stop_blocking().unwrap();
    let expected = ["child 1", "child 2", "parent", "parent again"];
    assert_eq!(messages(base.path()), expected);
}

#[test]
fn what_a_parent_keeps_in_memory_is_not_in_the_child() {
    let base = tempfile::tempdir().unwrap();
    let app = StreamConfig::new("app").min_level("info").keep("trace");
    let config = Config::new().base_log_dir(base.path()).stream(app);
    let logger = config.start_blocking().unwrap();
    let app = logger.stream("app").unwrap();
    let keep = |who: &str| {
        for at in 0..1_000 {
            app.log_at(Level::Trace, format_args!("{who} {at:03}"))
                .detach();
        }
    };
    keep("parent");
    in_child(|| {
        keep("child");
        let error = app.log_at(Level::Error, format_args!("boom"));
        error.written().wait().unwrap();
        logger.stop_blocking().unwrap();
    });
    let of_child = messages_in(base.path(), "app.kept.log");
    assert_eq!(of_child.len(), 1_000);
    assert_eq!(of_child[999], "[TRACE] child 999");
    logger.dump("app").unwrap();
    logger.stop_blocking().unwrap();
    let all = messages_in(base.path(), "app.kept.log");
    assert_eq!(all.len(), 2_000);
    assert_eq!(all[1_999], "[TRACE] parent 999");
}
