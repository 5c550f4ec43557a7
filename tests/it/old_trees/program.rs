//! Records of every kind, by a clock that only this program moves: it writes the same bytes
//! whenever it runs.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use chronologix::{
    Config, Logger, Secret, critical, debug, error, fields, in_context_sync, info, log, trace, warn,
};
use chronologix_core::ManualClock;

/// 2025-10-26 01:40:00.000001 in Prague, in the night in which the hour from two to three comes
/// twice.
const BEGIN: i64 = 1_761_435_600_000_001_000;

const HOUR: Duration = Duration::from_secs(3_600);

/// The streams of the tree.
#[chronologix::streams(
    app,
    errors -> (app, audit),
    audit(format = "json", durability = "synced", file = "audit.jsonl"),
    notes(multiline = "indent", min_level = "info"),
    repeats(dedup = "10s"),
)]
pub(crate) struct Tree;

/// The settings of the tree.
pub(crate) fn config(base: &Path, clock: &ManualClock) -> Config {
    Tree::config()
        .base_log_dir(base)
        .interval("1h")
        .timezone("Europe/Prague")
        .timestamp_format("%Y-%m-%d %H:%M:%S.%f %z")
        .max_file_size("4KiB")
        .compress("zst")
        .redact(|key, _value| (key == "password").then(|| "***".to_owned()))
        .clock(clock.clone())
}

/// Writes the tree: a run over six folders, what a crash leaves, and a run with one more stream.
pub(crate) fn write(base: &Path) -> ManualClock {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(BEGIN));
    let logger = config(base, &clock).start_blocking().unwrap();
    rollovers(&logger, &clock);
    // In the three folders that were closed two hours ago or more.
    wait_until(|| logger.stats().files_compressed == 7);
    levels_and_fields();
    what_must_not_reach_a_line();
    floods(&logger, &clock);
    one_file_after_another(&logger, &clock);
    logger.stop_blocking().unwrap();

    let torn = newest_folder(base).join("app.1.log");
    let mut torn = OpenOptions::new().append(true).open(torn).unwrap();
    torn.write_all("[2025-10-26 06:11:00.000000 +0100] half a l".as_bytes())
        .unwrap();
    clock.advance(Duration::from_secs(60));
    let logger = config(base, &clock)
        .stream("later")
        .start_blocking()
        .unwrap();
    log!(Tree::app, "goes on after a crash").wait();
    let later = logger.stream("later").unwrap();
    later.log(format_args!("a stream of the second run")).wait();
    logger.stop_blocking().unwrap();
    clock
}

fn levels_and_fields() {
    log!(
        Tree::app,
        "no level, <> holes: {:?} {:>6.2}",
        3,
        "text",
        2.5
    )
    .wait();
    trace!(Tree::app, "a trace").wait();
    debug!(Tree::app, "a debug").wait();
    info!(Tree::app, "an info").wait();
    warn!(Tree::app, "a warn").wait();
    error!(Tree::app, "an error").wait();
    critical!(Tree::app, "a critical").wait();
    debug!(Tree::notes, "below the level of the stream").wait();
    info!(Tree::notes, "two\nlines").wait();
    let (id, name) = (17, "Ann \"the buyer\"");
    info!(Tree::audit, order = id, user:% = name, state:? = Some(1), "http.status" = 200; "fields <>", 1).wait();
    log!(
        Tree::audit,
        large = u128::MAX, small = i64::MIN, half = 0.5, tiny = 1e-9, huge = 1e21, whole = 3.0,
        none = f64::NAN, endless = f64::INFINITY, yes = true, letter = 'ž', empty = "";
        "values"
    )
    .wait();
    error!(Tree::errors, order = id, "a key" = "with spaces"; "in three files").wait();
    in_context_sync(fields! { request = 5, password = "hunter2" }, || {
        info!(Tree::app, "in a context, with a <>", Secret::new("token")).wait();
        info!(Tree::audit, step = "pay"; "in a context").wait();
    });
}

fn what_must_not_reach_a_line() {
    let text = "line\nfeed, carriage\rreturn, tab\t, escape \u{1b}[31m, null \0, backslash \\, \
                bidi \u{202e}, next line \u{85}, separator \u{2028}, emoji 🦀, ž";
    log!(Tree::app, "<>", text).wait();
    log!(Tree::app, text, "a\nkey" = "a = b, \"c\""; "[2025-10-26 06:10:00.000000 +0100] forged")
        .wait();
    log!(Tree::audit, text; "<>", text).wait();
    log!(Tree::notes, "\n\n<>\n", text).wait();
    log!(Tree::app, "").wait();
}

fn floods(logger: &Logger, clock: &ManualClock) {
    for round in 0..3 {
        for _ in 0..5 {
            warn!(Tree::repeats, "again").wait();
            info!(Tree::app(every = "5s"), round; "seldom").wait();
        }
        logger.flush_blocking(HOUR);
        clock.advance(Duration::from_secs(11));
        log!(Tree::repeats, "another").wait();
    }
}

/// So many that a second file is begun.
fn one_file_after_another(logger: &Logger, clock: &ManualClock) {
    for step in 0..60 {
        info!(Tree::app, step; "one of many, until the file is as large as it may become").wait();
        clock.advance(Duration::from_millis(250));
    }
    logger.flush_blocking(HOUR);
}

fn rollovers(logger: &Logger, clock: &ManualClock) {
    // To the last microsecond before two.
    clock.advance(Duration::from_micros(20 * 60 * 1_000_000 - 2));
    log!(Tree::app, "the last microsecond").wait();
    clock.advance(Duration::from_micros(1));
    log!(Tree::app, "two o'clock").wait();
    for record in [
        "two o'clock again",
        "three o'clock",
        "four o'clock",
        "five o'clock",
        "six o'clock",
    ] {
        logger.flush_blocking(HOUR);
        clock.advance(HOUR);
        log!(Tree::app, "<>", record).wait();
        warn!(Tree::errors, record; "about <>", record).wait();
    }
    clock.advance(HOUR / 6);
}

/// The folder with the last records.
pub(crate) fn newest_folder(base: &Path) -> PathBuf {
    base.join(fs::read_link(base.join("current")).unwrap())
}

/// Waits for what another thread does.
#[track_caller]
pub(crate) fn wait_until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain");
        thread::park_timeout(Duration::from_millis(1));
    }
}
