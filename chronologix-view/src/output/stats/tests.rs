//! Counts and their table.

use super::*;
use crate::{
    line::{Key, LogLine},
    streams::StreamSet,
};
use chronologix_schema::layout::Folder;

fn stats(by: Option<&str>) -> Stats {
    let by = by.map(|text| text.parse().unwrap());
    Stats::new(by, TimeZone::UTC)
}

fn written(stats: &Stats, streams: &Streams, shape: StatsShape) -> String {
    let mut out = Vec::new();
    stats.write(&mut out, streams, shape).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_tree_without_records_has_a_table_too() {
    assert_eq!(
        written(&stats(None), &Streams::default(), StatsShape::Table),
        "stream  records  bytes  first  last\nall           0      0  -      -\n"
    );
}

#[test]
fn a_mirrored_record_counts_once_in_all() {
    let mut streams = Streams::default();
    let (app, errors) = (streams.id("app"), streams.id("errors"));
    let line = LogLine::new(Key::first_of(Folder::parse("2025-05-04").unwrap()), "[x] y");
    let mut stats = stats(None);
    let record = Record {
        streams: StreamSet::of(app).with(errors),
        ..Record::of(line)
    };
    stats.count(&[record], &streams);
    assert_eq!(
        (
            stats.counts.all.records,
            stats.counts.streams[0].records,
            stats.counts.streams[1].records
        ),
        (1, 1, 1)
    );
}

#[test]
fn what_is_counted_by() {
    let by = |text: &str| text.parse::<GroupBy>();
    assert_eq!(by("1h"), Ok(GroupBy::Time(TimeDelta::hours(1))));
    assert_eq!(by("15 min"), Ok(GroupBy::Time(TimeDelta::minutes(15))));
    assert_eq!(by("hour"), by("60m"));
    assert_eq!(by("level"), Ok(GroupBy::Level));
    assert_eq!(by("http.status"), Ok(GroupBy::Field("http.status".into())));
    assert!(by("0s").is_err());
}

#[test]
fn spans_begin_with_the_days_of_the_zone() {
    let zone = |name| chronologix_schema::layout::zone(name).unwrap();
    for (span, name, instant, start) in [
        (60, "UTC", "2025-05-04T14:59:59.9Z", "2025-05-04T14:00:00Z"),
        (
            60,
            "Asia/Kolkata",
            "2025-05-04T14:45:00Z",
            "2025-05-04T14:30:00Z",
        ),
        (
            1_440,
            "Europe/Prague",
            "2025-05-04T23:00:00Z",
            "2025-05-04T22:00:00Z",
        ),
        // The hour that the clocks show twice.
        (
            60,
            "Europe/Prague",
            "2025-10-26T00:30:00Z",
            "2025-10-26T00:00:00Z",
        ),
        (
            60,
            "Europe/Prague",
            "2025-10-26T01:30:00Z",
            "2025-10-26T01:00:00Z",
        ),
        (60, "UTC", "1969-12-31T23:30:00Z", "1969-12-31T23:00:00Z"),
    ] {
        let found = start_of(
            instant.parse().unwrap(),
            TimeDelta::minutes(span),
            &zone(name),
        );
        assert_eq!(
            found,
            start.parse::<DateTime<Utc>>().unwrap(),
            "{instant} {name}"
        );
    }
}

/// Returns the counts of these lines of one stream.
fn counted(by: &str, lines: &[(&str, &str)], shape: StatsShape) -> String {
    let mut streams = Streams::default();
    let app = streams.id("app");
    let mut stats = stats(Some(by));
    for (instant, text) in lines {
        let key = Key {
            instant: instant.parse().unwrap(),
            stream: app,
            ..Key::first_of(Folder::parse("2025-05-04").unwrap())
        };
        stats.count(&[Record::of(LogLine::new(key, *text))], &streams);
    }
    written(&stats, &streams, shape)
}

const LINES: [(&str, &str); 4] = [
    (
        "2025-05-04T14:00:01Z",
        "[14:00:01] [ERROR] GET / status=502",
    ),
    ("2025-05-04T14:59:00Z", "[14:59:00] [INFO] GET / status=200"),
    (
        "2025-05-04T16:00:00Z",
        "[16:00:00] [INFO] GET /a status=200",
    ),
    ("2025-05-04T16:00:01Z", "[16:00:01] [WARN] no status"),
];

#[test]
fn counts_by_time_have_a_column_for_each_level() {
    assert_eq!(
        counted("1h", &LINES, StatsShape::Table),
        "\
time                  records  bytes  INFO  WARN  ERROR  first                        last
2025-05-04T14:00:00Z        2     71     1     0      1  2025-05-04T14:00:01.000000Z  2025-05-04T14:59:00.000000Z
2025-05-04T16:00:00Z        2     64     1     1      0  2025-05-04T16:00:00.000000Z  2025-05-04T16:00:01.000000Z
all                         4    135     2     1      1  2025-05-04T14:00:01.000000Z  2025-05-04T16:00:01.000000Z
"
    );
}

#[test]
fn counts_by_a_field_have_the_most_frequent_value_first() {
    assert_eq!(
        counted("status", &LINES, StatsShape::Csv),
        "\
status,records,bytes,INFO,WARN,ERROR,first,last
200,2,71,2,0,0,2025-05-04T14:59:00.000000Z,2025-05-04T16:00:00.000000Z
502,1,36,0,0,1,2025-05-04T14:00:01.000000Z,2025-05-04T14:00:01.000000Z
-,1,28,0,1,0,2025-05-04T16:00:01.000000Z,2025-05-04T16:00:01.000000Z
all,4,135,2,1,1,2025-05-04T14:00:01.000000Z,2025-05-04T16:00:01.000000Z
"
    );
    let by_level = counted("level", &LINES, StatsShape::Table);
    let names: Vec<&str> = by_level
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, ["level", "INFO", "WARN", "ERROR", "all"]);
}

#[test]
fn counts_as_json_end_with_the_sum() {
    let json = counted("message", &LINES[..1], StatsShape::Json);
    assert_eq!(
        json,
        concat!(
            r#"{"message":"GET /","records":1,"bytes":36,"levels":{"ERROR":1},"#,
            r#""first":"2025-05-04T14:00:01.000000Z","last":"2025-05-04T14:00:01.000000Z"}"#,
            "\n",
            r#"{"records":1,"bytes":36,"levels":{"ERROR":1},"#,
            r#""first":"2025-05-04T14:00:01.000000Z","last":"2025-05-04T14:00:01.000000Z"}"#,
            "\n"
        )
    );
}
