//! Levels that change while the logger runs.

use std::time::Duration;

use super::HALF_PAST_TWO;
use super::{Bench, messages};
use crate::{
    Level, LevelFilter, LogError, ManualClock, Stream, StreamConfig,
    frontend::callsite::{Callsite, SourceFile},
    frontend::submit::{LogTarget, compiles, enabled},
    fs::tests::sim::SimFs,
    logger::start_on,
    queue::block_on::block_on,
    stream::tests::declared,
};

/// The callsite of a record in this module.
macro_rules! in_module {
    ($path:literal) => {{
        static CALLSITE: Callsite = Callsite::new(None, "").at(
            &SourceFile {
                module: $path,
                path: "",
            },
            0,
        );
        &CALLSITE
    }};
}

const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// Logs one record of each level by a handle, and gives the levels that were taken.
fn taken(bench: &Bench, stream: &str) -> Vec<String> {
    let handle = bench.logger.stream(stream).unwrap();
    let file = format!("2025-05-04__14-00/{stream}.log");
    let before = bench.messages(&file).len();
    for level in Level::ALL {
        handle.log_at(level, format_args!("")).detach();
    }
    bench.flush();
    let lines = bench.messages(&file);
    let level = |line: &String| line.trim_matches(['[', ']', ' ']).to_owned();
    lines[before..].iter().map(level).collect()
}

#[test]
fn a_level_counts_from_the_moment_it_is_set_and_for_that_stream_alone() {
    let bench = Bench::new();
    bench.logger.set_level("app", Level::Error).unwrap();
    assert_eq!(taken(&bench, "app"), ["ERROR", "CRITICAL"]);
    assert_eq!(taken(&bench, "errors").len(), 6);
    let app = bench.logger.stream("app").unwrap();
    bench.logger.set_level(&app, Level::Debug).unwrap();
    assert_eq!(taken(&bench, "app").len(), 5);
    bench.logger.set_level(app, None).unwrap();
    assert_eq!(taken(&bench, "app").len(), 6);
    assert_eq!(bench.logger.level("app").unwrap(), None);
    bench.stop();
}

#[test]
fn a_level_for_a_time_goes_back_by_itself_whether_or_not_anything_is_logged() {
    let bench = Bench::new();
    bench.logger.set_level("app", Level::Warn).unwrap();
    let set_for = |level, time| bench.logger.set_level_for("app", level, time).unwrap();
    let level = || bench.logger.level("app").unwrap();
    set_for(Level::Trace, FIVE_MINUTES);
    assert_eq!(taken(&bench, "app").len(), 6);
    bench.clock.advance(Duration::from_nanos(299_999_999_999));
    bench.flush();
    assert_eq!(level(), Some(Level::Trace));
    bench.clock.advance(Duration::from_nanos(1));
    bench.flush();
    assert_eq!(level(), Some(Level::Warn));
    assert_eq!(taken(&bench, "app"), ["WARN", "ERROR", "CRITICAL"]);
    bench.stop();
}

#[test]
fn the_last_word_on_a_level_counts() {
    let bench = Bench::new();
    let set_for = |level, time| bench.logger.set_level_for("app", level, time).unwrap();
    let pass = |time| {
        bench.clock.advance(time);
        bench.flush();
        bench.logger.level("app").unwrap()
    };
    // A second time takes the place of the first, and what lasted before both comes back.
    set_for(Level::Trace, FIVE_MINUTES);
    set_for(Level::Error, 2 * FIVE_MINUTES);
    assert_eq!(pass(FIVE_MINUTES), Some(Level::Error));
    assert_eq!(pass(FIVE_MINUTES), None);
    // What is set to last ends a time.
    set_for(Level::Trace, FIVE_MINUTES);
    bench.logger.set_level("app", Level::Info).unwrap();
    assert_eq!(pass(FIVE_MINUTES), Some(Level::Info));
    // Of two streams each has a time of its own.
    set_for(Level::Error, FIVE_MINUTES);
    let other = bench
        .logger
        .set_level_for("errors", Level::Error, 2 * FIVE_MINUTES);
    other.unwrap();
    assert_eq!(pass(FIVE_MINUTES), Some(Level::Info));
    assert_eq!(bench.logger.level("errors").unwrap(), Some(Level::Error));
    pass(FIVE_MINUTES);
    assert_eq!(bench.logger.level("errors").unwrap(), None);
    bench.stop();
}

#[test]
fn a_step_of_the_wall_clock_neither_shortens_nor_lengthens_the_time() {
    let bench = Bench::new();
    bench
        .logger
        .set_level_for("app", Level::Trace, FIVE_MINUTES)
        .unwrap();
    bench.clock.step_to(chrono::DateTime::from_timestamp_nanos(
        HALF_PAST_TWO + 24 * 3600 * 1_000_000_000,
    ));
    bench.flush();
    assert_eq!(bench.logger.level("app").unwrap(), Some(Level::Trace));
    bench
        .clock
        .step_to(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    bench.clock.advance(FIVE_MINUTES);
    bench.flush();
    assert_eq!(bench.logger.level("app").unwrap(), None);
    bench.stop();
}

#[test]
fn only_a_stream_that_runs_has_a_level() {
    let bench = Bench::new();
    let unknown = bench.logger.set_level("ap", Level::Warn);
    assert_eq!(
        unknown.unwrap_err().to_string(),
        r#"there is no stream "ap"; the streams are app, errors, audit"#
    );
    bench.stop();
    let stopped = bench.logger.set_level_for("app", Level::Warn, FIVE_MINUTES);
    assert!(matches!(stopped, Err(LogError::Stopped)));
    assert!(matches!(bench.logger.level("app"), Err(LogError::Stopped)));
}

#[test]
fn declared_streams_follow_until_another_logger_runs_them() {
    declared!(app);
    let takes = |level| enabled(app, in_module!("shop"), Some(level));
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    let start = || {
        let warn = StreamConfig::new("app").min_level(Level::Warn);
        let config = app.declaration().config().stream(warn);
        let config = config.base_log_dir("/base").interval("1h");
        let fs = SimFs::with_folder("/base");
        block_on(start_on(config.clock(clock.clone()), Box::new(fs))).unwrap()
    };
    let first = start();
    assert!(takes(Level::Warn) && !takes(Level::Info));
    first.set_level(app, Level::Info).unwrap();
    assert!(takes(Level::Info) && !takes(Level::Debug));
    first
        .set_level_for(app, Level::Trace, FIVE_MINUTES)
        .unwrap();
    assert!(takes(Level::Trace));
    clock.advance(FIVE_MINUTES);
    block_on(first.flush());
    assert!(takes(Level::Info) && !takes(Level::Debug));
    first.stop_blocking().unwrap();
    // It begins with what it was configured with, and the other has no say any more.
    let second = start();
    assert!(takes(Level::Warn) && !takes(Level::Info));
    first.shared.levels.set(0, Level::Trace.into());
    assert!(!takes(Level::Info));
    second.stop_blocking().unwrap();
}

#[test]
fn a_floor_lets_pass_what_is_not_below_it_and_what_has_no_level() {
    declared!(app);
    const APP: Stream = app.compile_min_level(Level::Warn);
    const { assert!(compiles(APP, Some(Level::Warn)) && compiles(APP, Some(Level::Critical))) };
    const { assert!(!compiles(APP, Some(Level::Info)) && compiles(APP, None)) };
}

#[test]
fn mirrored_copies_are_not_asked_for_their_level() {
    let bench = Bench::new();
    bench.logger.set_level("app", Level::Critical).unwrap();
    let errors = bench.logger.stream("errors").unwrap();
    errors.log_at(Level::Error, format_args!("boom")).detach();
    bench.flush();
    assert_eq!(
        messages(&bench.fs, "2025-05-04__14-00/app.log"),
        ["[ERROR] boom"]
    );
    bench.stop();
}

/// Returns the lowest level that is taken at a callsite, and whether one without a level is.
fn lowest(to: impl LogTarget, callsite: &'static Callsite) -> (Option<Level>, bool) {
    let taken = |level: &Level| enabled(to, callsite, Some(*level));
    (
        Level::ALL.into_iter().find(taken),
        enabled(to, callsite, None),
    )
}

#[test]
fn a_filter_counts_for_streams_and_in_modules_and_the_longest_name_does() {
    let bench = Bench::new();
    let [app, errors] = ["app", "errors"].map(|name| bench.logger.stream(name).unwrap());
    let db = in_module!("shop::db");
    let hyper = in_module!("hyper::proto");
    let quiet = in_module!("shop::quiet");
    let here = in_module!("shop");
    bench.logger.set_level("errors", Level::Error).unwrap();
    let filter = "warn,app=info,shop::db=debug,hyper=error,hyper::proto::h2=trace,shop::quiet=off";
    bench.logger.set_filter(filter).unwrap();
    // Twice: the second time by what the callsite remembers.
    for _ in 0..2 {
        assert_eq!(lowest(&app, here), (Some(Level::Info), true));
        assert_eq!(lowest(&errors, here), (Some(Level::Warn), true));
        for stream in [&app, &errors] {
            assert_eq!(lowest(stream, db), (Some(Level::Debug), true));
            assert_eq!(lowest(stream, hyper), (Some(Level::Error), true));
            assert_eq!(lowest(stream, quiet), (None, false));
        }
    }
    // The last word on a stream counts, and what is said of modules stays.
    bench.logger.set_level("app", Level::Trace).unwrap();
    assert_eq!(lowest(&app, here), (Some(Level::Trace), true));
    assert_eq!(lowest(&app, hyper), (Some(Level::Error), true));
    // Without it, all is as it was set.
    bench.logger.set_filter("").unwrap();
    assert_eq!(lowest(&app, quiet), (Some(Level::Trace), true));
    assert_eq!(lowest(&errors, db), (Some(Level::Error), true));
    let wrong = bench.logger.set_filter("app=loud").unwrap_err().to_string();
    assert!(wrong.contains("app=loud"), "{wrong}");
    bench.stop();
    let stopped = bench.logger.set_filter("info").unwrap_err().to_string();
    assert!(stopped.contains("stopped"), "{stopped}");
}

#[test]
fn a_callsite_asks_the_filter_of_the_logger_that_it_logs_to() {
    let (first, second) = (Bench::new(), Bench::new());
    let db = in_module!("shop::db::pool");
    let of = |bench: &Bench| bench.logger.stream("app").unwrap();
    first.logger.set_filter("info,shop=debug").unwrap();
    second.logger.set_filter("info,shop=error").unwrap();
    for _ in 0..2 {
        assert_eq!(lowest(&of(&first), db).0, Some(Level::Debug));
        assert_eq!(lowest(&of(&second), db).0, Some(Level::Error));
    }
    first.stop();
    second.stop();
}

#[test]
fn a_stream_that_is_off_takes_nothing_until_it_is_on() {
    let bench = Bench::new();
    let app = bench.logger.stream("app").unwrap();
    bench.logger.set_level("app", LevelFilter::Off).unwrap();
    assert_eq!(bench.logger.level_filter("app").unwrap(), LevelFilter::Off);
    assert_eq!(taken(&bench, "app"), Vec::<String>::new());
    app.log(format_args!("unheard")).detach();
    bench.logger.set_level("app", Level::Error).unwrap();
    assert_eq!(taken(&bench, "app"), ["ERROR", "CRITICAL"]);
    app.log(format_args!("heard")).detach();
    bench.flush();
    let lines = messages(&bench.fs, "2025-05-04__14-00/app.log");
    assert_eq!(lines.last().map(String::as_str), Some("heard"));
    assert_eq!(lines.len(), 3);
    bench.stop();
}

#[test]
fn a_time_that_ends_gives_back_what_the_filter_says() {
    let bench = Bench::new();
    let level = || bench.logger.level("app").unwrap();
    bench.logger.set_filter("app=error").unwrap();
    let app = bench.logger.stream("app").unwrap();
    bench
        .logger
        .set_level_for(&app, Level::Trace, FIVE_MINUTES)
        .unwrap();
    assert_eq!(level(), Some(Level::Trace));
    bench.clock.advance(FIVE_MINUTES);
    bench.flush();
    assert_eq!(level(), Some(Level::Error));
    bench.stop();
}
