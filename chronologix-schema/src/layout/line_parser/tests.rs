//! Lines: their parts, and that a written line reads back.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{ParsedLine, parse_json_line, parse_text_line};
use crate::{
    Level,
    layout::{
        Folder, Interval, Multiline, TimestampFormat, TimestampParser, TimestampWriter,
        escape_text, push_json_string, zone,
    },
};

#[track_caller]
fn check(line: &str, stamp: Option<&str>, level: Option<Level>, message: &str) {
    assert_eq!(
        parse_text_line(line),
        ParsedLine {
            stamp,
            level,
            message
        }
    );
}

#[test]
fn text_lines() {
    let stamp = Some("15:07:09");
    check("[15:07:09] hello", stamp, None, "hello");
    check("[15:07:09] [INFO] hello", stamp, Some(Level::Info), "hello");
    check("[15:07:09] [INFO] ", stamp, Some(Level::Info), "");
    check("[15:07:09] ", stamp, None, "");
    check("[15:07:09] [info] hello", stamp, None, "[info] hello");
    check("[15:07:09] [INFO]", stamp, None, "[INFO]");
    check(
        "[15:07:09]  [INFO] two spaces",
        stamp,
        None,
        " [INFO] two spaces",
    );
    check(
        "[15:07:09] [INFO] [WARN] both",
        stamp,
        Some(Level::Info),
        "[WARN] both",
    );
    check("[[15:00]] hello", Some("[15:00]"), None, "hello");
    check("[] hello", Some(""), None, "hello");
}

#[test]
fn continuations() {
    for line in [
        "",
        "\t[15:07:09] not me",
        "hello",
        " [x] y",
        "[1, 2, 3]",
        "[x]",
        "[",
        "]] ",
    ] {
        check(line, None, None, line);
    }
}

#[test]
fn json_lines() {
    let line = parse_json_line(
        r#"{"timestamp":"2025-05-04T15:07:09.25+02:00","level":"warn","stream":"app",
            "message":"m","qty":3,"who":{"id":1}}"#,
    )
    .unwrap();
    assert_eq!(
        line.timestamp,
        Some("2025-05-04T13:07:09.25Z".parse().unwrap())
    );
    assert_eq!(line.stamp.as_deref(), Some("2025-05-04T15:07:09.25+02:00"));
    assert_eq!(
        (line.level, line.stream.as_deref()),
        (Some(Level::Warn), Some("app"))
    );
    assert_eq!(line.message, "m");
    let fields: Vec<_> = line.fields.keys().collect();
    assert_eq!(fields, ["qty", "who"]);
}

#[test]
fn json_lines_of_others_are_taken_as_far_as_they_go() {
    let line = r#"{"timestamp":17,"level":30,"stream":null,"message":""}"#;
    let line = parse_json_line(line).unwrap();
    assert_eq!(
        (line.timestamp, line.stamp, line.level, line.stream),
        (None, None, None, None)
    );
    assert_eq!(
        line.fields.len(),
        3,
        "what is not understood stays among the fields"
    );
    let line = parse_json_line(r#"{"timestamp":"today","level":null,"message":"m"}"#).unwrap();
    assert_eq!(
        (line.timestamp, line.stamp.as_deref()),
        (None, Some("today"))
    );
    assert!(line.fields.is_empty());
    for text in [
        "",
        "{",
        "[1]",
        "7",
        r#"{"level":"info"}"#,
        r#"{"message":7}"#,
        "{} {}",
    ] {
        assert_eq!(parse_json_line(text), None, "{text}");
    }
}

/// Any instant of our century, in microseconds.
fn micros() -> impl Strategy<Value = DateTime<Utc>> {
    (946_684_800_000_000_i64..4_102_444_800_000_000)
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

proptest! {
    #[test]
    fn a_text_line_reads_back(
        instant in micros(),
        format in prop::sample::select(&["%H:%M:%S.%f%z", "[%H:%M:%S.%f%z]", "rfc3339", "%c %f %z"]),
        level in prop::option::of(prop::sample::select(&Level::ALL)),
        text in any::<String>(),
    ) {
        let zone = zone("Australia/Lord_Howe").unwrap();
        let format = TimestampFormat::parse(format).unwrap();
        let mut line = b"[".to_vec();
        TimestampWriter::new(format.clone(), zone.clone()).write(instant, &mut line);
        line.extend_from_slice(b"] ");
        if let Some(level) = level {
            line.extend_from_slice(format!("[{level}] ").as_bytes());
        }
        let from = line.len();
        line.extend_from_slice(text.as_bytes());
        escape_text(&mut line, from, Multiline::Escape, &mut Vec::new());
        let line = String::from_utf8(line).unwrap();

        let parsed = parse_text_line(&line);
        prop_assert_eq!(parsed.level, level);
        prop_assert_eq!(parsed.message, &line[from..]);
        let folder = Interval::Hour1.span(instant, &zone).folder;
        let reader = TimestampParser::new(&format, zone);
        prop_assert_eq!(reader.read(parsed.stamp.unwrap(), folder), Some(instant));
    }

    #[test]
    fn a_json_line_reads_back(instant in micros(), text in any::<String>()) {
        let mut line = br#"{"timestamp":""#.to_vec();
        TimestampWriter::new(TimestampFormat::rfc3339(), zone("America/St_Johns").unwrap()).write(instant, &mut line);
        line.extend_from_slice(br#"","message":"#);
        push_json_string(&mut line, &text);
        line.push(b'}');
        let parsed = parse_json_line(std::str::from_utf8(&line).unwrap()).unwrap();
        prop_assert_eq!(parsed.timestamp, Some(instant));
        prop_assert_eq!(parsed.message, text);
    }

    #[test]
    fn no_line_panics(line in any::<String>(), stamp in "[-0-9:.,TZ+ ]{0,30}") {
        let parsed = parse_text_line(&line);
        prop_assert!(line.ends_with(parsed.message));
        let _ = parse_json_line(&line);
        let folder = Folder::parse("9999-12-31__23-55").unwrap();
        for text in [parsed.stamp.unwrap_or(&line), &stamp] {
            let _ = TimestampParser::guess().read(text, folder);
        }
    }
}
