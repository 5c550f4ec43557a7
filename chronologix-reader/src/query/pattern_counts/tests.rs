//! Patterns of whole trees.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::{patterns::Patterns, streams::StreamNames, tests::folder_of};

const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
                {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
                {"name": "audit", "file": "audit.log", "format": "json", "mirror": []}]}"#;

/// Returns the patterns of a tree with the number of their records, the most frequent first.
fn count(files: &[(&str, &str)], range: PatternRange) -> Option<Vec<(String, u64)>> {
    let dir = folder_of(files);
    let source = TreeSource {
        base: dir.path().to_owned().into(),
        names: StreamNames::default(),
        clock: Utc::now,
    };
    let mut troubles = Vec::new();
    let catalogue = Arc::new(Catalogue::parse(&source.base.statements()));
    let watch = PatternWatch::TO_THE_END;
    let table = count_patterns(&source, &catalogue, None, range, &watch, &mut troubles)?;
    assert_eq!(troubles, Vec::<String>::new());
    let patterns = Patterns::of(table);
    let rows = patterns.rows().iter();
    Some(
        rows.map(|row| (row.text.to_string(), row.count.records))
            .collect(),
    )
}

fn check(files: &[(&str, &str)], range: PatternRange, expected: &[(&str, u64)]) {
    let expected = expected
        .iter()
        .map(|(text, records)| ((*text).to_owned(), *records));
    assert_eq!(count(files, range), Some(expected.collect()));
}

#[test]
fn each_record_counts_once() {
    let files = [
        (".chronologix.json", DESCRIPTION),
        (
            "2025-05-04__14-00/app.log",
            "[14:00:00] [INFO] read 1 of k=a\n\tat main\n[14:00:01] [ERROR] e 7\n[14:00:01] [ERROR] e 7\n",
        ),
        ("2025-05-04__14-00/errors.log", "[14:00:01] [ERROR] e 7\n"),
        // Its copy is lost.
        ("2025-05-04__15-00/errors.log", "[15:00:01] [ERROR] e 8\n"),
        (
            "2025-05-04__15-00/audit.log",
            "{\"timestamp\":\"2025-05-04T15:00:01Z\",\"level\":\"info\",\"message\":\"read 2\"}\n",
        ),
        ("2025-05-04__15-00/app.log", "[15:00:02] read 3 of k=b"),
    ];
    check(
        &files,
        PatternRange::default(),
        &[
            ("e <number>", 3),
            ("read <number> of k=<*>", 2),
            ("read <number>", 1),
        ],
    );
    let time = |text: &str| Some(text.parse().unwrap());
    let range = PatternRange {
        since: time("2025-05-04T14:00:01Z"),
        until: time("2025-05-04T15:00:02Z"),
    };
    check(&files, range, &[("e <number>", 3), ("read <number>", 1)]);
    let range = PatternRange {
        since: time("2025-05-05T00:00:00Z"),
        until: None,
    };
    check(&files, range, &[]);
}

#[test]
fn without_times_each_line_is_a_record() {
    let files = [("2025-05-04/all.log", "plain 1\nplain 2\nother\n")];
    check(
        &files,
        PatternRange::default(),
        &[("plain <number>", 2), ("other", 1)],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Words of eight letters, records with lines that continue them, and blocks of 64 bytes.
    #[test]
    fn each_run_has_the_same_result(
        records in proptest::collection::vec(("[a-d]{1,2}( [a-d]{1,2}){0,3}", 0_usize..3), 1..120),
    ) {
        let mut text = String::new();
        for (index, (message, more)) in records.iter().enumerate() {
            writeln!(text, "[14:{:02}:{:02}] {message}", index / 60, index % 60).unwrap();
            text.push_str(&"\tat x\n".repeat(*more));
        }
        let files = [(".chronologix.json", DESCRIPTION), ("2025-05-04__14-00/app.log", &*text)];
        let found = count(&files, PatternRange::default()).unwrap();
        prop_assert_eq!(found.iter().map(|row| row.1).sum::<u64>(), records.len() as u64);
        prop_assert_eq!(&found, &count(&files, PatternRange::default()).unwrap());
    }
}
