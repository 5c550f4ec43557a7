//! What records say of themselves, in text and in JSON.

use std::fs;

use chronologix_schema::{Level, layout::parse_json_line};

use super::{FieldValue, LogRecord, Position, json_parts};
use crate::{LogTree, tests::folder_of};

const FOLDER: &str = "2025-05-04__14-00";

/// The records of a file.
fn records_of(file: &str, streams: &str, text: &str) -> Vec<LogRecord> {
    let manifest = format!(
        r#"{{"format_version": 1, "interval": "1h", "timezone": "Europe/Prague",
            "timestamp_format": "%H:%M:%S.%f", "streams": [{streams}]}}"#
    );
    let path = format!("{FOLDER}/{file}");
    let dir = folder_of(&[(".chronologix.json", &manifest), (&path, text)]);
    let tree = LogTree::open(dir.path()).unwrap();
    tree.records().map(Result::unwrap).collect()
}

#[test]
fn a_text_line_has_all_parts() {
    let records = records_of(
        "audit.log",
        r#"{"name": "audit", "file": "audit.log", "format": "text", "mirror": ["all", "app"]}"#,
        "[14:00:01.123456] [WARN] disk\\nfull free=0 load=1.5 who=\"a b\" ok=true n=-3 id=ab12\n\
         [14:00:02.000000] plain\n\tline two k=v\nno time\n",
    );
    let first = &records[0];
    assert_eq!(first.stream(), "audit");
    assert_eq!(first.mirrors().collect::<Vec<_>>(), ["all", "app"]);
    // The folder is in the zone of the tree.
    assert_eq!(
        first.time(),
        Some("2025-05-04T12:00:01.123456Z".parse().unwrap())
    );
    assert_eq!(first.level(), Some(Level::Warn));
    let parts = first.parts();
    assert_eq!(parts.level, Some(Level::Warn));
    assert_eq!(parts.message, "disk\nfull");
    assert_eq!(parts.id.as_deref(), Some("ab12"));
    let text = |text: &str| FieldValue::Str(text.to_owned());
    let fields = [
        ("free", FieldValue::U64(0)),
        ("load", FieldValue::F64(1.5)),
        ("who", text("a b")),
        ("ok", FieldValue::Bool(true)),
        ("n", FieldValue::I64(-3)),
        ("id", text("ab12")),
    ];
    assert_eq!(
        parts.fields,
        fields.map(|(key, value)| (key.to_owned(), value))
    );
    let position = Position {
        folder: FOLDER.to_owned(),
        file: "audit.log".to_owned(),
        offset: 0,
    };
    assert_eq!(first.position(), position);
    assert_eq!(first.bytes().last(), Some(&b'2'));
    let second = &records[1];
    assert_eq!(second.offset(), first.bytes().len() as u64 + 1);
    assert!(second.message().starts_with("plain\n"), "{second:?}");
}

#[test]
fn a_json_line_says_the_types_of_its_fields() {
    let line = r#"{"timestamp":"2025-05-04T14:00:01.000001+02:00","level":"ERROR","stream":"app","message":"lost","n":1,"list":[1,{}],"none":null,"id":"ab12"}"#;
    let records = records_of(
        "app.jsonl",
        r#"{"name": "app", "file": "app.jsonl", "format": "json", "mirror": []}"#,
        &format!("{line}\n"),
    );
    let record = &records[0];
    assert_eq!(record.bytes(), line.as_bytes());
    assert_eq!(record.to_string(), line);
    assert_eq!(
        record.time(),
        Some("2025-05-04T12:00:01.000001Z".parse().unwrap())
    );
    assert_eq!(record.level(), Some(Level::Error));
    assert_eq!(record.message(), "lost");
    assert_eq!(record.id().as_deref(), Some("ab12"));
    let fields: Vec<FieldValue> = record.fields().into_iter().map(|field| field.1).collect();
    let expected = [
        FieldValue::U64(1),
        FieldValue::Json("[1,{}]".to_owned()),
        FieldValue::Null,
        FieldValue::Str("ab12".to_owned()),
    ];
    assert_eq!(fields, expected);
}

#[test]
fn lines_of_a_template_and_of_other_programs_have_parts() {
    let records = records_of(
        "app.log",
        r#"{"name": "app", "file": "app.log", "format": "text", "line": "{timestamp} {level} {message}{fields}", "mirror": []}"#,
        "14:00:01.000001 INFO started n=1\n",
    );
    let parts = records[0].parts();
    assert_eq!(
        (parts.level, &*parts.message),
        (Some(Level::Info), "started")
    );
    let dir = folder_of(&[(
        "other.log",
        "2025-05-04T14:00:01Z ERROR [main] failed\n  at x.rs:7\n",
    )]);
    let tree = LogTree::open(dir.path()).unwrap();
    let records: Vec<LogRecord> = tree.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0].level(), Some(Level::Error));
    assert!(records[0].message().ends_with("\n  at x.rs:7"));
    assert_eq!(records[0].position().folder, "");
    fs::remove_dir_all(dir.path()).unwrap();
}

#[test]
fn json_lines_are_read_as_everywhere_else() {
    for line in [
        r#"{"timestamp":"t","level":null,"stream":"app","message":"m"}"#,
        r#"{"timestamp":7,"level":"odd","stream":null,"message":"m","a":"\u00e9\n"}"#,
        r#"{"level":"warning","message":"m","b\"c":[1, {"z":1,"a":2}],"n":-0.5,"big":18446744073709551615}"#,
        r#"{"message":7}"#,
        r#"{"no":"message"}"#,
        r#"{"message":"cut"#,
        "[]",
    ] {
        let expected = parse_json_line(line);
        let parts = json_parts(line);
        assert_eq!(parts.is_some(), expected.is_some(), "{line}");
        let Some((parts, expected)) = parts.zip(expected) else {
            continue;
        };
        assert_eq!(
            (parts.level, parts.message),
            (expected.level, expected.message)
        );
        let names = |(name, value): (String, FieldValue)| match value {
            // Its spelling stays.
            FieldValue::Json(_) => (name, None),
            value => (name, Some(value)),
        };
        let found: Vec<_> = parts.fields.into_iter().map(names).collect();
        let expected = expected.fields.into_iter();
        let expected = expected.map(|(name, value)| names((name, value.into())));
        assert_eq!(found, expected.collect::<Vec<_>>(), "{line}");
    }
}
