//! Counts of whole trees.

use std::{fmt::Write as _, fs};

use super::{super::mirrored::MOST_MIRRORED, *};
use crate::streams::StreamNames;

const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
                {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
                {"name": "slow", "file": "slow.log", "format": "text", "mirror": ["app"]}]}"#;

/// Returns the numbers of records of all streams and of each, and their bytes.
fn count(files: &[(&str, &str)]) -> Option<(u64, Vec<u64>, u64)> {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in [(".chronologix.json", DESCRIPTION)].iter().chain(files) {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let source = TreeSource {
        base: dir.path().to_owned().into(),
        names: StreamNames::default(),
        clock: Utc::now,
    };
    let counts = count_records::<()>(&source, None, RecordGroups::ByHead(&|_, _| None))?;
    assert_eq!(counts.troubles, Vec::<String>::new());
    let streams = counts.streams.iter().map(|count| count.records);
    Some((counts.all.records, streams.collect(), counts.all.bytes))
}

#[test]
fn copies_count_in_each_stream_and_once_in_all() {
    let found = count(&[
        (
            "2025-05-04__14-00/app.log",
            "[14:00:00] a\n[14:00:01] e\n[14:00:01] e\n[14:00:02] s\n",
        ),
        ("2025-05-04__14-00/errors.log", "[14:00:01] e\n"),
        ("2025-05-04__14-00/slow.log", "[14:00:02] s\n"),
        // A line whose copy is lost, and one of another hour.
        (
            "2025-05-04__15-00/errors.log",
            "[15:00:01] lost\n[14:00:01] e\n",
        ),
        ("2025-05-04__15-00/app.log", "[15:00:02] b"),
    ]);
    assert_eq!(found, Some((7, vec![5, 3, 1], 7 * 13 + 3)));
}

#[test]
fn lines_that_continue_a_record_count_with_it() {
    let record = "[14:00:01] [ERROR] boom\n\tat main.rs:7\n\tat lib.rs:9\n";
    let app = format!("[14:00:00] a\n{record}");
    let found = count(&[
        ("2025-05-04__14-00/app.log", &app),
        ("2025-05-04__14-00/errors.log", record),
    ]);
    assert_eq!(found, Some((2, vec![2, 1], app.len() as u64)));
}

#[test]
fn a_tree_that_must_be_read_in_order_is_left_to_others() {
    let mut large = String::new();
    while large.len() as u64 <= MOST_MIRRORED {
        writeln!(large, "[14:00:00] {}", large.len()).unwrap();
    }
    let app = ("2025-05-04__14-00/app.log", "[14:00:00] a\n");
    assert_eq!(
        count(&[("2025-05-04__14-00/errors.log", &large), app]),
        None
    );
    // Without a mirror beside it, its size does not matter.
    assert!(count(&[("2025-05-04__14-00/errors.log", &large)]).is_some());
}
