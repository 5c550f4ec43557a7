//! Times and positions in the files of a stream.

use std::{fmt::Write as _, fs};

use tempfile::TempDir;

use super::*;
use crate::line::rfc3339;

struct Case {
    dir: TempDir,
    files: StreamFiles,
    timestamps: TimestampReader,
}

fn case(parts: &[&str]) -> Case {
    let dir = tempfile::tempdir().unwrap();
    let part = |(number, content): (u32, &&str)| {
        let path = dir.path().join(number.to_string());
        fs::write(&path, content).unwrap();
        FilePart {
            begin: 0,
            number,
            path,
            length: content.len() as u64,
        }
    };
    let parts = (0..).zip(parts).map(part).collect();
    let folder = Folder::parse("2025-05-04").unwrap();
    Case {
        files: StreamFiles::new(folder, StreamId(0), parts),
        timestamps: TimestampReader::new(None, crate::tree::Foreign::default()),
        dir,
    }
}

#[track_caller]
fn check(case: &mut Case, time: &str, expected: (usize, u64)) {
    let instant = format!("2025-05-04T{time}Z").parse().unwrap();
    let position = case.files.seek(instant, &case.timestamps).unwrap();
    assert_eq!((position.part, position.offset), expected, "{time}");
}

#[test]
fn a_time_is_found_by_halving() {
    let mut content = String::new();
    for second in 0..2_000 {
        let (minute, second) = (second / 60, second % 60);
        writeln!(content, "[00:{minute:02}:{second:02}] x").unwrap();
    }
    let mut case = case(&[&content, "[05:00:00] next file\n"]);
    for second in [0, 1, 2, 999, 1_000, 1_998, 1_999] {
        let time = format!("00:{:02}:{:02}", second / 60, second % 60);
        check(&mut case, &time, (0, second * 13));
    }
    case.files.bytes_read = 0;
    check(&mut case, "00:16:40", (0, 13_000));
    assert!(
        case.files.bytes_read < 4 << 10,
        "{} bytes read",
        case.files.bytes_read
    );
    check(&mut case, "04:00:00", (1, 0));
    check(&mut case, "06:00:00", (2, 0));
}

#[test]
fn lines_without_stamps_belong_to_the_one_before() {
    let mut case = case(&["first\nsecond\n[01:00:00] a\n\tmore\n\n[02:00:00] b\n\tmore\n"]);
    check(&mut case, "00:00:00", (0, 0));
    check(&mut case, "00:00:01", (0, 13));
    check(&mut case, "01:00:01", (0, 33));
    check(&mut case, "02:00:01", (1, 0));
}

#[test]
fn very_long_lines_and_none_at_all() {
    let long = "x".repeat(5_000);
    let mut one = case(&[&format!(
        "[01:00:00] {long}\n[02:00:00] {long}\n[03:00:00] c\n"
    )]);
    check(&mut one, "02:00:00", (0, 5_012));
    check(&mut one, "03:00:00", (0, 10_024));
    check(&mut case(&[&long]), "03:00:00", (1, 0));
    check(&mut case(&[""]), "03:00:00", (1, 0));
    check(&mut case(&[]), "03:00:00", (0, 0));
}

#[test]
fn an_unfinished_line_can_be_left_out() {
    for (content, length) in [("one\ntwo", 4), ("one\n", 4), ("torn", 0), ("", 0)] {
        let mut case = case(&["before\n", content]);
        case.files.leave_out_unfinished().unwrap();
        assert_eq!(case.files.length(1), length, "{content:?}");
    }
}

#[test]
fn a_file_that_is_gone_is_an_error_that_says_so() {
    let mut case = case(&["[01:00:00] a\n"]);
    fs::remove_file(case.dir.path().join("0")).unwrap();
    let result = case
        .files
        .seek("2025-05-04T02:00:00Z".parse().unwrap(), &case.timestamps);
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn the_times_it_spans() {
    let extent = |parts: &[&str]| {
        let mut case = case(parts);
        let extent = case.files.extent(&case.timestamps).unwrap();
        extent.map(|(first, last)| (rfc3339(first), rfc3339(last)))
    };
    let expected = (
        "2025-05-04T01:00:00Z".to_owned(),
        "2025-05-04T03:00:00Z".to_owned(),
    );
    assert_eq!(
        extent(&[
            "no stamp\n[01:00:00] a\n",
            "[03:00:00] b\n[02:00:00] late\n"
        ]),
        Some(expected)
    );
    assert_eq!(extent(&["no stamp\n"]), None);
    assert_eq!(extent(&[]), None);
}

#[test]
fn a_timestamp_that_goes_back_from_one_file_to_the_next() {
    let mut case = case(&[
        "[01:00:00] a\n[03:00:00] b\n",
        "[02:00:00] late\n",
        "[02:30:00] late\n[04:00:00] c\n",
    ]);
    check(&mut case, "03:00:00", (0, 13));
    check(&mut case, "02:00:00", (0, 13));
    check(&mut case, "03:30:00", (2, 16));
}
