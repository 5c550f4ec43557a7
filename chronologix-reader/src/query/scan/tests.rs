//! Chunks of files, cut at any offset.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::{
    query::{Case, FieldRule, FilterRule},
    tree::Foreign,
};

fn chunk(path: PathBuf, range: Range<u64>) -> FileChunk {
    FileChunk {
        folder: Folder::parse("2025-05-04").unwrap(),
        stream: StreamId(0),
        number: 0,
        path,
        range,
    }
}

/// Returns the lines of a file by way of chunks, with their offsets.
fn by_pieces(content: &str, size: u64) -> Vec<(u64, String)> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    fs::write(&path, content).unwrap();
    let (mut found, mut buffer, mut start) = (Vec::new(), Vec::new(), 0);
    while start < content.len() as u64 {
        let end = (start + size).min(content.len() as u64);
        let look = |block: &[u8], begin: u64| {
            let mut at = begin;
            for line in lines(block) {
                found.push((at, String::from_utf8_lossy(line).into_owned()));
                at += line.len() as u64 + 1;
            }
            true
        };
        chunk(path.clone(), start..end)
            .scan(&mut buffer, &mut |_, _| true, look)
            .unwrap();
        start = end;
    }
    found
}

#[track_caller]
fn check(content: &str, size: u64) {
    let mut at = 0;
    let line = |line: &str| {
        let start = at;
        at += line.len() as u64 + 1;
        (start, line.to_owned())
    };
    let expected: Vec<(u64, String)> = content.split_terminator('\n').map(line).collect();
    assert_eq!(
        by_pieces(content, size),
        expected,
        "{content:?} in pieces of {size}"
    );
}

proptest! {
    #[test]
    fn every_line_is_of_one_chunk(content in "([ab]{0,90}\n){0,12}[ab]{0,90}", size in 1_u64..400) {
        check(&content, size);
    }
}

#[test]
fn edges() {
    for size in [1, 2, 3, 63, 64, 65, 1_000] {
        check("", size);
        check("\n\n", size);
        check("one\ntwo\nthree", size);
        check(&"line\n".repeat(100), size);
    }
}

#[test]
fn of_a_very_long_line_the_beginning_is_looked_at() {
    let content = format!("a\n{}\nb\n", "x".repeat(10_000));
    for size in [50, 3_000, 20_000] {
        let found = by_pieces(&content, size);
        assert_eq!(found[0], (0, "a".into()));
        assert_eq!(found[1].0, 2);
        assert!((LONGEST..LONGEST + BLOCK).contains(&found[1].1.len()));
        assert_eq!(found[2..], [(10_003, "b".into())], "{size}");
    }
}

#[test]
fn what_is_looked_for_is_found_line_by_line_and_in_blocks() {
    let pattern = |text: &str| LineRegex::new(text, Case::Smart).unwrap();
    let block = "[1] [ERROR] order\n[2] [INFO] order\n[3] [ERROR] test order\n[4] order";
    let filter = |least, kept: &[&str]| {
        let kept = kept.iter().map(|text| FilterRule::new(pattern(text), true));
        let dropped = FilterRule::new(pattern("test"), false);
        Filter::new(least, kept.chain([dropped]).collect())
    };
    let cases = [
        (
            filter(None, &[]),
            None,
            vec!["[1] [ERROR] order", "[2] [INFO] order", "[4] order"],
        ),
        (
            filter(Some(Level::Warn), &[]),
            None,
            vec!["[1] [ERROR] order"],
        ),
        (filter(None, &["order", "4"]), None, vec!["[4] order"]),
        (filter(None, &["o"]), Some("INFO"), vec!["[2] [INFO] order"]),
    ];
    for (filter, text, expected) in cases {
        let matcher = LineMatcher::new(filter, text.map(pattern));
        let mut found = Vec::new();
        let mut timestamps = TimestampReader::new(None, Foreign::default());
        timestamps.set_own(StreamId(0), None);
        let chunk = chunk(PathBuf::new(), 0..0);
        let mut reader = LineReader::new(&chunk, &timestamps);
        matcher.find(block.as_bytes(), 0, &mut reader, |line| {
            found.push(&block[line]);
        });
        assert_eq!(found, expected, "{matcher:?}");
    }
}

#[test]
fn levels_are_those_of_the_parsed_lines() {
    let texts = [
        "[14:00:00] [ERROR] x",
        "[14:00:00] [ERRORS] x",
        "[14:00:00] [error] x",
        "[14:00:00] [CRITICAL] ",
        "[14:00:00] [WARN]",
        "[14:00:00] x [WARN] y",
        "[a] [TRACE] x",
        "[14:00:00] ERROR x",
        "[14:00:00] WARNING x",
        "[14:00:00] FATAL",
        "[14:00:00] an ERROR x",
        "[ERROR] x",
        "\tat [14:00:00] [ERROR] x",
        "",
        r#"{"timestamp":"x","level":"error","message":"y"}"#,
        r#"{"level":"INFO","message":"y"}"#,
        r#"{"level":"information","message":"y"}"#,
        r#"{"message":"y"}"#,
    ];
    for text in texts {
        assert_eq!(level_of(text.as_bytes()), level(text, None), "{text}");
    }
    let mut levels = [0; 7];
    count_levels(texts.join("\n").as_bytes(), &mut levels);
    assert_eq!(
        levels,
        [9, 1, 0, 1, 1, 3, 1],
        "but those that continue a record"
    );
}

#[test]
fn a_record_is_found_once_whichever_of_its_lines_match() {
    let block = "\tx of a record before\n[14:00:00] [ERROR] x\n\tx\n\tx y\n[14:00:01] [INFO] a\n\
                 \tx\n[14:00:02] [ERROR] b\n\ty\n";
    let pattern = |text| LineRegex::new(text, Case::Sensitive).unwrap();
    let errors = || Filter::new(Some(Level::Error), Vec::new());
    let dropped = Filter::new(None, vec![FilterRule::new(pattern("y"), false)]);
    for (filter, text, expected) in [
        (Filter::default(), Some("x"), 3),
        (Filter::default(), Some("y"), 2),
        (errors(), Some("y"), 2),
        (errors(), Some("x$"), 1),
        (errors(), None, 2),
        (dropped, Some("x"), 2),
    ] {
        let matcher = LineMatcher::new(filter, text.map(pattern));
        let mut timestamps = TimestampReader::new(None, Foreign::default());
        timestamps.set_own(StreamId(0), None);
        let chunk = chunk(PathBuf::new(), 0..0);
        let mut reader = LineReader::new(&chunk, &timestamps);
        let mut found = 0;
        matcher.find(block.as_bytes(), 0, &mut reader, |_| found += 1);
        assert_eq!(found, expected, "{matcher:?}");
    }
}

#[test]
fn lines_of_a_template_are_searched_as_they_are_shown() {
    let block = "14:00:00 INFO shop: a\n14:00:01 ERROR shop: b user=ann\n\tb\n\
                 14:00:02 - shop: [b]\n";
    let pattern = |text| LineRegex::new(text, Case::Sensitive).unwrap();
    let errors = || Filter::new(Some(Level::Error), Vec::new());
    let ann = || {
        let mut filter = Filter::default();
        filter
            .fields
            .push(FieldRule::new("user=ann".parse().unwrap()));
        filter
    };
    for (filter, text, expected) in [
        (Filter::default(), Some(r"\[ERROR\] shop"), 1),
        (Filter::default(), Some("ERROR shop"), 0),
        (Filter::default(), Some("^\\[14:00:0[12]\\] "), 2),
        (Filter::default(), Some("b"), 2),
        (errors(), None, 1),
        (errors(), Some("a"), 1),
        (errors(), Some("INFO"), 0),
        (ann(), None, 1),
        (ann(), Some("b"), 1),
    ] {
        let matcher = LineMatcher::new(filter, text.map(pattern));
        let mut timestamps = TimestampReader::new(None, Foreign::default());
        let template = "{timestamp} {level} {module}: {message}{fields}".parse();
        timestamps.set_own(StreamId(0), template.ok());
        let chunk = chunk(PathBuf::new(), 0..0);
        let mut reader = LineReader::new(&chunk, &timestamps);
        let mut found = 0;
        matcher.find(block.as_bytes(), 0, &mut reader, |_| found += 1);
        assert_eq!(found, expected, "{matcher:?}");
    }
}
