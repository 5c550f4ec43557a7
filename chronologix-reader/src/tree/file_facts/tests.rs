//! Dates that only the file knows.

use std::fs;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn facts(modified: &str) -> FileFacts {
    FileFacts::new(None, instant(modified))
}

#[test]
fn a_date_without_a_year_is_the_latest_that_is_not_in_the_future() {
    for (modified, month, day, expected) in [
        ("2025-05-04T14:00:00Z", 5, 4, "2025-05-04T12:00:00Z"),
        ("2025-05-04T14:00:00Z", 5, 5, "2025-05-05T12:00:00Z"),
        ("2025-05-04T14:00:00Z", 5, 6, "2024-05-06T12:00:00Z"),
        ("2025-01-01T00:00:00Z", 12, 31, "2024-12-31T12:00:00Z"),
        ("2025-01-01T00:00:00Z", 1, 1, "2025-01-01T12:00:00Z"),
        ("2025-05-04T14:00:00Z", 2, 29, "2024-02-29T12:00:00Z"),
        ("1901-01-01T14:00:00Z", 2, 29, "1896-02-29T12:00:00Z"),
    ] {
        let date = NaiveDate::from_ymd_opt(2000, month, day).unwrap();
        let moment = Moment::YearLess(date.and_hms_opt(12, 0, 0).unwrap());
        let found = facts(modified).instant(moment, 0, &TimeZone::UTC);
        assert_eq!(found, Some(instant(expected)), "{modified} {month}-{day}");
    }
}

#[test]
fn a_time_long_after_the_last_modification_is_not_believed() {
    let facts = facts("2025-05-04T14:00:00Z");
    assert!(facts.is_credible(instant("2025-05-04T14:00:00Z")));
    assert!(facts.is_credible(instant("2025-05-05T14:00:00Z")));
    assert!(!facts.is_credible(instant("2099-01-01T00:00:00Z")));
}

/// Returns where days begin, of times in seconds of the day. Each line has ten bytes.
fn midnights(begins: &[u64], last: u32) -> Midnights {
    Midnights {
        begins: begins.to_vec(),
        last: NaiveTime::from_num_seconds_from_midnight_opt(last, 0),
        read: 0,
    }
}

#[test]
fn days_are_counted_back_from_the_last_modification() {
    let mut facts = facts("2025-05-05T00:00:02Z");
    facts.midnights = Some(midnights(&[20], 1));
    let at = |at, time: (u32, u32, u32)| {
        let time = NaiveTime::from_hms_opt(time.0, time.1, time.2).unwrap();
        let found = facts.instant(Moment::TimeOfDay(time), at, &TimeZone::UTC);
        found.unwrap()
    };
    assert_eq!(at(0, (23, 59, 58)), instant("2025-05-04T23:59:58Z"));
    assert_eq!(at(10, (23, 59, 59)), instant("2025-05-04T23:59:59Z"));
    assert_eq!(at(20, (0, 0, 1)), instant("2025-05-05T00:00:01Z"));
    // The last line is of the day before, if its time is still to come.
    facts.midnights = Some(midnights(&[], 86_399));
    let time = NaiveTime::from_hms_opt(23, 59, 59).unwrap();
    let found = facts.instant(Moment::TimeOfDay(time), 0, &TimeZone::UTC);
    assert_eq!(found, Some(instant("2025-05-04T23:59:59Z")));
}

#[test]
fn a_file_without_times_was_written_when_it_was_modified() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("novel.txt");
    fs::write(
        &path,
        "It was the best of times,\nit was the worst of times.\n",
    )
    .unwrap();
    let modified = instant("2025-05-04T14:00:00Z");
    let facts =
        FileFacts::read(&path, None, modified, &Formats::default(), &TimeZone::UTC).unwrap();
    assert_eq!(facts.start(), modified);
}

proptest! {
    #[test]
    fn every_date_of_a_year_is_found_again(days in 0_i64..363, hour in 0_u32..24) {
        let modified = instant("2025-05-04T14:00:00Z");
        let written = modified - TimeDelta::days(days) - TimeDelta::hours(hour.into());
        let civil = written.naive_utc();
        let moment = Moment::YearLess(civil.with_year(2000).unwrap());
        let found = facts("2025-05-04T14:00:00Z").instant(moment, 0, &TimeZone::UTC);
        prop_assert_eq!(found, Some(written));
    }
}
