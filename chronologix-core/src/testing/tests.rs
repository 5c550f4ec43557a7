//! Test loggers, tested.

use std::{
    panic::{self, AssertUnwindSafe},
    thread,
    time::Duration,
};

use super::{TestLogger, assert_logged, assert_not_logged};
use crate::{Config, Error, Level, StreamConfig};

mod bindings;

fn logger() -> TestLogger {
    let config = Config::new().interval("1h").stream("app");
    let config = config.stream("errors").stream("audit-log");
    TestLogger::start(config.mirror("errors", "app")).unwrap()
}

fn log(logger: &TestLogger, stream: &str, message: &str) {
    let stream = logger.logger().stream(stream).unwrap();
    stream
        .log_at(Level::Warn, format_args!("{message}"))
        .detach();
}

/// What an assertion says when it fails.
fn said(assertion: impl FnOnce()) -> String {
    let panicked = panic::catch_unwind(AssertUnwindSafe(assertion)).unwrap_err();
    panicked.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn what_was_logged_is_found_in_its_stream_and_in_its_mirror() {
    let logger = logger();
    log(&logger, "errors", "boom 7");
    assert_logged!(logger, errors, "boom");
    assert_logged!(logger, app, "[WARN] boom 7");
    assert_logged!(&logger, "errors", String::from("boom"));
    assert_logged!(logger, logger.logger().stream("errors").unwrap(), "boom");
    assert_not_logged!(logger, "audit-log", "boom");
    assert_eq!(logger.lines("errors"), ["[00:00:00] [WARN] boom 7"]);
}

#[test]
fn a_failure_shows_lines_and_where_the_text_stands_instead() {
    let logger = logger();
    log(&logger, "errors", "bang");
    let says = said(|| assert_logged!(logger, "audit-log", "bang"));
    assert_eq!(
        says,
        "no line of `audit-log` has \"bang\"; it has no lines\n\
         but `app` has:\n  [00:00:00] [WARN] bang\n\
         but `errors` has:\n  [00:00:00] [WARN] bang"
    );
    let says = said(|| assert_logged!(logger, errors, "boom"));
    assert_eq!(
        says,
        "no line of `errors` has \"boom\"; it has 1:\n  [00:00:00] [WARN] bang"
    );
    for number in 0..30 {
        log(&logger, "errors", &number.to_string());
    }
    let says = said(|| assert_logged!(logger, errors, "boom"));
    assert!(says.contains("the nearest 5 of its 31:\n  [00:00:00] [WARN] bang\n"));
    assert!(!says.contains(" 7\n"), "{says}");
    let says = said(|| assert_not_logged!(logger, errors, "bang"));
    assert_eq!(
        says,
        "`errors` has a line with \"bang\":\n  [00:00:00] [WARN] bang"
    );
}

#[test]
fn a_misspelt_stream_is_told_with_the_nearest() {
    let logger = logger();
    let says = said(|| assert_logged!(logger, erors, "boom"));
    let streams = "there is no stream \"erors\"; the streams are app, errors, audit-log";
    assert_eq!(says, format!("{streams}; did you mean `errors`?"));
    let says = said(|| assert_not_logged!(logger, metrics, "boom"));
    assert!(says.ends_with("the streams are app, errors, audit-log"));
    let says = said(|| drop(logger.lines("nowhere")));
    assert!(says.starts_with("there is no stream \"nowhere\""), "{says}");
}

#[test]
fn lines_of_all_folders_are_read_in_their_order() {
    let logger = logger();
    for hour in 0..12 {
        log(&logger, "app", &format!("hour {hour}"));
        logger.clock().advance(Duration::from_secs(3600));
    }
    let lines = logger.lines("app");
    let expected = (0..12).map(|hour| format!("[{hour:02}:00:00] [WARN] hour {hour}"));
    assert_eq!(lines, expected.collect::<Vec<_>>());
}

#[test]
fn what_was_logged_can_be_read_after_the_stop() {
    let logger = logger();
    log(&logger, "app", "the last");
    logger.logger().stop_blocking().unwrap();
    assert_logged!(logger, app, "the last");
}

#[test]
fn hundreds_of_tests_at_once_see_nothing_of_each_other() {
    let tests = (0..8).map(|test| {
        thread::spawn(move || {
            for round in 0..30 {
                let logger = logger();
                log(&logger, "app", &format!("{test}-{round}"));
                assert_eq!(
                    logger.lines("app"),
                    [format!("[00:00:00] [WARN] {test}-{round}")]
                );
            }
        })
    });
    for test in tests.collect::<Vec<_>>() {
        test.join().unwrap();
    }
}

#[test]
fn a_wrong_configuration_is_an_error_as_everywhere() {
    let wrong = TestLogger::start(Config::new().stream(StreamConfig::new("a/b")));
    assert!(matches!(wrong, Err(Error::Config(_))));
}

#[test]
fn a_program_without_files_is_tested_as_others_are() {
    let config = Config::new().stream("app").no_files();
    let logger = TestLogger::start(config.echo(crate::Echo::stderr().min_level(Level::Error)));
    let logger = logger.unwrap();
    log(&logger, "app", "in memory");
    assert_eq!(logger.lines("app"), ["[00:00:00] [WARN] in memory"]);
}

#[test]
fn the_lines_nearest_to_the_text_come_first() {
    let logger = logger();
    let lines = [
        "order 17 filled at 9.5",
        "no orders",
        "Order 18 filed by a customer whose name is far longer than the text",
        "shut down",
        "order 19 was filled",
        "a",
        "b",
    ];
    for line in lines {
        log(&logger, "app", line);
    }
    let says = said(|| assert_logged!(logger, app, "order 18 filled"));
    let shown = says
        .lines()
        .map(|line| line.trim_start_matches("  [00:00:00] [WARN] "));
    let shown = shown.take(4).collect::<Vec<_>>();
    let first = "no line of `app` has \"order 18 filled\"; the nearest 5 of its 7:";
    assert_eq!(shown, [first, lines[0], lines[2], lines[4]]);
}
