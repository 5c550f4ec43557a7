//! Merging against a simple reference.

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;
use proptest::prelude::*;

use super::*;
use crate::{
    line::{Key, LogLine},
    streams::{StreamId, StreamSet, Streams},
};

pub(super) fn line(stream: u16, sequence: u64, second: i64, text: &str) -> LogLine {
    let key = Key {
        folder: Folder::parse("2025-05-04").unwrap(),
        instant: DateTime::from_timestamp(second, 0).unwrap(),
        stream: StreamId(stream),
        sequence,
    };
    LogLine::new(key, text)
}

/// `app`, `errors -> app`, `audit`, `all` without a name of its own.
fn streams(is_declared: bool) -> Streams {
    let mut streams = Streams::default();
    let ids = ["app", "errors", "audit"].map(|name| streams.id(name));
    if is_declared {
        streams.set_mirrors(ids[0], Vec::new());
        streams.set_mirrors(ids[1], vec![ids[0]]);
        streams.set_mirrors(ids[2], Vec::new());
    }
    streams
}

fn merged(lines: &[LogLine], streams: &Streams, part: usize) -> Vec<(String, Vec<u16>)> {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|line| line.key);
    let mut fold = Fold::default();
    let parts = lines.chunks(part);
    let in_parts = parts.flat_map(|part| fold.records(part.to_vec(), streams));
    let in_parts: Vec<String> = in_parts.map(|record| show(&record).0).collect();
    let records = Fold::default().records(lines, streams).into_iter();
    let shown: Vec<_> = records.map(|record| show(&record)).collect();
    let texts: Vec<&String> = shown.iter().map(|(text, _)| text).collect();
    // A copy in a later part is not a record of its own, though its label comes too late.
    assert_eq!(in_parts.iter().collect::<Vec<_>>(), texts);
    shown
}

fn show(record: &Record) -> (String, Vec<u16>) {
    let streams = record.streams.iter().map(|stream| stream.0);
    (record.line.text.to_string(), streams.collect())
}

#[track_caller]
fn check(is_declared: bool, lines: &[(u16, i64, &str)], expected: &[(&str, &[u16])]) {
    let lines: Vec<LogLine> = lines
        .iter()
        .zip(1..)
        .map(|((stream, second, text), sequence)| line(*stream, sequence, *second, text))
        .collect();
    let expected: Vec<(String, Vec<u16>)> = expected
        .iter()
        .map(|(text, found)| ((*text).to_owned(), found.to_vec()))
        .collect();
    assert_eq!(merged(&lines, &streams(is_declared), 1), expected);
}

#[test]
fn by_time_then_stream_then_position() {
    check(
        true,
        &[
            (0, 1, "a"),
            (0, 2, "b"),
            (0, 2, "c"),
            (2, 1, "d"),
            (2, 3, "e"),
        ],
        &[
            ("a", &[0]),
            ("d", &[2]),
            ("b", &[0]),
            ("c", &[0]),
            ("e", &[2]),
        ],
    );
}

#[test]
fn a_mirrored_copy_is_shown_once_where_the_mirror_has_it() {
    check(
        true,
        &[(0, 1, "a"), (0, 1, "e"), (0, 1, "b"), (1, 1, "e")],
        &[("a", &[0]), ("e", &[0, 1]), ("b", &[0])],
    );
}

#[test]
fn a_true_repetition_is_kept() {
    // Twice in errors, three times in app: one of those is app's own.
    let twice = [
        (0, 1, "x"),
        (0, 1, "x"),
        (0, 1, "x"),
        (1, 1, "x"),
        (1, 1, "x"),
    ];
    let expected: [(&str, &[u16]); 3] = [("x", &[0, 1]), ("x", &[0, 1]), ("x", &[0])];
    check(true, &twice, &expected);
}

#[test]
fn equal_lines_of_unrelated_streams_are_two() {
    let lines = [(0, 1, "x"), (2, 1, "x")];
    check(true, &lines, &[("x", &[0]), ("x", &[2])]);
    check(false, &lines, &[("x", &[0]), ("x", &[2])]);
}

#[test]
fn without_a_declaration_every_line_stays() {
    check(
        false,
        &[(0, 1, "x"), (1, 1, "x"), (0, 1, "x"), (2, 1, "x")],
        &[("x", &[0]), ("x", &[0]), ("x", &[1]), ("x", &[2])],
    );
}

#[test]
fn another_time_is_another_record() {
    check(
        true,
        &[(0, 1, "x"), (1, 2, "x")],
        &[("x", &[0]), ("x", &[1])],
    );
}

#[test]
fn more_lines_of_one_time_than_are_held_back() {
    let mut lines = Vec::new();
    for number in 0..40_000 {
        lines.push(line(0, number, 1, &number.to_string()));
        if number % 100 == 0 {
            lines.push(line(1, number, 1, &number.to_string()));
        }
    }
    let texts: Vec<String> = merged(&lines, &streams(true), 1_000)
        .into_iter()
        .map(|(text, _)| text)
        .collect();
    assert_eq!(
        texts,
        (0..40_000)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
    );
}

/// The expected records, computed as simply as possible.
fn reference(lines: &[LogLine]) -> Vec<(String, Vec<u16>)> {
    let mut sorted = lines.to_vec();
    sorted.sort_by_key(|line| (line.key.instant, line.key.stream, line.key.sequence));
    let mut shown: Vec<(DateTime<Utc>, String, Vec<u16>)> = Vec::new();
    for line in sorted {
        let (stream, text) = (line.key.stream.0, line.text.into_string());
        // Only errors are mirrored, into app; app comes first.
        let twin = shown.iter_mut().find(|(instant, other, found)| {
            stream == 1 && *instant == line.key.instant && *other == text && *found == [0]
        });
        match twin {
            Some((.., found)) => found.push(1),
            None => shown.push((line.key.instant, text, vec![stream])),
        }
    }
    shown
        .into_iter()
        .map(|(_, text, found)| (text, found))
        .collect()
}

proptest! {
    #[test]
    fn equals_the_reference(
        records in prop::collection::vec((0_u16..3, 0_i64..3, 0_usize..3, any::<bool>()), 0..60),
        block in 1_usize..5,
    ) {
        let mut lines = Vec::new();
        let mut last = [0; 3];
        for (number, (stream, step, text, has_copy)) in (1..).zip(records) {
            let text = ["a", "b", "c"][text];
            let mut add = |stream: u16, second: i64| {
                let latest = &mut last[usize::from(stream)];
                *latest = second.max(*latest);
                lines.push(line(stream, number, *latest, text));
            };
            add(stream, step + i64::try_from(number / 4).unwrap());
            if stream == 1 && has_copy {
                add(0, step + i64::try_from(number / 4).unwrap());
            }
        }
        prop_assert_eq!(merged(&lines, &streams(true), block), reference(&lines));
    }
}

#[test]
fn a_copy_that_comes_first_is_known_too() {
    let streams = streams(true);
    let mut fold = Fold::default();
    let (copy, own) = (line(1, 1, 1, "x"), line(0, 9, 1, "x"));
    assert_eq!(fold.place(&copy, &streams), FoldOutcome::New);
    assert_eq!(fold.place(&own, &streams), FoldOutcome::CopyOf(copy.key));
    assert_eq!(fold.place(&own, &streams), FoldOutcome::New, "app's own");
    let found = StreamSet::of(StreamId(0)).with(StreamId(1));
    assert!(streams.is_one_record(&found));
}
