//! Lines of many formats in one file, and lines with random values.

use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveTime, Timelike as _};
use proptest::prelude::*;

use super::{
    lines::{databases, json, jvm, scripts, servers, services, text},
    *,
};

/// All lines of the table.
const GROUPS: [&[Case]; 7] = [
    text::CASES,
    scripts::CASES,
    jvm::CASES,
    servers::CASES,
    services::CASES,
    databases::CASES,
    json::CASES,
];

#[test]
fn each_line_of_a_mixed_file_is_read_as_by_itself() {
    let formats = Formats::default();
    let mut recent = Recent::default();
    let longest = GROUPS.iter().map(|group| group.len()).max().unwrap();
    // One of each group in turn, so that hardly a line has the format of the line before.
    for index in 0..longest {
        for case in GROUPS.iter().filter_map(|group| group.get(index)) {
            let head = formats.head(case.line.as_bytes(), &mut recent);
            let head = head.unwrap_or_else(|| panic!("no format: {}", case.line));
            assert_eq!(head.moment, moment(case.moment), "{}", case.line);
            let level = head.level.map(|level| level.as_str().to_lowercase());
            assert_eq!(level.unwrap_or_default(), case.level, "{}", case.line);
            // The values do not need what was before.
            let values = formats.values(case.line, head.format).unwrap();
            assert_eq!(values.level, head.level, "{}", case.line);
        }
    }
}

#[test]
fn the_format_of_the_line_before_does_not_change_what_a_line_says() {
    let formats = Formats::default();
    let lines = GROUPS.iter().copied().flatten().map(|case| case.line);
    let mut wrong = Vec::new();
    // But of formats in which the second line of a record has its level.
    let is_first = |line: &&str| line.starts_with("May 04, 2025 2:02:19 PM");
    for before in lines.clone().filter(|line| !is_first(line)) {
        let mut known = Recent::default();
        formats.head(before.as_bytes(), &mut known);
        for line in lines.clone() {
            let alone = formats.head(line.as_bytes(), &mut Recent::default());
            let behind = formats.head(line.as_bytes(), &mut known.clone());
            if alone != behind {
                wrong.push(format!("{line}\n    behind {before}\n    {behind:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn twenty_formats_in_one_file_are_all_dated() {
    let lines = [
        "[2025-05-04T14:02:19Z ERROR app] a",
        "2025-05-04T14:02:19.123456Z  INFO app: b",
        "2025/05/04 14:02:19 c",
        "May  4 14:02:19 host app[7]: d",
        "<11>1 2025-05-04T14:02:19Z host app - - - e",
        "E0504 14:02:19.123456 1 a.go:1] f",
        "05-04 14:02:19.123  1  2 E Tag: g",
        r#"{"log":"h\n","stream":"stdout","time":"2025-05-04T14:02:19Z"}"#,
        r#"{"level":30,"time":1746367339123,"msg":"i"}"#,
        r#"{"@timestamp":"2025-05-04T14:02:19Z","message":"j"}"#,
        "time=2025-05-04T14:02:19Z level=INFO msg=k",
        "1746367339.123 l",
        " 2025-05-04 14:02:19 m",
        "2025-05-04 14:02:19 +0200 n",
        "2025-05-04 14:02:19.123 CEST [7] LOG:  o",
        "2025-05-04 14:02:19.123+02 p",
        "203.0.113.7 - - [04/May/2025:14:02:19 +0200] \"GET / HTTP/1.1\" 200 7",
        "[Sun May 04 14:02:19.123 2025] [error] q",
        "081109 203615 148 INFO dfs.DataNode: r",
        "20171223-22:15:29:606|Step|3|s",
        "17/06/09 20:10:40 INFO executor.Executor: t",
        "14:02:19 u",
    ];
    let formats = Formats::default();
    let mut recent = Recent::default();
    for line in lines.iter().cycle().take(100) {
        let head = formats.head(line.as_bytes(), &mut recent);
        assert!(head.and_then(|head| head.moment).is_some(), "{line}");
    }
}

/// The formats, made once for all random lines.
static FORMATS: LazyLock<Formats> = LazyLock::new(Formats::default);

/// Returns a word such as the name of a thread or a logger.
fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,3}[a-z0-9_]{0,8}".prop_filter("no word for a level", |word| {
        level::word(word.as_bytes()).is_none()
    })
}

/// Returns a civil time of this century, with milliseconds.
fn civil() -> impl Strategy<Value = NaiveDateTime> {
    (2002..2099_i32, 1..=365_u32, 0..86_400_u32, 0..1000_u32).prop_map(
        |(year, day, second, milli)| {
            let date = NaiveDate::from_yo_opt(year, day).unwrap();
            let time = NaiveTime::from_num_seconds_from_midnight_opt(second, milli * 1_000_000);
            date.and_time(time.unwrap())
        },
    )
}

/// Returns a level.
fn any_level() -> impl Strategy<Value = Level> {
    prop::sample::select(&Level::ALL[..])
}

/// Returns the word that most loggers have for a level.
fn common(level: Level) -> &'static str {
    match level {
        Level::Critical => "FATAL",
        other => other.as_str(),
    }
}

proptest! {
    #[test]
    fn a_line_of_a_known_format_reads_back(
        time in civil(),
        level in any_level(),
        thread in word(),
        logger in word(),
        message in "[a-z][a-zA-Z0-9 ]{0,30}[a-z]",
        number in 0..100_000_u32,
        offset in -12..=12_i32,
    ) {
        let name = common(level);
        let logger = format!("com.example.{logger}");
        let zone = format!("{}{:02}", if offset < 0 { '-' } else { '+' }, offset.abs());
        let instant = Moment::Instant((time - chrono::TimeDelta::hours(offset.into())).and_utc());
        let civil = Moment::Civil(time);
        let seconds = time.with_nanosecond(0).unwrap();
        let stamp = time.format("%Y-%m-%d %H:%M:%S.%3f");
        let comma = time.format("%Y-%m-%d %H:%M:%S,%3f");
        let iso = time.format("%Y-%m-%dT%H:%M:%S.%3f");
        let clf = seconds.format("%d/%b/%Y:%H:%M:%S");
        let whole_hours = Moment::Instant(
            (seconds - chrono::TimeDelta::hours(offset.into())).and_utc(),
        );
        let syslog = Moment::YearLess(
            NaiveDateTime::parse_from_str(
                &seconds.format("2000-%m-%d %H:%M:%S").to_string(),
                "%Y-%m-%d %H:%M:%S",
            ).unwrap(),
        );
        let some = Some(level);
        let lines = [
            (format!("{stamp} [{thread}] {name} {logger} - {message}"), civil, some),
            (format!("{comma} - {logger} - {name} - {message}"), civil, some),
            (format!("{comma} {name} [{thread}] {logger}: {message}"), civil, some),
            (format!("{stamp} | {name:<8} | {logger}:main:{number} - {message}"), civil, some),
            (format!("{stamp}|{name}|{logger}|{message}"), civil, some),
            (format!("[{stamp}] [{thread}] [{}] {message}", name.to_lowercase()), civil, some),
            (format!("{iso}{zone}:00 {name} {logger} - {message}"), instant, some),
            (format!("{iso}{zone}00 {name:>5} {logger}: {message}"), instant, some),
            (format!("{stamp} {zone}:00 [{name}] {message}"), instant, some),
            (format!("[{iso}{zone}:00 {name:<5} {logger}] {message}"), instant, some),
            (
                format!(r#"{{"time":"{iso}{zone}:00","level":"{name}","msg":"{message}"}}"#),
                instant,
                some,
            ),
            (
                format!(r#"{{"level":{},"time":{},"pid":{number},"msg":"{message}"}}"#,
                    level as u8 * 10, time.and_utc().timestamp_millis()),
                Moment::Instant(time.and_utc()),
                some,
            ),
            (
                format!("ts={iso}{zone}:00 level={} msg=\"{message}\" n={number}",
                    name.to_lowercase()),
                instant,
                some,
            ),
            (
                format!("{} {thread} {thread}[{number}]: {message}",
                    seconds.format("%b %e %H:%M:%S")),
                syslog,
                None,
            ),
            (
                format!("{thread}.example - - [{clf} {zone}00] \"GET /{thread} HTTP/1.1\" 200 {number}"),
                whole_hours,
                None,
            ),
        ];
        let formats = &*FORMATS;
        let mut recent = Recent::default();
        for (line, moment, level) in lines {
            let head = formats.head(line.as_bytes(), &mut recent);
            let head = head.unwrap_or_else(|| panic!("no format: {line}"));
            prop_assert_eq!(head.moment, Some(moment), "{}", line);
            prop_assert_eq!(head.level, level, "{}", line);
            let values = formats.values(&line, head.format).unwrap();
            prop_assert_eq!(values.level, level, "{}", line);
            let request = format!("GET /{thread} HTTP/1.1");
            prop_assert!(values.message == message || values.message == request, "{}", line);
        }
    }

    #[test]
    fn no_line_is_a_reason_to_panic(line in prop::collection::vec(any::<u8>(), 0..60)) {
        let formats = &*FORMATS;
        let mut recent = Recent::default();
        if let Some(head) = formats.head(&line, &mut recent) {
            let text = String::from_utf8_lossy(&line);
            let _ = formats.values(&text, head.format);
        }
    }

    #[test]
    fn no_part_of_a_line_is_a_reason_to_panic(
        index in any::<prop::sample::Index>(),
        start in any::<prop::sample::Index>(),
        end in any::<prop::sample::Index>(),
    ) {
        let all: Vec<&Case> = GROUPS.into_iter().flatten().collect();
        let line = index.get(&all).line;
        let (start, end) = (start.index(line.len()), end.index(line.len() + 1));
        if let Some(part) = line.get(start..end)
            && let Some(head) = FORMATS.head(part.as_bytes(), &mut Recent::default()) {
                let values = FORMATS.values(part, head.format);
                prop_assert!(values.is_some(), "{}", part);
            }
    }
}
