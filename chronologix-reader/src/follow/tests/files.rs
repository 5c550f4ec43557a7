//! The records of single files, without those around them.

use std::fs;

use super::{FIRST, Tree};
use crate::{LogRecord, LogTree};

/// Reads a file of a tree that has this content elsewhere.
fn records(tree: &Tree, file: &str, content: &str) -> Vec<LogRecord> {
    let elsewhere = tree.path("elsewhere");
    fs::write(&elsewhere, content).unwrap();
    let content = fs::File::open(elsewhere).unwrap();
    let log = LogTree::open(tree.dir.path()).unwrap();
    let records = log.file_records(FIRST, file, content).unwrap();
    records.map(Result::unwrap).collect()
}

#[test]
fn a_file_has_its_copies_its_long_records_and_its_torn_end() {
    let tree = Tree::new();
    let content = "[14:00:00.000001] [INFO] one n=1\n[14:00:01.5] two\n\tlines\n\n[14:00:02.0] to";
    let found = records(&tree, "errors.log", content);
    let messages: Vec<_> = found.iter().map(LogRecord::message).collect();
    assert_eq!(messages, ["one", "two\nlines", "to"]);
    let time = found[0].time().unwrap().to_rfc3339();
    assert_eq!(time, "2025-05-04T14:00:00.000001+00:00");
    assert_eq!(
        (found[0].stream(), found[0].file_name()),
        ("errors", "errors.log")
    );
    assert_eq!(found[1].position().offset, 33);
}

#[test]
fn headers_and_marks_are_no_records() {
    let tree = Tree::new();
    let header = "# chronologix/1 stream=app folder=2025-05-04__14-00 part=1 host=h run=1\n";
    let mark = "[14:00:00.0] [WARN] chronologix: bytes 0 to 20 of app.log are repeated here, its \
                sync failed\n";
    let line = "[14:00:00.000000] one\n";
    for marks in [header, mark, &[header, mark].concat()] {
        let found = records(&tree, "app.1.log", &[marks, line].concat());
        let messages: Vec<_> = found.iter().map(LogRecord::message).collect();
        assert_eq!(messages, ["one"], "{marks}");
    }
    assert!(records(&tree, "app.1.log", "").is_empty());
}

#[test]
fn an_hour_that_clocks_show_twice_is_two_hours() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = r#"{"format_version": 1, "interval": "1h", "timestamp_format": "%H:%M:%S",
        "timezone": "CET-1CEST,M3.5.0,M10.5.0/3", "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []}]}"#;
    fs::write(dir.path().join(".chronologix.json"), manifest).unwrap();
    let times = ["02:10:00", "02:50:00", "02:10:00", "02:20:00"];
    let lines = times.map(|time| format!("[{time}] line\n")).concat();
    for (file, begin) in [
        ("app.log", ""),
        (
            "app.1.log",
            "# chronologix/1 stream=app folder=2025-10-26__02-00 part=1 host=h run=1\n",
        ),
    ] {
        let elsewhere = dir.path().join("elsewhere");
        fs::write(&elsewhere, [begin, &lines].concat()).unwrap();
        let content = fs::File::open(elsewhere).unwrap();
        let log = LogTree::open(dir.path()).unwrap();
        let records = log.file_records("2025-10-26__02-00", file, content);
        let found: Vec<_> = records
            .unwrap()
            .map(|record| record.unwrap().time().unwrap().to_rfc3339())
            .collect();
        let expected = ["00:10", "00:50", "01:10", "01:20"];
        assert_eq!(
            found,
            expected.map(|time| format!("2025-10-26T{time}:00+00:00")),
            "{file}"
        );
    }
}

#[test]
fn names_that_tell_nothing_are_refused() {
    let tree = Tree::new();
    tree.add("elsewhere", "");
    let log = LogTree::open(tree.dir.path()).unwrap();
    for (folder, file, why) in [
        ("here", "app.log", "folder"),
        (FIRST, "app.txt", "log file"),
    ] {
        let content = fs::File::open(tree.path("elsewhere")).unwrap();
        let error = log.file_records(folder, file, content).unwrap_err();
        assert!(format!("{error:?}").contains(why), "{error:?}");
    }
}
