//! The values of fields in whole trees.

use std::fmt::Write as _;

use chrono::Utc;

use super::*;
use crate::{
    query::{Case, Field, Filter, FilterRule, LineRegex, Ranking, TopRows},
    streams::StreamNames,
    tests::folder_of,
    tree::Root,
};

const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
                {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]}]}"#;

/// Returns the answer for a tree, or for single files if they have no description.
fn find(files: &[(&str, &str)], view: &View, top: &Top) -> FoundTop {
    let dir = folder_of(files);
    let is_tree = files.iter().any(|(path, _)| *path == ".chronologix.json");
    let base = if is_tree {
        dir.path().to_owned().into()
    } else {
        let paths: Vec<_> = files
            .iter()
            .map(|(path, _)| dir.path().join(path))
            .collect();
        Root::open(&paths, false, Utc::now()).root.unwrap()
    };
    let source = TreeSource {
        base,
        names: StreamNames::default(),
        clock: Utc::now,
    };
    let found = find_top(&source, view, top, &|| true, &|_, _| {});
    assert_eq!(found.troubles, Vec::<String>::new());
    found
}

fn values(found: &FoundTop) -> Vec<(String, u64)> {
    let TopRows::Values(values) = &found.answer.rows else {
        panic!("{found:?}");
    };
    let rows = values.rows.iter();
    rows.map(|(value, count)| (value.to_string(), count.records))
        .collect()
}

fn top(name: &str) -> Top {
    Top::new(Field::named(name), Ranking::Frequent, 10)
}

fn pairs(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    pairs
        .iter()
        .map(|(value, count)| ((*value).to_owned(), *count))
        .collect()
}

const TREE: [(&str, &str); 5] = [
    (".chronologix.json", DESCRIPTION),
    (
        "2025-05-04__14-00/app.log",
        "[14:00:00] [INFO] a status=200\n[14:00:01] [ERROR] e status=502 took=30.5\n\
         [14:00:02] [INFO] b status=200 took=250ms\n",
    ),
    (
        "2025-05-04__14-00/errors.log",
        "[14:00:01] [ERROR] e status=502 took=30.5\n",
    ),
    (
        "2025-05-04__15-00/app.log",
        "[15:00:00] [INFO] a\n[15:00:01] [INFO] a status=200\n",
    ),
    // Its copy is lost.
    (
        "2025-05-04__15-00/errors.log",
        "[15:00:02] [ERROR] lost status=504 took=1.5\n",
    ),
];

#[test]
fn a_record_that_is_copied_counts_once() {
    let found = find(&TREE, &View::default(), &top("status"));
    assert_eq!(values(&found), pairs(&[("200", 3), ("502", 1), ("504", 1)]));
    assert_eq!((found.answer.records, found.answer.with_field), (6, 5));
    assert!(found.answer.is_complete);
    let found = find(&TREE, &View::default(), &top("stream"));
    assert_eq!(values(&found), pairs(&[("app", 4), ("errors", 2)]));
    let found = find(&TREE, &View::default(), &top("level"));
    assert_eq!(values(&found), pairs(&[("INFO", 4), ("ERROR", 2)]));
    let found = find(&TREE, &View::default(), &top("message"));
    assert_eq!(
        values(&found),
        pairs(&[("a", 3), ("e", 1), ("b", 1), ("lost", 1)])
    );
}

#[test]
fn only_what_is_asked_for_counts() {
    let pattern = LineRegex::new("status", Case::Sensitive).unwrap();
    let view = View {
        streams: Some(vec![StreamNames::default().id("app")]),
        filter: Filter::new(None, vec![FilterRule::new(pattern, true)]),
    };
    let found = find(&TREE, &view, &top("message"));
    assert_eq!(values(&found), pairs(&[("a", 2), ("e", 1), ("b", 1)]));
    let range = Top {
        since: "2025-05-04T14:00:01Z".parse().ok(),
        until: "2025-05-04T15:00:01Z".parse().ok(),
        ..top("message")
    };
    let found = find(&TREE, &View::default(), &range);
    assert_eq!(values(&found), pairs(&[("e", 1), ("b", 1), ("a", 1)]));
}

#[test]
fn the_largest_numbers_with_durations_in_seconds() {
    let of = |ranking| {
        let top = Top::new(Field::named("took"), ranking, 2);
        let found = find(&TREE, &View::default(), &top);
        let TopRows::Records(records) = &found.answer.rows else {
            panic!("{found:?}");
        };
        assert_eq!(found.answer.with_field, 3);
        let name = |record: &crate::query::RankedRecord| {
            let line = &record.lines[0];
            let origin = found.streams.origin(&line.streams);
            (
                record.value.to_string(),
                found.streams.name(origin).to_owned(),
            )
        };
        records.iter().map(name).collect::<Vec<_>>()
    };
    let pair = |value: &str, stream: &str| (value.to_owned(), stream.to_owned());
    assert_eq!(
        of(Ranking::Largest),
        [pair("30.5", "errors"), pair("1.5", "errors")]
    );
    assert_eq!(
        of(Ranking::Smallest),
        [pair("250ms", "app"), pair("1.5", "errors")]
    );
}

#[test]
fn a_large_file_is_counted_in_chunks() {
    let mut text = String::new();
    for number in 0..2_000 {
        let status = if number % 10 == 0 { 500 } else { 200 };
        writeln!(
            text,
            "2025-05-04T14:00:00Z INFO request {number} status={status}\n  more of it",
        )
        .unwrap();
    }
    let found = find(&[("web.log", &text)], &View::default(), &top("status"));
    assert_eq!(values(&found), pairs(&[("200", 1_800), ("500", 200)]));
    assert_eq!(found.answer.records, 2_000);
}

#[test]
fn it_ends_when_it_is_not_wanted_any_more() {
    let dir = folder_of(&TREE);
    let source = TreeSource {
        base: dir.path().to_owned().into(),
        names: StreamNames::default(),
        clock: Utc::now,
    };
    let found = find_top(
        &source,
        &View::default(),
        &top("status"),
        &|| false,
        &|_, _| {},
    );
    assert_eq!(found.answer.records, 0);
}

#[test]
fn filters_find_lines_of_another_shape() {
    let description = r#"{
        "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
        "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": [],
                     "line": "{timestamp} {level} {module}: {message}{fields}"}]}"#;
    let lines = "15:00:00 INFO shop: paid user=ann\n15:00:01 ERROR shop: refused user=bob\n";
    let files = [
        (".chronologix.json", description),
        ("2025-05-04__15-00/app.log", lines),
    ];
    let errors = Filter::new(Some(chronologix_schema::Level::Error), Vec::new());
    let view = View {
        filter: errors,
        ..View::default()
    };
    let found = find(&files, &view, &top("user"));
    assert_eq!(values(&found), pairs(&[("bob", 1)]));
}

fn patterns(view: &View, range: (Option<&str>, Option<&str>)) -> Vec<(String, u64)> {
    let time = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    let top = Top {
        since: time(range.0),
        until: time(range.1),
        ..Top::about(TopOf::Patterns, Ranking::Frequent, 10)
    };
    let found = find(&TREE, view, &top);
    let TopRows::Patterns(patterns) = &found.answer.rows else {
        panic!("{found:?}");
    };
    let rows = patterns.rows.iter();
    let mut rows: Vec<_> = rows
        .map(|row| (row.text.to_string(), row.count.records))
        .collect();
    rows.push(("all".to_owned(), found.answer.records));
    rows
}

#[test]
fn patterns_are_those_that_a_filter_which_shows_all_has() {
    let all = LineRegex::new(".", Case::Sensitive).unwrap();
    let ranges = [
        (None, None),
        (Some("2025-05-04T14:00:01Z"), Some("2025-05-04T15:00:01Z")),
    ];
    for streams in [None, Some(vec![StreamNames::default().id("app")])] {
        let view = View {
            streams,
            filter: Filter::default(),
        };
        let filtered = View {
            filter: Filter::new(None, vec![FilterRule::new(all.clone(), true)]),
            ..view.clone()
        };
        for range in ranges {
            let found = patterns(&view, range);
            assert_eq!(found, patterns(&filtered, range), "{range:?}");
            assert!(found.len() > 2, "{found:?}");
        }
    }
}
