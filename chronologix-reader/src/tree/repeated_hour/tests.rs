//! Times that clocks show twice.

use std::{fmt::Write as _, fs};

use super::*;
use crate::tree::open_file;

fn civil(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn times_that_clocks_show_twice() {
    let zone = TimeZone::described("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let year = instant("2025-01-01T00:00:00Z")..instant("2026-01-01T00:00:00Z");
    let hour = civil("2025-10-26T02:00:00")..civil("2025-10-26T03:00:00");
    assert_eq!(shown_twice(&zone, year.clone()), [hour]);
    assert_eq!(shown_twice(&TimeZone::UTC, year), []);
}

/// Returns the line that the second hour begins with, of lines every so many minutes from this
/// time on, with the number of lines of padding between them.
fn found(first: &str, minutes: i64, padding: usize) -> Option<String> {
    let zone = TimeZone::described("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let mut text = String::new();
    let (mut at, end) = (instant(first), instant("2025-10-26T05:00:00Z"));
    while at < end {
        writeln!(text, "{}", zone.civil(at)).unwrap();
        text.push_str(&format!("\t{}\n", "x".repeat(60)).repeat(padding));
        at += TimeDelta::minutes(minutes);
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    fs::write(&path, &text).unwrap();
    let hour = civil("2025-10-26T02:00:00")..civil("2025-10-26T03:00:00");
    let mut civil_of = |line: &RawLine| line.text.replace(' ', "T").parse().ok();
    let found = RepeatedHour::find(&open_file(&path).unwrap(), hour, &mut civil_of).unwrap();
    found.map(|found| {
        let begin = usize::try_from(found.begin).unwrap();
        let before = text[..begin].lines().filter(|line| !line.starts_with('\t'));
        let line = text[begin..].lines().next().unwrap();
        format!("{line} after {}", before.count())
    })
}

#[test]
fn the_second_hour_begins_where_times_go_back() {
    // 02:00 was shown first at 00:00 in UTC.
    let second = |count| Some(format!("2025-10-26 02:00:00 after {count}"));
    for padding in [0, 10, 500] {
        assert_eq!(found("2025-10-26T00:00:00Z", 1, padding), second(60));
        assert_eq!(found("2025-10-25T12:00:00Z", 10, padding), second(78));
        assert_eq!(
            found("2025-10-26T00:00:00Z", 60, padding),
            None,
            "no step back"
        );
        assert_eq!(
            found("2025-10-26T01:00:00Z", 1, padding),
            None,
            "only the second"
        );
    }
}
