//! Dates of files of other loggers.

use std::{fs::File, path::PathBuf};

use chrono::{DateTime, Utc};
use tempfile::TempDir;

use super::*;

/// Writes a file that was modified at this time.
fn file(dir: &TempDir, name: &str, modified: &str, lines: &[&str]) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let modified: DateTime<Utc> = modified.parse().unwrap();
    let file = File::options().append(true).open(&path).unwrap();
    file.set_modified(modified.into()).unwrap();
    path
}

/// Returns the timestamp and the message of each record.
fn dated(paths: &[PathBuf], options: Options) -> Vec<(String, String)> {
    let root = Root::of_files(paths).unwrap();
    let options = Options {
        shape: Shape::Json,
        ..options
    };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    print(root, &options, Utc::now, &mut out, &mut notes).unwrap();
    let out = String::from_utf8(out).unwrap();
    let record = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        (text("timestamp"), text("message"))
    };
    out.lines().map(record).collect()
}

#[track_caller]
fn check(found: &[(String, String)], expected: &[(&str, &str)]) {
    let found: Vec<(&str, &str)> = found.iter().map(|(at, text)| (&**at, &**text)).collect();
    assert_eq!(found, expected);
}

#[test]
fn one_wrong_timestamp_spoils_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let lines = [
        "2025-05-04T14:00:00Z a",
        "2099-01-01T00:00:00Z bad clock",
        "2025-05-04T14:00:02Z b",
        "1970-01-01T00:00:00Z no clock",
        "2025-05-04T14:00:03Z c",
    ];
    let path = file(&dir, "x.log", "2025-05-04T14:00:03Z", &lines);
    check(
        &dated(std::slice::from_ref(&path), Options::default()),
        &[
            ("2025-05-04T14:00:00.000000Z", "a"),
            ("2099-01-01T00:00:00.000000Z", "bad clock"),
            ("2025-05-04T14:00:02.000000Z", "b"),
            ("1970-01-01T00:00:00.000000Z", "no clock"),
            ("2025-05-04T14:00:03.000000Z", "c"),
        ],
    );
    let day = Options {
        since: Some("2025-05-04".parse().unwrap()),
        until: Some("2025-05-05".parse().unwrap()),
        ..Options::default()
    };
    let found: Vec<String> = dated(&[path], day).into_iter().map(|(_, it)| it).collect();
    assert_eq!(found, ["a", "b", "c"]);
}

#[test]
fn a_clock_that_was_set_back_hides_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let lines = [
        "2025-05-04 14:00:00 a",
        "2025-05-04 15:00:00 b",
        "2025-05-04 14:10:00 c",
        "2025-05-04 15:10:00 d",
    ];
    let path = file(&dir, "x.log", "2025-05-04T15:10:00Z", &lines);
    let until = Options {
        until: Some("2025-05-04 14:30".parse().unwrap()),
        ..Options::default()
    };
    let found = dated(std::slice::from_ref(&path), until);
    let found: Vec<String> = found.into_iter().map(|(_, it)| it).collect();
    assert_eq!(found, ["a", "c"]);
    let since = Options {
        since: Some("2025-05-04 14:30".parse().unwrap()),
        ..Options::default()
    };
    let found: Vec<String> = dated(&[path], since)
        .into_iter()
        .map(|(_, it)| it)
        .collect();
    assert_eq!(found, ["b", "d"]);
}

#[test]
fn times_of_day_are_dated_over_midnight() {
    let dir = tempfile::tempdir().unwrap();
    let lines = ["23:59:58 a", "23:59:59 b", "00:00:01 c"];
    let path = file(&dir, "x.log", "2025-05-05T00:00:02Z", &lines);
    check(
        &dated(&[path], Options::default()),
        &[
            ("2025-05-04T23:59:58.000000Z", "a"),
            ("2025-05-04T23:59:59.000000Z", "b"),
            ("2025-05-05T00:00:01.000000Z", "c"),
        ],
    );
}

#[test]
fn dates_without_a_year_are_dated_over_new_year() {
    let dir = tempfile::tempdir().unwrap();
    let lines = [
        "Dec 31 23:59:59 host app[7]: a",
        "Jan  1 00:00:01 host app[7]: b",
    ];
    let path = file(&dir, "x.log", "2025-01-01T00:00:02Z", &lines);
    check(
        &dated(&[path], Options::default()),
        &[
            ("2024-12-31T23:59:59.000000Z", "a"),
            ("2025-01-01T00:00:01.000000Z", "b"),
        ],
    );
}

#[test]
fn lines_without_times_have_no_timestamp() {
    let dir = tempfile::tempdir().unwrap();
    let lines = ["It was the best of times,", "it was the worst of times."];
    let path = file(&dir, "novel.txt", "2025-01-01T00:00:02Z", &lines);
    check(
        &dated(&[path], Options::default()),
        &[
            ("", "It was the best of times,"),
            ("", "it was the worst of times."),
        ],
    );
}

#[test]
fn files_outside_of_trees_have_no_folder() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(
        &dir,
        "x.log",
        "2025-01-01T00:00:02Z",
        &["2025-01-01T00:00:01Z a"],
    );
    let printed = |shape| {
        let options = Options {
            shape,
            ..Options::default()
        };
        let root = Root::of_files(std::slice::from_ref(&path)).unwrap();
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        print(root, &options, Utc::now, &mut out, &mut notes).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(printed(Shape::NamedLines), "x:2025-01-01T00:00:01Z a\n");
    assert!(!printed(Shape::Json).contains("folder"));
}
