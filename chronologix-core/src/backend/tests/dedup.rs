//! Streams that collapse equal records.

use std::time::Duration;

use super::{APP, Desk, ERRORS, HOUR, Round, config};
use crate::{Config, Level, in_context_sync};

const SECOND: Duration = Duration::from_secs(1);

/// `errors`, mirrored to `app`, tells of repeats after 10 s.
fn collapsing() -> Config {
    config().configure_stream("errors", |errors| errors.dedup("10s"))
}

fn log(desk: &Desk, messages: &[&str]) {
    for message in messages {
        desk.log("errors", message).detach();
    }
}

#[test]
fn equal_records_in_a_row_are_one_and_a_count_in_the_file_and_its_mirror() {
    let mut desk = Desk::with(collapsing());
    log(&desk, &["a", "a", "a", "b", "a", "a", "c"]);
    desk.settle();
    let expected = [
        "a",
        "chronologix: last message of errors repeated 2 times",
        "b",
        "a",
        "chronologix: last message of errors repeated 1 time",
        "c",
    ];
    assert_eq!(desk.messages(ERRORS), expected);
    assert_eq!(desk.messages(APP), expected);
}

#[test]
fn other_streams_are_written_as_ever_and_end_no_run() {
    let mut desk = Desk::with(collapsing());
    for _ in 0..2 {
        log(&desk, &["a"]);
        desk.log("app", "x").detach();
        desk.settle();
    }
    log(&desk, &["b"]);
    desk.settle();
    assert_eq!(
        desk.messages(APP),
        [
            "a",
            "x",
            "x",
            "chronologix: last message of errors repeated 1 time",
            "b"
        ]
    );
}

#[test]
fn records_are_equal_if_level_message_and_fields_are() {
    let mut desk = Desk::with(collapsing());
    let errors = desk.stream("errors");
    errors.log(format_args!("a")).detach();
    errors.log_at(Level::Warn, format_args!("a")).detach();
    errors.log_at(Level::Warn, format_args!("{}", 'a')).detach();
    errors.with([("id", 1)]).log(format_args!("a")).detach();
    errors.with([("id", 2)]).log(format_args!("a")).detach();
    in_context_sync([("id", 2)], || errors.log(format_args!("a")).detach());
    errors.log(format_args!("end")).detach();
    desk.settle();
    assert_eq!(
        desk.messages(ERRORS),
        [
            "a",
            "[WARN] a",
            "[WARN] chronologix: last message of errors repeated 1 time",
            "a id=1",
            "a id=2",
            "chronologix: last message of errors repeated 1 time",
            "end",
        ]
    );
}

#[test]
fn after_the_period_a_line_tells_of_the_repeats_so_far() {
    let mut desk = Desk::with(collapsing());
    log(&desk, &["a"]);
    desk.settle();
    desk.clock.advance(5 * SECOND);
    log(&desk, &["a", "a"]);
    desk.settle();
    desk.clock.advance(9 * SECOND);
    log(&desk, &["a"]);
    desk.settle();
    assert_eq!(desk.messages(ERRORS), ["a"]);
    // Ten seconds after the first repeat, and nothing is logged.
    desk.clock.advance(SECOND);
    assert_eq!(desk.round(), Round::Worked);
    let told = "chronologix: last message of errors repeated 3 times";
    assert_eq!(desk.messages(ERRORS), ["a", told]);
    assert_eq!(desk.round(), Round::Idle);
    // The run goes on.
    log(&desk, &["a", "a"]);
    desk.settle();
    desk.clock.advance(10 * SECOND);
    desk.settle();
    let again = "chronologix: last message of errors repeated 2 times";
    assert_eq!(desk.messages(ERRORS), ["a", told, again]);
    // It is stamped with the last of the repeats, not with the moment it was told.
    let text = desk.text(ERRORS).unwrap();
    assert!(
        text.contains("[14:30:14] chronologix: last message of errors repeated 3"),
        "{text}"
    );
}

#[test]
fn a_folder_never_begins_with_a_repeat() {
    let mut desk = Desk::with(collapsing());
    log(&desk, &["a", "a"]);
    desk.settle();
    desk.clock.advance(HOUR);
    log(&desk, &["a", "a"]);
    desk.settle();
    desk.clock.advance(10 * SECOND);
    desk.settle();
    let expected = ["a", "chronologix: last message of errors repeated 1 time"];
    assert_eq!(desk.messages(ERRORS), expected);
    assert_eq!(desk.messages("2025-05-04__15-00/errors.log"), expected);
}

#[test]
fn a_flush_tells_of_all_repeats() {
    let mut desk = Desk::with(collapsing());
    log(&desk, &["a", "a", "a"]);
    let mut is_flushed = desk.flush();
    desk.settle();
    assert!(is_flushed());
    let told = "chronologix: last message of errors repeated 2 times";
    assert_eq!(desk.messages(ERRORS), ["a", told]);
    log(&desk, &["a"]);
    desk.settle();
    assert_eq!(desk.messages(ERRORS), ["a", told]);
}

#[test]
fn the_end_tells_of_all_repeats() {
    let mut desk = Desk::with(collapsing());
    log(&desk, &["a", "a", "a"]);
    desk.writer.finish().unwrap();
    assert_eq!(
        desk.messages(ERRORS),
        ["a", "chronologix: last message of errors repeated 2 times"]
    );
}

#[test]
fn a_repeat_counts_as_a_record_and_is_acknowledged() {
    let mut desk = Desk::with(collapsing());
    let first = super::pending(desk.log("errors", "a").written());
    let second = super::pending(desk.log("errors", "a").written());
    desk.settle();
    super::ready(first).unwrap();
    super::ready(second).unwrap();
    assert_eq!(desk.shared.stats().written, 2);
}

#[test]
fn without_the_option_every_record_is_written() {
    let mut desk = Desk::new();
    log(&desk, &["a", "a"]);
    desk.settle();
    assert_eq!(desk.messages(ERRORS), ["a", "a"]);
}
