//! Which test logger gets the records of a thread.

use std::thread;

use super::{TestLogger, assert_logged, said};
use crate::{
    Config, Level, LogError, Stream,
    frontend::{
        callsite::Callsite,
        rate_limit::Throttle,
        submit::{enabled, passes, submit},
    },
    fs::tests::sim::SimFs,
    logger::start_on,
    queue::block_on::block_on,
    stream::tests::declared,
};

static CALLSITE: Callsite = Callsite::new(None, "fixed");

fn config(stream: Stream) -> Config {
    stream.declaration().config().stream("app")
}

fn start(stream: Stream) -> TestLogger {
    TestLogger::start(config(stream)).unwrap()
}

/// Logs `fixed`.
fn log(stream: Stream) -> Result<(), LogError> {
    submit(stream, &CALLSITE, ()).wait().into_result()
}

#[track_caller]
fn is_refused(result: Result<(), LogError>) {
    let error = result.unwrap_err();
    assert!(matches!(error, LogError::NotStarted), "{error}");
}

fn in_another_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().unwrap())
}

#[test]
fn a_logger_that_is_moved_stays_bound_to_the_thread_of_its_start() {
    declared!(app);
    let logger = start(app);
    let logger = in_another_thread(move || {
        is_refused(log(app));
        logger
    });
    log(app).unwrap();
    assert_eq!(logger.lines("app").len(), 1);
    let bound = logger.bind();
    // A guard ends the binding that it stands for, wherever it is dropped.
    in_another_thread(move || drop(bound));
    log(app).unwrap();
    in_another_thread(move || drop(logger));
    is_refused(log(app));
}

#[test]
fn the_newest_binding_of_a_thread_counts() {
    declared!(app);
    let (old, new) = (start(app), start(app));
    log(app).unwrap();
    let again = old.bind();
    log(app).unwrap();
    log(app).unwrap();
    drop(again);
    log(app).unwrap();
    assert_eq!((old.lines("app").len(), new.lines("app").len()), (2, 2));
    drop(old);
    log(app).unwrap();
    assert_eq!(new.lines("app").len(), 3);
}

#[test]
fn beside_a_logger_that_is_none_of_a_test_each_gets_its_own() {
    declared!(app);
    let fs = SimFs::with_folder("/base");
    let config_on_disk = config(app).min_level(Level::Warn).base_log_dir("/base");
    let real = block_on(start_on(config_on_disk, Box::new(fs))).unwrap();
    let logger = start(app);
    log(app).unwrap();
    assert!(enabled(app, &CALLSITE, Some(Level::Info)));
    in_another_thread(|| {
        assert!(!enabled(app, &CALLSITE, Some(Level::Info)));
        log(app).unwrap();
        log(app).unwrap();
    });
    assert_eq!(logger.lines("app").len(), 1);
    assert_eq!(
        (logger.logger().stats().queued, real.stats().queued),
        (1, 2)
    );
}

#[test]
fn where_a_declaration_is_off_a_test_logger_has_its_records_all_the_same() {
    declared!(app);
    app.declaration().off();
    let logger = start(app);
    assert!(enabled(app, &CALLSITE, Some(Level::Info)));
    log(app).unwrap();
    assert!(in_another_thread(|| !enabled(app, &CALLSITE, None)));
    assert_eq!(logger.lines("app").len(), 1);
}

#[test]
fn other_declarations_are_nothing_to_it() {
    fn other() -> Stream {
        declared!(app);
        app
    }
    declared!(app);
    let (logger, of_other) = (start(app), start(other()));
    log(app).unwrap();
    assert_eq!(logger.lines("app").len(), 1);
    drop(of_other);
    is_refused(log(other()));
}

#[test]
fn a_throttle_knows_the_records_of_its_own_test_only() {
    declared!(app);
    let throttle = Throttle::new(1_000);
    let (handles, first) = (start(app), start(app));
    assert_eq!(passes(app, &throttle), Some(0));
    assert_eq!(passes(app, &throttle), None);
    drop(first);
    let handle = &handles.logger().stream("app").unwrap();
    assert_eq!(passes(handle, &throttle), Some(0));
    // By the handle and by the stream it is one logger.
    assert_eq!(passes(app, &throttle), None);
    drop(handles);
    assert_eq!(passes(app, &throttle), Some(0));
}

#[test]
fn a_record_of_the_destructors_of_a_thread_belongs_to_it() {
    struct LogsInDrop(Stream);
    impl Drop for LogsInDrop {
        fn drop(&mut self) {
            log(self.0).unwrap();
        }
    }
    thread_local! {
        static LAST: std::cell::OnceCell<LogsInDrop> = const { std::cell::OnceCell::new() };
    }
    declared!(app);
    let logger = start(app);
    in_another_thread(|| {
        LAST.with(|last| drop(last.set(LogsInDrop(app))));
        logger.bind().keep();
        log(app).unwrap();
    });
    assert_eq!(logger.lines("app").len(), 2);
}

#[test]
fn a_failed_assertion_says_in_which_threads_records_were_refused() {
    declared!(app);
    let in_thread = |name: Option<&str>| {
        let mut thread = thread::Builder::new();
        if let Some(name) = name {
            thread = thread.name(name.to_owned());
        }
        let outcome = thread.spawn(move || is_refused(log(app))).unwrap().join();
        outcome.unwrap();
    };
    in_thread(Some("before the start"));
    let logger = start(app);
    let says = said(|| assert_logged!(logger, app, "fixed"));
    assert_eq!(says, "no line of `app` has \"fixed\"; it has no lines");
    for name in [Some("pool-1"), Some("pool-2"), None, Some("pool-2")] {
        in_thread(name);
    }
    let says = said(|| assert_logged!(logger, app, "fixed"));
    assert_eq!(
        says,
        "no line of `app` has \"fixed\"; it has no lines\n\
         records refused meanwhile, in threads without a test logger (see `TestLogger::bind`):\n  \
         1 in threads without a name\n  2 in `pool-2`\n  1 in `pool-1`"
    );
    for name in ["a", "b", "c", "d", "e"] {
        in_thread(Some(name));
    }
    let says = said(|| assert_logged!(logger, app, "fixed"));
    assert!(
        says.ends_with("\n  1 in `c`\n  3 in other threads"),
        "{says}"
    );
}

#[cfg(feature = "tokio")]
mod runtimes {
    use tokio::runtime::{Builder, Runtime};

    use super::{declared, in_another_thread, is_refused, log, start};

    fn runtime() -> Runtime {
        Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .unwrap()
    }

    #[test]
    fn tasks_of_a_runtime_belong_to_the_test_that_started_or_bound_its_logger_there() {
        declared!(app);
        let runtime = runtime();
        let spawned = || {
            runtime
                .block_on(runtime.spawn(async move { log(app) }))
                .unwrap()
        };
        let later = start(app);
        is_refused(spawned());
        let bound = runtime.block_on(async { later.bind() });
        spawned().unwrap();
        let blocking = runtime.spawn_blocking(move || log(app));
        runtime.block_on(blocking).unwrap().unwrap();
        drop(bound);
        is_refused(spawned());
        let inner = runtime.block_on(async { start(app) });
        spawned().unwrap();
        assert_eq!((later.lines("app").len(), inner.lines("app").len()), (2, 1));
    }

    #[test]
    fn a_thread_that_waits_in_the_runtime_of_another_test_is_not_of_it() {
        declared!(app);
        let runtime = runtime();
        let logger = runtime.block_on(async { start(app) });
        in_another_thread(|| runtime.block_on(async { is_refused(log(app)) }));
        assert_eq!(logger.lines("app").len(), 0);
    }

    #[test]
    fn of_tests_that_share_a_runtime_none_gets_what_may_be_the_others() {
        declared!(app);
        let runtime = runtime();
        let spawned = || {
            runtime
                .block_on(runtime.spawn(async move { log(app) }))
                .unwrap()
        };
        let one = runtime.block_on(async { start(app) });
        let nested = runtime.block_on(async { start(app) });
        spawned().unwrap();
        assert_eq!(nested.lines("app").len(), 1);
        let other = in_another_thread(|| runtime.block_on(async { start(app) }));
        is_refused(spawned());
        drop((nested, one));
        spawned().unwrap();
        assert_eq!(other.lines("app").len(), 1);
    }

    #[test]
    fn a_task_that_may_move_binds_no_worker() {
        declared!(app);
        let (runtime, elsewhere) = (runtime(), runtime());
        let logger = runtime
            .block_on(runtime.spawn(async move { start(app) }))
            .unwrap();
        for _ in 0..10 {
            let task = runtime.spawn(async move { log(app) });
            runtime.block_on(task).unwrap().unwrap();
        }
        let task = elsewhere.spawn(async move { log(app) });
        is_refused(elsewhere.block_on(task).unwrap());
        is_refused(log(app));
        assert_eq!(logger.lines("app").len(), 10);
    }
}
