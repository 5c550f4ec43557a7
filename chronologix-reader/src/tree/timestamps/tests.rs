//! Lines and their times.

use chronologix_schema::layout::parse_text_line;
use proptest::prelude::*;

use super::*;
use crate::line::{part_and_offset, rfc3339};

fn described(timezone: &str, format: &str) -> TimestampReader {
    let manifest = Manifest {
        format_version: 1,
        interval: "1h".into(),
        timezone: timezone.into(),
        timestamp_format: format.into(),
        streams: Vec::new(),
        seals: None,
    };
    let mut timestamps = TimestampReader::new(Some(&manifest), Foreign::default());
    timestamps.set_own(StreamId(3), None);
    timestamps
}

/// Checks the times of lines. `=` is for a line with the time of the one before.
#[track_caller]
fn check(timestamps: &TimestampReader, folder: &str, lines: &[(&str, &str)]) {
    let folder = Folder::parse(folder).unwrap();
    let mut dater = LineDater::new(folder, StreamId(3), timestamps);
    let mut at = 0;
    for (text, expected) in lines {
        let before = dater.last.instant;
        let raw = RawLine {
            text: (*text).into(),
            raw: None,
            is_cut: false,
            at,
        };
        let line = dater.date(raw, 2, timestamps);
        let has_timestamp = line.own.is_some();
        assert_eq!(part_and_offset(line.key.sequence), (2, at));
        assert_eq!(line.key.stream, StreamId(3));
        at += text.len() as u64 + 1;
        if *expected == "=" {
            assert_eq!((line.key.instant, has_timestamp), (before, false), "{text}");
        } else {
            assert_eq!(rfc3339(line.key.instant), *expected, "{text}");
            assert!(has_timestamp);
        }
    }
}

#[test]
fn lines_of_another_shape_are_dated_and_shown_in_the_usual_one() {
    let mut timestamps = described("UTC", "%Y-%m-%d %H:%M:%S");
    let template = "{timestamp} {level:5} {module}: {message}{fields}";
    timestamps.set_own(StreamId(3), template.parse().ok());
    let line = "2025-05-04 15:07:09 WARN  shop::db: slow ms=7";
    check(
        &timestamps,
        "2025-05-04__15-00",
        &[("\tat main.rs:7", "="), (line, "2025-05-04T15:07:09Z")],
    );
    let folder = Folder::parse("2025-05-04__15-00").unwrap();
    assert_eq!(
        timestamps.usual(line, StreamId(3), folder).as_deref(),
        Some("[2025-05-04 15:07:09] [WARN] shop::db: slow ms=7")
    );
    assert_eq!(timestamps.usual(line, StreamId(4), folder), None);
}

#[test]
fn the_date_is_that_of_the_folder() {
    check(
        &described("Europe/Prague", "%H:%M:%S"),
        "2025-05-04__15-00",
        &[
            ("\tat main.rs:7", "="),
            ("[15:07:09] one", "2025-05-04T13:07:09Z"),
            ("a continuation", "="),
            ("[15:07:09] two", "2025-05-04T13:07:09Z"),
            ("[nonsense] three", "="),
        ],
    );
}

#[test]
fn a_timestamp_that_goes_back_keeps_its_place_in_the_file() {
    check(
        &described("UTC", "%H:%M:%S.%f"),
        "2025-05-04__15-00",
        &[
            ("[15:00:00.000002] one", "2025-05-04T15:00:00.000002Z"),
            ("[15:00:00.000001] two", "2025-05-04T15:00:00.000002Z"),
            ("[15:00:00.000003] three", "2025-05-04T15:00:00.000003Z"),
        ],
    );
}

#[test]
fn a_folder_under_a_later_name_begins_with_its_interval() {
    let timestamps = described("Europe/Prague", "%H:%M:%S");
    check(
        &timestamps,
        "2025-05-04__15-05",
        &[
            ("[15:00:01] one", "2025-05-04T13:00:01Z"),
            ("[15:04:59] two", "2025-05-04T13:04:59Z"),
            ("[15:59:59] three", "2025-05-04T13:59:59Z"),
        ],
    );
    let start = |timestamps: &TimestampReader, folder| {
        let start = timestamps.start_or_guess(Folder::parse(folder).unwrap());
        rfc3339(start)[11..16].to_owned()
    };
    for (folder, expected) in [
        ("2025-05-04__15-00", "13:00"),
        ("2025-05-04__15-15", "13:00"),
        // Made with another interval.
        ("2025-05-04__15-20", "13:20"),
    ] {
        assert_eq!(start(&timestamps, folder), expected, "{folder}");
    }
    let mut unknown = TimestampReader::new(None, Foreign::default());
    assert_eq!(start(&unknown, "2025-05-04__15-05"), "15:05");
    let names = [
        "2025-05-04__15-00",
        "2025-05-04__14-55",
        "2025-05-04",
        "2025-05-03__23-55",
    ];
    unknown.set_taken(names.into_iter().filter_map(Folder::parse));
    assert_eq!(start(&unknown, "2025-05-04__15-05"), "14:55");
    assert_eq!(start(&unknown, "2025-05-04__15-10"), "15:10");
    assert_eq!(start(&unknown, "2025-05-04__00-15"), "00:15");
    assert_eq!(start(&unknown, "2025-05-04__00-05"), "00:00");
}

#[test]
fn json_lines_bring_their_own_date_and_zone() {
    check(
        &described("UTC", "%H:%M:%S"),
        "2025-05-04",
        &[
            (
                r#"{"timestamp":"2025-05-04T15:07:09.5+02:00","message":"a"}"#,
                "2025-05-04T13:07:09.5Z",
            ),
            (
                r#"{"message":"b", "timestamp": "2025-05-04T14:00:00Z"}"#,
                "2025-05-04T14:00:00Z",
            ),
            (
                r#"{"message":"c", "timestamp": "14:00:01"}"#,
                "2025-05-04T14:00:01Z",
            ),
            ("{ not json", "="),
            (r#"{"message":"no time"}"#, "="),
        ],
    );
}

#[test]
fn a_tree_without_description() {
    let timestamps = TimestampReader::new(None, Foreign::default());
    check(
        &timestamps,
        "2025-05-04",
        &[
            ("[01:02:03] the original's default", "2025-05-04T01:02:03Z"),
            ("[01:02:03.25] a fraction", "2025-05-04T01:02:03.25Z"),
            ("[2025-05-04 03:00:00] a date", "2025-05-04T03:00:00Z"),
        ],
    );
    assert_eq!(timestamps.start(Folder::parse("2025-05-04").unwrap()), None);
}

#[test]
fn lines_from_before_the_format_changed_are_guessed() {
    check(
        &described("UTC", "rfc3339"),
        "2025-05-04",
        &[
            ("[01:02:03] before", "2025-05-04T01:02:03Z"),
            (
                "[2025-05-04T04:00:00.000000+02:00] after",
                "2025-05-04T02:00:00Z",
            ),
        ],
    );
}

#[test]
fn a_folder_starts_in_the_zone_of_the_tree() {
    let folder = Folder::parse("2025-05-04__15-00").unwrap();
    let start = described("Europe/Prague", "%H:%M:%S")
        .start(folder)
        .unwrap();
    assert_eq!(rfc3339(start), "2025-05-04T13:00:00Z");
    assert_eq!(described("Middle/Earth", "%H:%M:%S").start(folder), None);
}

proptest! {
    #[test]
    fn what_is_remembered_changes_nothing(
        timestamps in prop::collection::vec(
            ("1[0-2]:0[0-9]:(59|00)", prop::sample::select(vec!["", ".5", ".25", ".000", ",123456", ".123456789", ".1234567890", " x"])),
            1..20,
        ),
        format in prop::sample::select(vec!["%H:%M:%S.%f", "%H:%M:%S", "%H:%M.%S"]),
    ) {
        let folder = Folder::parse("2025-05-04__10-00").unwrap();
        let reader = described("UTC", format);
        let mut known = StampCache::default();
        for (whole, fraction) in &timestamps {
            for stamp in [format!("{whole}{fraction}"), whole.replacen(':', ".", 2)] {
                let expected = reader.read(&stamp, folder);
                if let Some((instant, rest)) = known.of_line(format!("[{stamp}] x").as_bytes()) {
                    prop_assert_eq!((Some(instant), rest), (expected, &b"x"[..]), "{}", stamp);
                }
                let found = known.read(&stamp, |stamp| reader.read(stamp, folder));
                prop_assert_eq!(found, expected, "{}", stamp);
            }
        }
    }

    #[test]
    fn the_timestamp_of_a_line_is_that_of_the_layout(line in "(\\[)?[ab\\] ]{0,12}") {
        prop_assert_eq!(bracketed_timestamp(&line), parse_text_line(&line).stamp);
    }
}

#[test]
fn an_hour_that_clocks_show_twice_goes_on_where_times_go_back() {
    let lines = [
        ("2025-10-26 01:59:00 a", "2025-10-25T23:59:00Z"),
        ("2025-10-26 02:10:00 b", "2025-10-26T00:10:00Z"),
        ("2025-10-26 02:50:00 c", "2025-10-26T00:50:00Z"),
        ("2025-10-26 02:10:00 d", "2025-10-26T01:10:00Z"),
        // A thread that was preempted.
        ("2025-10-26 02:09:59 e", "2025-10-26T01:09:59Z"),
        ("2025-10-26 02:55:00 f", "2025-10-26T01:55:00Z"),
        ("2025-10-26 03:00:00 g", "2025-10-26T02:00:00Z"),
    ];
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    let text = lines.map(|(line, _)| line).join("\n") + "\n";
    std::fs::write(&path, text).unwrap();
    let zone = TimeZone::described("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let modified = "2025-10-26T02:00:00Z".parse().unwrap();
    let facts = FileFacts::read(&path, None, modified, Foreign::formats(), &zone).unwrap();
    let foreign = Foreign { zone };
    let mut timestamps = TimestampReader::new(None, foreign);
    timestamps.files().insert((StreamId(0), 0), facts);
    let folder = Folder::parse("2025-10-26").unwrap();
    // Also from the middle on.
    for first in 0..lines.len() {
        let mut dater = LineDater::new(folder, StreamId(0), &timestamps);
        let mut at = 0;
        for (index, (line, expected)) in lines.iter().enumerate() {
            let place = LinePlace { part: 0, at };
            at += line.len() as u64 + 1;
            if index >= first {
                let own = dater.start(line.as_bytes(), place, &timestamps).own;
                assert_eq!(own, expected.parse().ok(), "{line}");
            }
        }
    }
}
