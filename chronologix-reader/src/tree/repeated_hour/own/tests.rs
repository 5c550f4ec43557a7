//! Trees whose timestamps have no offset, over the end of daylight saving time.

use std::{collections::BTreeMap, fmt::Write as _, fs, io::Write as _, path::Path};

use chrono::{DateTime, DurationRound as _, NaiveTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::{LogTree, streams::StreamNames};

const ZONE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Writes a tree with a line every so many minutes, and this many bytes in each. Returns the times
/// of the lines.
fn written(base: &Path, interval: TimeDelta, minutes: i64, bytes: usize) -> Vec<DateTime<Utc>> {
    let zone = TimeZone::described(ZONE).unwrap();
    let name = match interval.num_minutes() {
        1_440 => "24h".to_owned(),
        60 => "1h".to_owned(),
        minutes => format!("{minutes}m"),
    };
    let manifest = format!(
        r#"{{"format_version": 1, "interval": "{name}", "timezone": "{ZONE}",
        "timestamp_format": "%H:%M:%S", "streams": [
        {{"name": "app", "file": "app.log", "format": "text", "mirror": []}},
        {{"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]}}]}}"#
    );
    fs::write(base.join(".chronologix.json"), manifest).unwrap();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let (mut at, end) = (
        instant("2025-10-25T22:00:00Z"),
        instant("2025-10-26T03:00:00Z"),
    );
    let mut times = Vec::new();
    while at < end {
        let civil = zone.civil(at);
        let start = civil.and_utc().duration_trunc(interval).unwrap();
        let folder = match name.as_str() {
            "24h" => start.format("%Y-%m-%d").to_string(),
            _ => start.format("%Y-%m-%d__%H-%M").to_string(),
        };
        let count = times.len();
        let line = format!(
            "[{}] {count} {}\n",
            civil.format("%H:%M:%S"),
            "x".repeat(bytes)
        );
        // In short folders, only times that are dense enough go back.
        let is_copied = count % 3 == 0 || interval < TimeDelta::minutes(15);
        let streams: &[&str] = if is_copied {
            &["app", "errors"]
        } else {
            &["app"]
        };
        for stream in streams {
            let path = format!("{folder}/{stream}.log");
            files.entry(path).or_default().push_str(&line);
        }
        times.push(at);
        at += TimeDelta::minutes(minutes);
    }
    for (path, text) in files {
        let path = base.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    times
}

/// Returns the times of records.
fn times(records: crate::Records) -> Vec<DateTime<Utc>> {
    records
        .map(|record| record.unwrap().time().unwrap())
        .collect()
}

#[test]
fn the_second_hour_comes_after_the_first() {
    for (interval, minutes, bytes) in [
        (TimeDelta::hours(24), 7, 0),
        (TimeDelta::hours(24), 1, 3_000),
        (TimeDelta::hours(1), 7, 0),
        (TimeDelta::hours(1), 1, 3_000),
        (TimeDelta::minutes(30), 7, 0),
        (TimeDelta::minutes(15), 1, 0),
        (TimeDelta::minutes(5), 1, 0),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let expected = written(dir.path(), interval, minutes, bytes);
        let tree = LogTree::open(dir.path()).unwrap();
        let said = format!("{interval} {minutes} {bytes}");
        assert_eq!(times(tree.records()), expected, "{said}");
        let mut newest = times(tree.records().newest_first());
        newest.reverse();
        assert_eq!(newest, expected, "{said}");
        for (since, until) in [
            ("2025-10-26T00:20:00Z", "2025-10-26T01:20:00Z"),
            ("2025-10-26T01:00:00Z", "2025-10-26T02:00:00Z"),
            ("2025-10-26T01:31:00Z", "2025-10-26T03:00:00Z"),
        ] {
            let (since, until) = (instant(since), instant(until));
            let range = times(tree.records().since(since).until(until));
            let is_in = |time: &&DateTime<Utc>| (since..until).contains(*time);
            let expected: Vec<_> = expected.iter().filter(is_in).copied().collect();
            assert_eq!(range, expected, "{said}: {since} to {until}");
        }
    }
}

#[test]
fn a_line_in_an_earlier_file_leads_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), TimeDelta::hours(1), 7, 0);
    let folder = dir.path().join("2025-10-26__02-00");
    let text = fs::read_to_string(folder.join("app.log")).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (first, rest) = lines.split_at(7);
    fs::write(folder.join("app.log"), first.concat()).unwrap();
    fs::write(folder.join("app.1.log"), rest.concat()).unwrap();
    let tree = LogTree::open(dir.path()).unwrap();
    let found = times(tree.records().since(instant("2025-10-26T00:00:00Z")));
    assert!(found.is_sorted(), "{found:?}");
    assert_eq!(found.last(), Some(&instant("2025-10-26T02:54:00Z")));
    assert_eq!(found.len(), 25);
}

/// Writes a day's folder with these lines, whose timestamps have this format.
fn day(base: &Path, format: &str, lines: &str) {
    let manifest = format!(
        r#"{{"format_version": 1, "interval": "24h", "timezone": "{ZONE}",
        "timestamp_format": "{format}", "streams": [
        {{"name": "app", "file": "app.log", "format": "text", "mirror": []}}]}}"#
    );
    fs::write(base.join(".chronologix.json"), manifest).unwrap();
    fs::create_dir(base.join("2025-10-26")).unwrap();
    fs::write(base.join("2025-10-26/app.log"), lines).unwrap();
}

#[test]
fn timestamps_with_an_offset_need_no_lines_around_them() {
    let first = instant("2025-10-26T00:10:00Z");
    let second = instant("2025-10-26T01:40:00Z");
    for (format, stamps) in [
        (
            "rfc3339",
            [
                "2025-10-26T02:10:00.000000+02:00",
                "2025-10-26T02:40:00.000000+01:00",
            ],
        ),
        ("%-s", ["1761437400", "1761442800"]),
        ("%H:%M:%S %z", ["02:10:00 +0200", "02:40:00 +0100"]),
        ("%H:%M:%S %Z", ["02:10:00 CEST", "02:40:00 CET"]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let lines = format!("[{}] one\n[{}] two\n", stamps[0], stamps[1]);
        day(dir.path(), format, &lines);
        let tree = LogTree::open(dir.path()).unwrap();
        assert_eq!(times(tree.records()), [first, second], "{format}");
    }
}

/// A stream of a day, and the number of times that were read.
struct Day {
    dir: tempfile::TempDir,
    hour: Arc<StreamHour>,
    looks: usize,
}

impl Day {
    fn new(parts: &[String]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let zone = TimeZone::described(ZONE).unwrap();
        let folder = Folder::parse("2025-10-26").unwrap();
        let stream = StreamNames::default().id("app");
        let hours = RepeatedHours::default();
        for (part, text) in (0..).zip(parts) {
            let path = dir.path().join(part.to_string());
            fs::write(&path, text).unwrap();
            let civil = RepeatedHours::of_folder(folder, &zone).unwrap();
            let file = HourFile::Path(path);
            hours.add_file(folder, stream, (part, file), (civil, &zone));
        }
        let hour = hours.of_stream(folder, stream).unwrap();
        Self {
            dir,
            hour,
            looks: 0,
        }
    }

    /// Asks for the time of a line that begins with hour and minute.
    fn instant(&mut self, time: &str, part: u32, at: usize) -> DateTime<Utc> {
        let civil = |text: &str| {
            let time = NaiveTime::parse_from_str(text.get(..5).unwrap_or(text), "%H:%M").ok()?;
            Some(
                instant("2025-10-26T00:00:00Z")
                    .naive_utc()
                    .date()
                    .and_time(time),
            )
        };
        let at = at as u64;
        let place = LinePlace { part, at };
        let looks = &mut self.looks;
        let mut civil_of = |line: &RawLine| {
            *looks += 1;
            civil(&line.text)
        };
        self.hour
            .instant(civil(time).unwrap(), place, &mut civil_of)
    }
}

#[test]
fn lines_behind_one_that_was_asked_for_are_not_read_again() {
    let minutes = |hour: &str| {
        (0..60)
            .map(|minute| format!("{hour}:{minute:02}"))
            .collect()
    };
    let hours: [Vec<String>; 3] = ["01", "02", "02"].map(minutes);
    let lines: Vec<&String> = hours.iter().flatten().collect();
    let rest = "x".repeat(5_000);
    let mut text = String::new();
    for time in &lines {
        writeln!(text, "{time} {rest}").unwrap();
    }
    let length = text.len() / lines.len();
    let mut day = Day::new(&[text]);
    for (index, time) in lines.iter().enumerate().skip(60) {
        let before = day.looks;
        let found = day.instant(time, 0, index * length);
        let minutes = TimeDelta::minutes(i64::try_from(index).unwrap());
        assert_eq!(found, instant("2025-10-25T23:00:00Z") + minutes);
        // The first line, and the first of the second hour.
        assert_eq!(day.looks > before, [60, 120].contains(&index), "{time}");
    }
}

#[test]
fn a_line_that_is_still_being_written_is_looked_at_again() {
    let mut day = Day::new(&["02:40\n02:45\n02:4".to_owned()]);
    assert_eq!(day.instant("02:45", 0, 6), instant("2025-10-26T00:45:00Z"));
    let file = fs::OpenOptions::new()
        .append(true)
        .open(day.dir.path().join("0"));
    file.unwrap().write_all(b"8\n02:05\n").unwrap();
    assert_eq!(day.instant("02:48", 0, 12), instant("2025-10-26T00:48:00Z"));
    assert_eq!(day.instant("02:05", 0, 18), instant("2025-10-26T01:05:00Z"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lines_have_their_time_in_whatever_order_they_are_asked_for(
        steps in prop::collection::vec((0_i64..20, 0_usize..60_000, prop::bool::weighted(0.1)), 1..60),
        asked in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        let zone = TimeZone::described(ZONE).unwrap();
        let mut time = instant("2025-10-25T23:30:00Z");
        let mut parts = vec![String::new()];
        let mut lines = Vec::new();
        for (minutes, bytes, is_full) in steps {
            time += TimeDelta::minutes(minutes);
            if is_full {
                parts.push(String::new());
            }
            let text = parts.last_mut().unwrap();
            let (at, civil) = (text.len(), zone.civil(time));
            write!(text, "{}\n\t{}\n", civil.format("%H:%M"), "x".repeat(bytes)).unwrap();
            let (first, last) = zone.instants(civil);
            if first != last {
                lines.push((time, civil.format("%H:%M").to_string(), parts.len() - 1, at));
            }
        }
        let mut day = Day::new(&parts);
        for index in asked.iter().filter(|_| !lines.is_empty()) {
            let (time, civil, part, at) = index.get(&lines);
            let part = u32::try_from(*part).unwrap();
            prop_assert_eq!(day.instant(civil, part, *at), *time);
        }
    }
}
