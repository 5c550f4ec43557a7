//! Records of chunks, cut at any offset.

use std::fs;

use chronologix_schema::layout::Folder;
use proptest::prelude::*;

use super::*;
use crate::{
    query::{Case, FilterRule, LineRegex},
    streams::StreamId,
    tree::Foreign,
};

/// Returns the records of a file of another logger by way of chunks, with their offsets.
fn by_chunks(content: &str, size: u64, filter: &Filter) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    fs::write(&path, content).unwrap();
    let length = content.len() as u64;
    let timestamps = TimestampReader::new(None, Foreign::default());
    let (mut found, mut buffer, mut start) = (Vec::new(), Vec::new(), 0);
    while start < length {
        let end = (start + size).min(length);
        let chunk = FileChunk {
            folder: Folder::parse("2025-05-04").unwrap(),
            stream: StreamId(0),
            number: 0,
            path: path.clone(),
            range: start..end,
        };
        let reader = RecordReader::new(&chunk, &timestamps, filter);
        let mut look = |record: &ReadRecord<'_>| {
            let texts: Vec<&str> = record.texts.iter().map(|(text, _)| &**text).collect();
            found.push(texts.join("\n"));
        };
        reader.read(&mut buffer, &mut look).unwrap();
        start = end;
    }
    found
}

#[track_caller]
fn check(content: &str, size: u64, expected: &[&str]) {
    let found = by_chunks(content, size, &Filter::default());
    assert_eq!(found, expected, "{content:?} in chunks of {size}");
}

#[test]
fn a_record_has_all_its_lines_wherever_files_are_cut() {
    let one = "2025-05-04 14:00:00 ERROR boom\n  at main.rs:7\n  at lib.rs:9";
    let two = "2025-05-04 14:00:01 INFO fine";
    for size in 1..120 {
        check(&format!("{one}\n{two}\n"), size, &[one, two]);
        check(&format!("{two}\n{one}"), size, &[two, one]);
    }
}

#[test]
fn without_times_each_line_is_a_record() {
    for size in [1, 3, 64, 1_000] {
        check(
            "alpha\nbeta\n  gamma\n",
            size,
            &["alpha", "beta", "  gamma"],
        );
        check("", size, &[]);
    }
}

#[test]
fn a_filter_is_about_whole_records() {
    let one = "2025-05-04 14:00:00 ERROR boom\n  at main.rs:7";
    let two = "2025-05-04 14:00:01 INFO fine";
    let rule = |text, keeps| {
        let pattern = LineRegex::new(text, Case::Sensitive).unwrap();
        FilterRule::new(pattern, keeps)
    };
    for size in [7, 40, 1_000] {
        let of = |rule| {
            let filter = Filter::new(None, vec![rule]);
            by_chunks(&format!("{one}\n{two}\n"), size, &filter)
        };
        assert_eq!(of(rule("main", true)), [one]);
        assert_eq!(of(rule("main", false)), [two]);
    }
}

proptest! {
    #[test]
    fn chunks_make_no_difference(
        records in prop::collection::vec("[a-c]{0,9}(\n  [a-c]{0,30}){0,3}", 1..9),
        size in 1_u64..200,
    ) {
        let records = records.iter().enumerate();
        let records: Vec<String> = records
            .map(|(second, text)| format!("2025-05-04T14:00:{second:02}Z INFO {text}"))
            .collect();
        let content = records.join("\n");
        prop_assert_eq!(by_chunks(&content, size, &Filter::default()), records);
    }
}
