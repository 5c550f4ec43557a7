//! Counts by chunks beside counts from the first line to the last.

use std::fs;

use chrono::{DateTime, Utc};
use chronologix_schema::Level;
use proptest::prelude::*;

use super::*;
use crate::{
    query::{
        TreeSource, count_records, tree_cursor::Bounds, tree_cursor::open_streams,
        values::LineValues,
    },
    streams::StreamNames,
};

/// The manifest of a tree whose lines have the format of chronologix.
const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1d", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []}]}"#;

/// Lines that depend on others, and lines that do not.
const LINES: [&str; 14] = [
    "[14:00:01] [ERROR] boom",
    "[14:00:02] fine\r",
    "2025-05-04 14:02:19.123 [main] INFO  a.b.Order - filled",
    "\tat a.b.Order.fill(Order.java:117)",
    "Caused by: a.b.NoSuchOrder",
    "",
    // The level of a record in its second line.
    "May 04, 2025 2:02:19 PM a.b.Order fill",
    "WARNING: slow",
    // Names of columns for the lines behind them.
    "#Fields: date time cs-method sc-status",
    "#Fields: date time sc-status",
    "2025-05-04 14:02:20 GET 200",
    "2025-05-04 14:02:20 500",
    r#"{"level":"error","ts":1746367339.5,"msg":"gone"}"#,
    // A line that continues a record, and tells its level.
    "PRIORITY=3",
];

type Group = (Option<DateTime<Utc>>, Option<Level>);

/// Asserts that the chunks of these files of a stream have the counts of the whole.
#[track_caller]
fn check(is_own: bool, files: &[String]) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("2025-05-04");
    fs::create_dir(&folder).unwrap();
    if is_own {
        fs::write(dir.path().join(".chronologix.json"), DESCRIPTION).unwrap();
    }
    for (index, text) in files.iter().enumerate() {
        let name = match index {
            0 => "app.log".to_owned(),
            _ => format!("app.{index}.log"),
        };
        fs::write(folder.join(name), text).unwrap();
    }
    let source = TreeSource {
        base: dir.path().to_owned().into(),
        names: StreamNames::default(),
        clock: || DateTime::from_timestamp(1_746_403_200, 0).unwrap(),
    };
    let by_head = |own, level| Some((own, level));
    check_groups::<Group>(&source, RecordGroups::ByHead(&by_head));
    let by_values = |values: &LineValues<'_>| Some(values.values().message.clone());
    check_groups::<String>(&source, RecordGroups::ByValues(&by_values));
}

/// Compares the counts of chunks with those of the whole, in a tree of one folder and one stream.
fn check_groups<G: Ord + Send + std::fmt::Debug>(source: &TreeSource, groups: RecordGroups<'_, G>) {
    let split = count_records::<G>(source, None, groups).unwrap();

    let mut tree = source.tree();
    tree.refresh((source.clock)()).unwrap();
    let folder = tree.folders()[0];
    let found = open_streams(&mut tree, folder, (source.clock)(), None, &Bounds::whole());
    let files = found.unwrap().streams.remove(0);
    let dater = LineDater::new(folder, files.stream(), tree.timestamps());
    let mut run = RecordRun::<G>::new(dater, groups);
    for part in files.parts() {
        let chunk = FileChunk::of_part(&files, part);
        run.read(
            &chunk,
            tree.timestamps(),
            &mut Vec::new(),
            &mut |_, _, _| false,
        )
        .unwrap();
    }
    let whole = run.finish(files.stream());

    assert_eq!(split.all, whole.all);
    assert_eq!(split.groups, whole.groups);
    assert_eq!(split.streams, whole.streams);
    assert_eq!(split.troubles, Vec::<String>::new());
}

#[test]
fn a_record_over_several_chunks_counts_once() {
    let trace = "\tat a.b.Order.fill(Order.java:117)\n".repeat(3 * 1024 / 35);
    let text = format!("2025-05-04 14:02:19 ERROR boom\n{trace}2025-05-04 14:02:20 INFO fine");
    check(false, &[text]);
}

#[test]
fn every_line_of_a_text_without_times_is_a_record() {
    check(false, &["It was a dark and stormy night.\n".repeat(200)]);
}

#[test]
fn columns_that_were_named_long_before_are_known() {
    let text = format!("{}\n{}", LINES[8], format!("{}\n", LINES[10]).repeat(200));
    check(false, &[text]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunks_have_the_counts_of_the_whole(
        is_own: bool,
        files in prop::collection::vec(
            prop::collection::vec((0..LINES.len(), 1..12_usize), 1..120),
            1..3,
        ),
        has_end: bool,
    ) {
        let text = |runs: &Vec<(usize, usize)>| {
            let lines = runs.iter().map(|(index, count)| format!("{}\n", LINES[*index]).repeat(*count));
            let text = lines.collect::<String>();
            if has_end { text } else { text.trim_end().to_owned() }
        };
        check(is_own, &files.iter().map(text).collect::<Vec<_>>());
    }
}
