//! Values of records.

use chronologix_schema::layout::{Folder, zone};

use super::*;
use crate::line::{Key, LogLine};

fn object(text: &str) -> (Streams, Record) {
    let mut streams = Streams::default();
    let key = Key {
        instant: "2025-05-04T14:00:00.5Z".parse().unwrap(),
        stream: streams.id("app"),
        ..Key::first_of(Folder::parse("2025-05-04").unwrap())
    };
    (streams, Record::of(LogLine::new(key, text)))
}

#[track_caller]
fn check(text: &str, more: &[&str], expected: &str) {
    let (streams, first) = object(text);
    let key = first.line.key;
    let more: Vec<Record> = more
        .iter()
        .map(|text| Record::of(LogLine::new(key, *text)))
        .collect();
    let object = Object::new(&first, &more, &streams, &TimeZone::UTC);
    assert_eq!(serde_json::to_string(&object).unwrap(), expected);
}

#[test]
fn text_lines_are_split_into_message_and_fields() {
    check(
        "[14:00:00.5] [INFO] GET / status=200 seconds=0.25 user=\"Ann Lee\"",
        &[],
        r#"{"timestamp":"2025-05-04T14:00:00.500000Z","folder":"2025-05-04","stream":"app","level":"INFO","message":"GET /","fields":{"status":200,"seconds":0.25,"user":"Ann Lee"}}"#,
    );
}

#[test]
fn json_lines_keep_their_members_in_order() {
    check(
        r#"{"timestamp":"2025-05-04T14:00:00.5Z","z":1,"message":"m","b":{"y":1,"a":2},"a":null}"#,
        &[],
        r#"{"timestamp":"2025-05-04T14:00:00.500000Z","folder":"2025-05-04","stream":"app","message":"m","fields":{"z":1,"b":{"y":1,"a":2},"a":null}}"#,
    );
}

#[test]
fn lines_that_continue_a_record_are_part_of_its_message() {
    check(
        "[14:00:00.5] [ERROR] boom",
        &["\tat main.rs:7", "\tat lib.rs:9"],
        r#"{"timestamp":"2025-05-04T14:00:00.500000Z","folder":"2025-05-04","stream":"app","level":"ERROR","message":"boom\n\tat main.rs:7\n\tat lib.rs:9"}"#,
    );
}

#[test]
fn a_line_without_a_timestamp_has_none_in_json() {
    check(
        "no time at all",
        &[],
        r#"{"folder":"2025-05-04","stream":"app","message":"no time at all"}"#,
    );
}

#[test]
fn times_have_six_digits_in_any_zone() {
    let time = |instant: &str, name| {
        let zone = zone(name).unwrap();
        printed_time(instant.parse().unwrap(), &zone)
    };
    assert_eq!(
        time("2025-05-04T14:00:00Z", "UTC"),
        "2025-05-04T14:00:00.000000Z"
    );
    assert_eq!(
        time("2025-05-04T14:00:00.123456789Z", "UTC"),
        "2025-05-04T14:00:00.123456Z"
    );
    assert_eq!(
        time("2025-05-04T14:00:00.1Z", "Europe/Prague"),
        "2025-05-04T16:00:00.100000+02:00"
    );
}

#[test]
fn values_are_found_by_name_and_path() {
    let (streams, first) = object(
        r#"{"timestamp":"2025-05-04T14:00:00.5Z","level":"warn","message":"m","http":{"status":200}}"#,
    );
    let object = Object::new(&first, &[], &streams, &TimeZone::UTC);
    for (name, expected) in [
        ("level", Some("WARN".into())),
        ("stream", Some("app".into())),
        ("message", Some("m".into())),
        ("http.status", Some(200.into())),
        ("fields.http.status", Some(200.into())),
        ("mirrors", None),
        ("none", None),
    ] {
        assert_eq!(object.value(name), expected, "{name}");
    }
    let all: Vec<String> = object.all().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        all,
        ["timestamp", "level", "stream", "message", "http.status"]
    );
}
