//! Start, stop, and what lies around them.

use std::time::Duration;

use super::{Bench, HALF_PAST_TWO, config};
use crate::{
    Error, Level, LogError, ManualClock, Stream, StreamConfig,
    frontend::{
        callsite::{Callsite, SourceFile, place_of},
        submit::{enabled, submit},
    },
    fs::tests::sim::SimFs,
    logger::start_on,
    queue::block_on::block_on,
    stream::tests::declared,
};

static CALLSITE: Callsite = Callsite::new(None, "fixed");

fn start(fs: &SimFs, stream: Stream) -> Result<crate::Logger, Error> {
    let config = stream
        .declaration()
        .config()
        .stream(StreamConfig::new("app").min_level(Level::Warn))
        .base_log_dir("/base")
        .interval("1h");
    let config = config.clock(ManualClock::at(chrono::DateTime::from_timestamp_nanos(
        HALF_PAST_TWO,
    )));
    block_on(start_on(config, Box::new(fs.clone())))
}

#[test]
fn before_the_start_and_after_the_stop_records_are_refused_and_counted() {
    declared!(app);
    let fs = SimFs::with_folder("/base");
    let outcome = submit(app, &CALLSITE, ()).wait().into_result();
    assert!(matches!(outcome, Err(LogError::NotStarted)));
    let logger = start(&fs, app).unwrap();
    submit(app, &CALLSITE, ()).written().wait().unwrap();
    logger.stop_blocking().unwrap();
    let outcome = submit(app, &CALLSITE, ()).wait().into_result();
    assert!(matches!(outcome, Err(LogError::Stopped)));
    assert_eq!(logger.stats().refused, 2);
    assert_eq!(super::messages(&fs, "2025-05-04__14-00/app.log"), ["fixed"]);
}

#[test]
fn a_declaration_runs_once_at_a_time_and_again_after_a_stop() {
    declared!(app);
    let fs = SimFs::with_folder("/base");
    let first = start(&fs, app).unwrap();
    assert!(matches!(start(&fs, app), Err(Error::AlreadyStarted)));
    first.stop_blocking().unwrap();
    let second = start(&fs, app).unwrap();
    submit(app, &CALLSITE, ()).written().wait().unwrap();
    second.stop_blocking().unwrap();
    assert_eq!(super::messages(&fs, "2025-05-04__14-00/app.log"), ["fixed"]);
}

#[test]
fn a_failed_start_gives_the_declaration_back() {
    declared!(app);
    let fs = SimFs::with_folder("/base");
    fs.fail(
        crate::fs::tests::sim::FsOp::Open,
        "app.log",
        1,
        std::io::ErrorKind::PermissionDenied,
    );
    assert!(matches!(start(&fs, app), Err(Error::Config(_))));
    assert!(matches!(
        submit(app, &CALLSITE, ()).wait().into_result(),
        Err(LogError::NotStarted)
    ));
    start(&fs, app).unwrap().stop_blocking().unwrap();
}

#[test]
fn a_record_that_meets_no_logger_has_a_place_to_be_named_by() {
    static HERE: Callsite = Callsite::new(None, "fixed").at(
        &SourceFile {
            module: "shop::orders",
            path: "src/orders.rs",
        },
        17,
    );
    static NO_MACRO: Callsite = Callsite::new(None, "fixed");
    declared!(app);
    for (callsite, place) in [
        (&HERE, Some(" at src/orders.rs:17 in the crate shop")),
        (&NO_MACRO, None),
    ] {
        let outcome = submit(app, callsite, ()).wait().into_result();
        assert!(matches!(outcome, Err(LogError::NotStarted)));
        assert_eq!(place_of(callsite.number(&())).as_deref(), place);
    }
}

#[test]
fn levels_are_those_of_the_configuration_once_started() {
    declared!(app);
    assert!(
        enabled(app, &CALLSITE, Some(Level::Trace)),
        "before the start everything gets its receipt"
    );
    let logger = start(&SimFs::with_folder("/base"), app).unwrap();
    assert!(!enabled(app, &CALLSITE, Some(Level::Info)));
    assert!(enabled(app, &CALLSITE, Some(Level::Warn)));
    assert!(enabled(app, &CALLSITE, None));
    logger.stop_blocking().unwrap();
}

#[test]
fn dropping_the_last_handle_drains() {
    let Bench {
        fs,
        clock: _clock,
        logger,
    } = Bench::new();
    let clone = logger.clone();
    logger
        .stream("app")
        .unwrap()
        .log(format_args!("one"))
        .detach();
    drop(logger);
    clone
        .stream("app")
        .unwrap()
        .log(format_args!("two"))
        .detach();
    drop(clone);
    fs.crash();
    assert_eq!(
        super::messages(&fs, "2025-05-04__14-00/app.log"),
        ["one", "two"]
    );
}

#[test]
fn a_handle_outlives_its_logger_without_harm() {
    let bench = Bench::new();
    let app = bench.logger.stream("app").unwrap();
    bench.stop();
    assert!(matches!(
        app.log(format_args!("late")).wait().into_result(),
        Err(LogError::Stopped)
    ));
    assert_eq!(bench.logger.stats().refused, 1);
    bench.logger.stop_blocking().unwrap();
    assert_eq!(bench.logger.flush_blocking(Duration::ZERO).remaining, 0);
}

#[test]
fn an_unknown_stream_lists_the_known_ones() {
    let error = Bench::new().logger.stream("adit").unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"there is no stream "adit"; the streams are app, errors, audit"#
    );
}

#[test]
fn a_thread_that_ends_at_once_loses_nothing() {
    let bench = Bench::new();
    for at in 0..100 {
        let app = bench.logger.stream("app").unwrap();
        std::thread::spawn(move || app.log(format_args!("{at}")).detach())
            .join()
            .unwrap();
    }
    bench.flush();
    assert_eq!(bench.messages("2025-05-04__14-00/app.log").len(), 100);
    let mut queues = 0;
    bench.logger.shared.queues.for_each(|_| queues += 1);
    // One of the dying, and one handed from thread to thread.
    assert_eq!(queues, 2);
}

#[test]
fn a_thread_that_is_ending_can_still_log() {
    struct LogsWhenDropped(crate::StreamHandle);
    impl Drop for LogsWhenDropped {
        fn drop(&mut self) {
            self.0
                .log(format_args!("from the end of a thread"))
                .detach();
        }
    }
    thread_local! {
        static LATE: std::cell::RefCell<Option<LogsWhenDropped>> = const { std::cell::RefCell::new(None) };
    }
    let bench = Bench::new();
    let app = bench.logger.stream("app").unwrap();
    let thread = std::thread::spawn(move || {
        // Made before the logger's own thread-local, so dropped after it, or the other way round:
        // both must do.
        LATE.with(|late| *late.borrow_mut() = Some(LogsWhenDropped(app.clone())));
        app.log(format_args!("from its life")).detach();
    });
    thread.join().unwrap();
    bench.flush();
    assert_eq!(bench.messages("2025-05-04__14-00/app.log").len(), 2);
}

#[test]
fn stop_removes_a_next_folder_that_stayed_empty_and_no_other() {
    let fs = SimFs::with_folder("/base");
    let bench = Bench::on(&fs, config()).unwrap();
    let both = ["2025-05-04__14-00", "2025-05-04__15-00"];
    let listed = |fs: &SimFs| {
        fs.list("/base")
            .into_iter()
            .filter(|name| name.starts_with("2025"))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&fs), both);
    assert_eq!(
        fs.list("/base/2025-05-04__15-00"),
        ["app.log", "audit.log", "errors.log"]
    );
    bench.stop();
    assert_eq!(listed(&fs), &both[..1]);

    fs.put("/base/2025-05-04__15-00/mine.txt", b"");
    let bench = Bench::on(&fs, config()).unwrap();
    bench.stop();
    assert_eq!(listed(&fs), both);
}
