//! Levels that change while the logger runs.

use std::{sync::atomic::AtomicU8, time::Duration};

use super::HALF_PAST_TWO;
use super::{Bench, messages};
use crate::{
    Level, LogError, ManualClock, Stream, StreamConfig,
    frontend::submit::{compiles, enabled},
    fs::tests::sim::SimFs,
    logger::start_on,
    queue::block_on::block_on,
    stream::Declaration,
};

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
    static LEVELS: [AtomicU8; 1] = [AtomicU8::new(0)];
    static DECLARATION: Declaration = Declaration::new(&["app"], &LEVELS);
    let app = Stream::declared(|| &DECLARATION, 0);
    let takes = |level| enabled(app, Some(level));
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    let start = || {
        let app = StreamConfig::new("app").min_level(Level::Warn);
        let config = DECLARATION.config().stream(app);
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
    first.shared.levels.set(0, Some(Level::Trace));
    assert!(!takes(Level::Info));
    second.stop_blocking().unwrap();
}

#[test]
fn a_floor_lets_pass_what_is_not_below_it_and_what_has_no_level() {
    static LEVELS: [AtomicU8; 1] = [AtomicU8::new(0)];
    static DECLARATION: Declaration = Declaration::new(&["app"], &LEVELS);
    const APP: Stream = Stream::declared(|| &DECLARATION, 0).compile_min_level(Level::Warn);
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
