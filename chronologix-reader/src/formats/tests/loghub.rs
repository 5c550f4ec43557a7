//! Samples of real systems, each line against a regular expression written for its file.

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use chrono::{DateTime, NaiveDateTime};
use chronologix_schema::Level;
use regex::{Captures, Regex};

use super::*;

/// Returns the lines of a sample. `None` where the samples are not at hand.
fn sample(name: &str) -> Option<Vec<String>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/loghub");
    let path = PathBuf::from(folder).join(format!("{name}_2k.log"));
    let Ok(bytes) = fs::read(&path) else {
        let _ = writeln!(io::stderr(), "skipped: {} is not there", path.display());
        return None;
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Some(text.lines().map(ToOwned::to_owned).collect())
}

/// Checks that each line has what the expression finds: the moment by `moment` from its groups, the
/// level in the group `level`, the message in `message`.
fn check_sample(name: &str, expression: &str, moment: impl Fn(&Captures<'_>) -> Moment) {
    let Some(lines) = sample(name) else { return };
    let expression = Regex::new(expression).expect("an expression");
    let formats = Formats::default();
    let mut recent = Recent::default();
    let mut count = 0;
    for line in &lines {
        let head = formats.head(line.as_bytes(), &mut recent);
        let Some(groups) = expression.captures(line) else {
            assert!(head.is_none_or(|head| head.moment.is_none()), "{line}");
            continue;
        };
        count += 1;
        let head = head.unwrap_or_else(|| panic!("no format: {line}"));
        assert_eq!(head.moment, Some(moment(&groups)), "{line}");
        let level = groups.name("level").map(|word| level(word.as_str()));
        assert_eq!(head.level, level, "{line}");
        let values = formats.values(line, head.format).expect("values");
        let message = &groups["message"];
        assert!(
            message.trim().starts_with(&values.message),
            "{line}\n{values:?}"
        );
    }
    assert!(count > 1_900, "{name}: {count}");
}

/// Returns the level that a word of the samples stands for.
fn level(word: &str) -> Level {
    match word {
        "DEBUG" => Level::Debug,
        "INFO" | "notice" => Level::Info,
        "WARN" | "WARNING" => Level::Warn,
        "ERROR" | "error" | "SEVERE" => Level::Error,
        "FATAL" => Level::Critical,
        _ => panic!("{word}"),
    }
}

/// Returns the civil time of the group `time`.
fn civil(groups: &Captures<'_>, format: &str) -> Moment {
    let time = NaiveDateTime::parse_from_str(&groups["time"], format);
    Moment::Civil(time.expect("a time"))
}

#[test]
fn apache() {
    let expression =
        r"^\[(?<time>\w{3} \w{3} \d\d [\d:]{8} \d{4})\] \[(?<level>\w+)\] (?<message>.*)";
    check_sample("Apache", expression, |groups| {
        civil(groups, "%a %b %d %T %Y")
    });
}

#[test]
fn bgl() {
    let expression =
        r"^\S+ (?<time>\d{10}) \S+ \S+ \S+ \S+ \S+ \S+ (?<level>[A-Z]+) ?(?<message>.*)";
    check_sample("BGL", expression, |groups| {
        let second = groups["time"].parse().expect("a number");
        Moment::Instant(DateTime::from_timestamp(second, 0).expect("a time"))
    });
}

#[test]
fn hdfs() {
    let expression = r"^(?<time>\d{6} \d{6}) \d+ (?<level>[A-Z]+) \S+: (?<message>.*)";
    check_sample("HDFS", expression, |groups| civil(groups, "%y%m%d %H%M%S"));
}

#[test]
fn hadoop() {
    let expression =
        r"^(?<time>[\d-]{10} [\d:]{8},\d{3}) (?<level>[A-Z]+) \[.+?\] \S+: ?(?<message>.*)";
    check_sample("Hadoop", expression, |groups| {
        civil(groups, "%Y-%m-%d %H:%M:%S,%3f")
    });
}

#[test]
fn health_app() {
    let expression =
        r"^(?<date>\d{8})-(?<h>\d+):(?<m>\d+):(?<s>\d+):(?<ms>\d+)\|[^|]+\|\d+\|(?<message>.*)";
    check_sample("HealthApp", expression, |groups| {
        let number = |name: &str| groups[name].parse().expect("a number");
        let date = chrono::NaiveDate::parse_from_str(&groups["date"], "%Y%m%d").expect("a date");
        let time = date.and_hms_milli_opt(number("h"), number("m"), number("s"), number("ms"));
        Moment::Civil(time.expect("a time"))
    });
}

#[test]
fn open_stack() {
    let expression =
        r"^\S+ (?<time>[\d-]{10} [\d:]{8}\.\d{3}) \d+ (?<level>[A-Z]+) \S+ \[.+?\] (?<message>.*)";
    check_sample("OpenStack", expression, |groups| {
        civil(groups, "%Y-%m-%d %H:%M:%S.%3f")
    });
}

#[test]
fn spark() {
    let expression = r"^(?<time>[\d/]{8} [\d:]{8}) (?<level>[A-Z]+) \S+: (?<message>.*)";
    check_sample("Spark", expression, |groups| civil(groups, "%y/%m/%d %T"));
}

#[test]
fn zookeeper() {
    let expression =
        r"^(?<time>[\d-]{10} [\d:]{8},\d{3}) - (?<level>[A-Z]+) +\[.+?@\d+\] - (?<message>.*)";
    check_sample("Zookeeper", expression, |groups| {
        civil(groups, "%Y-%m-%d %H:%M:%S,%3f")
    });
}
