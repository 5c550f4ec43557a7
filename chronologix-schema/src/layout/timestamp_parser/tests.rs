//! Stamps read back: with and without a date, across clock changes, and by guess.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::TimestampParser;
use crate::layout::{Folder, Interval, TimestampFormat, TimestampWriter, zone};

const PRAGUE: &str = "Europe/Prague";

fn folder(name: &str) -> Folder {
    Folder::parse(name).unwrap()
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse().ok()
}

#[track_caller]
fn read(format: &str, timezone: &str, stamp: &str, name: &str) -> Option<DateTime<Utc>> {
    let format = TimestampFormat::parse(format).unwrap();
    TimestampParser::new(&format, zone(timezone).unwrap()).read(stamp, folder(name))
}

#[test]
fn what_a_stamp_leaves_open_is_of_the_folder() {
    let at = |format, stamp| read(format, PRAGUE, stamp, "2025-05-04__15-00");
    let expected = instant("2025-05-04T13:07:09Z");
    assert_eq!(at("%H:%M:%S", "15:07:09"), expected);
    assert_eq!(at("%M:%S", "07:09"), expected);
    assert_eq!(at("%I:%M:%S %p", "03:07:09 PM"), expected);
    assert_eq!(
        at("%I:%M:%S", "03:07:09"),
        expected,
        "the folder is of the afternoon"
    );
    assert_eq!(at("%b %d %T", "May 04 15:07:09"), expected);
    assert_eq!(at("%y%m%d-%H%M%S", "250504-150709"), expected);
    assert_eq!(
        at("%A, %-d %B %Y %T", "Sunday, 4 May 2025 15:07:09"),
        expected
    );
    assert_eq!(at("%c", "Sun May  4 15:07:09 2025"), expected);
    assert_eq!(at("%Y/%j %X", "2025/124 15:07:09"), expected);
    assert_eq!(at("%s", "1746364029"), expected);
    assert_eq!(
        at("%G W%V %u %U %W %w %T", "2025 W18 7 18 17 0 15:07:09"),
        expected
    );
    assert_eq!(at("%H:%M:%S%z", "17:07:09+0400"), expected);
    assert_eq!(at("[%H:%M]", "[15:07]"), instant("2025-05-04T13:07:00Z"));
    assert_eq!(at("%H", "15"), instant("2025-05-04T13:00:00Z"));
    assert_eq!(
        at("%Y-%m-%d", "2025-05-04"),
        instant("2025-05-04T13:00:00Z")
    );
    assert_eq!(
        at("%H:%M:%S,%f", "15:07:09,000042"),
        instant("2025-05-04T13:07:09.000042Z")
    );
    assert_eq!(at("%y %m %d", "99 12 31"), instant("1999-12-31T14:00:00Z"));
}

#[test]
fn midnight_and_noon_of_half_days() {
    let at = |stamp| read("%I:%M %p", "UTC", stamp, "2025-05-04");
    assert_eq!(at("12:00 AM"), instant("2025-05-04T00:00:00Z"));
    assert_eq!(at("12:00 PM"), instant("2025-05-04T12:00:00Z"));
    assert_eq!(at("01:00 AM"), instant("2025-05-04T01:00:00Z"));
}

#[test]
fn a_stamp_shown_twice_is_the_first_unless_it_says_more() {
    let at = |format, stamp| read(format, PRAGUE, stamp, "2025-10-26__02-00");
    let [first, second] = ["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"].map(instant);
    assert_eq!(at("%H:%M", "02:30"), first);
    assert_eq!(at("%H:%M %Z", "02:30 CEST"), first);
    assert_eq!(at("%H:%M %Z", "02:30 CET"), second);
    assert_eq!(at("%H:%M %Z", "02:30 XYZ"), first);
    assert_eq!(at("%H:%M %:z", "02:30 +01:00"), second);
    let numeric = read(
        "%H:%M %Z",
        "Australia/Lord_Howe",
        "01:45 +1030",
        "2025-04-06__01-00",
    );
    assert_eq!(numeric, instant("2025-04-05T15:15:00Z"));
    // A stamp that no clock showed: by the offset before the gap.
    let skipped = read("%H:%M", PRAGUE, "02:30", "2025-03-30");
    assert_eq!(skipped, instant("2025-03-30T01:30:00Z"));
}

#[test]
fn stamps_of_another_format_are_none() {
    for stamp in [
        "",
        "15",
        "15:07",
        "15:07:09 ",
        "15:07:0",
        "1５:07:09",
        "25:00:00",
        "15:60:00",
        "é",
    ] {
        assert_eq!(
            read("%H:%M:%S", "UTC", stamp, "2025-05-04"),
            None,
            "{stamp:?}"
        );
    }
    assert_eq!(read("%b", "UTC", "Mai", "2025-05-04"), None);
    assert_eq!(read("%d.%m.", "UTC", "31.02.", "2025-05-04"), None);
    assert_eq!(read("%j", "UTC", "366", "2025-05-04"), None);
    assert_eq!(read("%s", "UTC", "999999999999", "2025-05-04"), None);
    assert_eq!(read("%z", "UTC", "+9900", "2025-05-04"), None);
}

#[test]
fn guesses() {
    let at = |stamp| TimestampParser::guess().read(stamp, folder("2025-05-04__15-00"));
    let expected = instant("2025-05-04T15:07:09Z");
    for stamp in [
        "15:07:09",
        "2025-05-04 15:07:09",
        "2025-05-04T15:07:09Z",
        "2025-05-04T17:07:09+02:00",
        "2025-05-04 11:37:09 -0330",
        "15:07:09Z",
    ] {
        assert_eq!(at(stamp), expected, "{stamp}");
    }
    let expected = instant("2025-05-04T15:07:09.25Z");
    for stamp in [
        "15:07:09.25",
        "15:07:09,250",
        "2025-05-04 15:07:09,250000000",
        "15:07:09.250+0000",
    ] {
        assert_eq!(at(stamp), expected, "{stamp}");
    }
    assert_eq!(at("15:07"), instant("2025-05-04T15:07:00Z"));
    let prague = TimestampParser::guess().in_zone(zone(PRAGUE).unwrap());
    let expected = instant("2025-05-04T13:07:09Z");
    assert_eq!(prague.read("15:07:09", folder("2025-05-04")), expected);
    for stamp in [
        "",
        "INFO",
        "15",
        "15:07:09.",
        "15:07:09 x",
        "2025-05-04",
        "2025-05-04T",
        "12-12",
        "é-é-é",
    ] {
        assert_eq!(at(stamp), None, "{stamp:?}");
    }
}

/// Formats that say at least the time of day and the offset, in any order and company.
fn formats() -> impl Strategy<Value = TimestampFormat> {
    const TIMES: [&str; 5] = ["%H:%M:%S", "%X", "%I %M %S %p", "%-I-%-M-%-S-%p", "%s"];
    let others: Vec<String> = "aAwdbBmyYjUWcxGuVFTRDesZ"
        .chars()
        .map(|letter| format!("%{letter}"))
        .collect();
    (
        prop::sample::select(&TIMES),
        prop::collection::vec(prop::sample::select(others), 0..4),
        prop::sample::select(&["%z", "%:z"]),
    )
        .prop_map(|(time, mut others, offset)| {
            others.extend([time, "%f", offset].map(str::to_owned));
            TimestampFormat::parse(&others.join(" | ")).unwrap()
        })
}

proptest! {
    #[test]
    fn a_written_stamp_reads_back(
        format in formats(),
        micros in 0_i64..3_000_000_000_000_000,
        timezone in prop::sample::select(&[PRAGUE, "Pacific/Chatham", "America/St_Johns", "UTC"]),
        interval in prop::sample::select(&Interval::ALL),
    ) {
        let zone = zone(timezone).unwrap();
        let instant = DateTime::from_timestamp_micros(micros).unwrap();
        let mut stamp = Vec::new();
        TimestampWriter::new(format.clone(), zone.clone()).write(instant, &mut stamp);
        let stamp = String::from_utf8(stamp).unwrap();
        let folder = interval.span(instant, &zone).folder;
        let read = TimestampParser::new(&format, zone).read(&stamp, folder);
        prop_assert_eq!(read, Some(instant), "{} {}", format, stamp);
    }

    #[test]
    fn no_stamp_panics(format in formats(), stamp in "[-+: |0-9A-Za-z]{0,40}|\\PC{0,20}") {
        let first = folder("-9999-01-01");
        for timezone in [PRAGUE, "UTC"] {
            let zone = zone(timezone).unwrap();
            let _ = TimestampParser::new(&format, zone.clone()).read(&stamp, first);
            let _ = TimestampParser::guess().in_zone(zone).read(&stamp, first);
        }
    }
}
