//! What a test with a logger of its own finds in it: what it logged, and nothing else.

use std::{cell::Cell, thread, time::Duration};

use chronologix::{
    Fields, Level, LogError, debug, in_context, in_context_sync, info, log, log_enabled,
    testing::{TestLogger, assert_logged, assert_not_logged},
    trace, warn,
};

use crate::{ROUNDS, chronologix_streams, program};

fn logger() -> TestLogger {
    TestLogger::start(chronologix_streams::config()).unwrap()
}

/// Runs a test with a logger of its own, many times.
fn rounds(test: impl Fn(&TestLogger, u32)) {
    for round in 1..=ROUNDS {
        test(&logger(), round);
    }
}

#[test]
fn it_finds_the_lines_of_its_order() {
    rounds(|logger, round| {
        program::order(round);
        assert_logged!(logger, app, format!("order {round}"));
        assert_not_logged!(logger, errors, "order");
        assert_eq!(logger.lines("app"), [format!("[00:00:00] order {round}")]);
    });
}

#[test]
fn it_finds_the_error_and_its_mirror() {
    rounds(|logger, _| {
        program::order(0);
        assert_logged!(logger, errors, "order 0 is none");
        assert_eq!(logger.lines("app").len(), 2);
        assert_eq!(
            logger.lines("audit"),
            ["[00:00:00] [INFO] accepted order=0"]
        );
    });
}

#[test]
fn its_levels_are_those_of_its_own_configuration() {
    rounds(|logger, round| {
        let evaluated = Cell::new(0);
        let count = || evaluated.replace(evaluated.get() + 1);
        debug!(audit, "left out <>", count()).detach();
        assert!(!log_enabled!(audit, Level::Debug));
        logger.logger().set_level("audit", Level::Trace).unwrap();
        trace!(audit, "round <> <>", round, count()).detach();
        assert!(log_enabled!(audit, Level::Debug));
        logger.logger().set_level("audit", Level::Error).unwrap();
        warn!(audit, "left out <>", count()).detach();
        let line = format!("[00:00:00] [TRACE] round {round} 0");
        assert_eq!((logger.lines("audit"), evaluated.get()), (vec![line], 1));
    });
}

#[test]
fn its_threshold_for_all_streams_is_its_own() {
    for _ in 0..ROUNDS {
        let config = chronologix_streams::config().min_level("error");
        let logger = TestLogger::start(config).unwrap();
        info!(app, "left out").detach();
        assert_eq!(logger.lines("app"), [""; 0]);
    }
}

#[test]
fn its_filter_of_modules_is_its_own() {
    for round in 0..ROUNDS {
        let (filter, taken) = [
            ("info,side_by_side::program=off", 0),
            ("info,side_by_side::with_logger=off", 1),
        ][round as usize % 2];
        let config = chronologix_streams::config().filter(filter);
        let logger = TestLogger::start(config).unwrap();
        program::order(1);
        info!(app, "from here").detach();
        assert_eq!(logger.lines("audit").len(), taken);
        assert_eq!(logger.lines("app").len(), 1);
    }
}

#[test]
fn a_throttled_callsite_goes_by_its_clock() {
    rounds(|logger, _| {
        for second in 0..12 {
            log!(app(every = "5s"), "second <>", second).detach();
            logger.clock().advance(Duration::from_secs(1));
        }
        let lines = [
            "[00:00:00] second 0",
            "[00:00:05] second 5 left_out=4",
            "[00:00:10] second 10 left_out=4",
        ];
        assert_eq!(logger.lines("app"), lines);
    });
}

#[test]
fn its_records_carry_the_fields_of_their_context() {
    rounds(|logger, round| {
        in_context_sync([("request", round)], || program::order(round));
        let line = format!("[00:00:00] order {round} request={round}");
        assert_eq!(logger.lines("app"), [line]);
    });
}

#[tokio::test]
async fn tasks_of_its_thread_belong_to_it() {
    for round in 0..ROUNDS {
        let logger = logger();
        let spawns = async {
            let task = in_context(Fields::current(), async {
                tokio::task::yield_now().await;
                log!(app, "in a task").await;
            });
            tokio::spawn(task).await.unwrap();
        };
        in_context([("request", round)], spawns).await;
        let line = format!("[00:00:00] in a task request={round}");
        assert_eq!(logger.lines("app"), [line]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_of_its_runtime_belong_to_it() {
    for _ in 0..ROUNDS {
        let logger = logger();
        let tasks = (0..8).map(|task| {
            tokio::spawn(async move {
                log!(app, "begins <>", task).await;
                let blocking = || log!(audit, "blocks").wait();
                tokio::task::spawn_blocking(blocking).await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(logger.lines("app").len(), 8);
        assert_eq!(logger.lines("audit"), ["[00:00:00] blocks"; 8]);
    }
}

#[test]
fn another_thread_belongs_to_it_while_it_is_bound() {
    rounds(|logger, round| {
        thread::scope(|scope| {
            let bound = scope.spawn(|| {
                let bound = logger.bind();
                program::order(round);
                drop(bound);
                log!(app, "stray").wait().into_result()
            });
            let stray = bound.join().unwrap();
            assert!(matches!(stray, Err(LogError::NotStarted)), "{stray:?}");
        });
        assert_eq!(logger.lines("app"), [format!("[00:00:00] order {round}")]);
    });
}

#[test]
fn of_two_in_one_thread_the_newer_gets_the_records_until_it_is_dropped() {
    rounds(|outer, round| {
        log!(app, "before").detach();
        let inner = logger();
        program::order(round);
        assert_eq!(inner.lines("app"), [format!("[00:00:00] order {round}")]);
        drop(inner);
        log!(app, "after").detach();
        assert_eq!(
            outer.lines("app"),
            ["[00:00:00] before", "[00:00:00] after"]
        );
    });
}

#[test]
fn a_record_after_it_goes_nowhere() {
    for _ in 0..ROUNDS {
        let first = logger();
        assert!(log!(app, "taken").wait().is_ok());
        // Also when it is dropped in another thread.
        thread::spawn(move || drop(first)).join().unwrap();
        let late = log!(app, "late").wait().into_result();
        assert!(matches!(late, Err(LogError::NotStarted)), "{late:?}");
    }
}

#[test]
fn a_record_after_the_stop_is_refused_by_its_own() {
    rounds(|logger, round| {
        program::order(round);
        logger.logger().stop_blocking().unwrap();
        let late = log!(app, "late").wait().into_result();
        assert!(matches!(late, Err(LogError::Stopped)), "{late:?}");
        assert_eq!(logger.lines("app").len(), 1);
    });
}

#[test]
#[should_panic(expected = "no line of `app` has \"order 2\"")]
fn it_fails_by_its_own_lines() {
    let logger = logger();
    program::order(1);
    assert_logged!(logger, app, "order 2");
}
