//! Blocks of lines in both directions.

use std::fs;

use chronologix_schema::layout::Folder;

use super::*;
use crate::{
    query::{Filter, stream_files::FilePart},
    streams::StreamId,
};

const LONGEST: usize = 100;

/// Returns the lines of a file, read in one direction, in the order of the file.
fn read(content: &str, direction: Direction) -> Vec<(String, u64)> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    fs::write(&path, content).unwrap();
    let part = FilePart {
        begin: 0,
        number: 0,
        path,
        length: content.len() as u64,
    };
    let folder = Folder::parse("2025-05-04").unwrap();
    let files = StreamFiles::new(folder, StreamId(0), vec![part]);
    let position = match direction {
        Direction::Older => files.end(),
        Direction::Newer => StreamFiles::beginning(),
    };
    let mut blocks = Blocks::new(files, direction, position, LONGEST);
    let (filter, timestamps) = (
        Filter::default(),
        TimestampReader::new(None, crate::tree::Foreign::default()),
    );
    let mut read: Vec<LogLine> = Vec::new();
    while let Some(lines) = blocks.next(&filter, &timestamps).unwrap() {
        match direction {
            Direction::Older => read.splice(0..0, lines).for_each(drop),
            Direction::Newer => read.extend(lines),
        }
    }
    let show = |line: LogLine| {
        let text = format!("{}{}", line.text, if line.is_cut { "…" } else { "" });
        (text, line.key.sequence - 1)
    };
    read.into_iter().map(show).collect()
}

#[track_caller]
fn check(content: &str) {
    let mut at = 0;
    let line = |line: &str| {
        let start = at;
        at += line.len() as u64 + 1;
        let text = if line.len() > LONGEST {
            format!("{}…", &line[..LONGEST])
        } else {
            line.to_owned()
        };
        (text, start)
    };
    let expected: Vec<(String, u64)> = content.split_terminator('\n').map(line).collect();
    for direction in [Direction::Newer, Direction::Older] {
        assert_eq!(read(content, direction), expected, "{direction:?}");
    }
}

#[test]
fn lines_are_the_same_either_way() {
    check("");
    check("\n");
    check("\n\n\n");
    check("one");
    check("one\ntwo");
    check(&"line\n".repeat(300));
    check(&"x\n\n".repeat(300));
}

#[test]
fn lines_longer_than_a_block() {
    for length in [99, 100, 101, 127, 128, 129, 511, 512, 513, 1_024, 5_000] {
        let long = "x".repeat(length);
        check(&long);
        check(&format!("{long}\n"));
        check(&format!("before\n{long}\nafter\n"));
        check(&format!("{long}\n{long}\nafter\n{long}"));
    }
}
