//! Records whose copies are lines of another shape.

use std::fmt::Write as _;

use super::*;

/// A record: its time of day, its level, its message, its fields as JSON and as text.
type Logged = (
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static str,
);

const AUDIT: [Logged; 4] = [
    (
        "15:00:01.250000",
        Some("INFO"),
        "filled",
        r#","qty":3,"who":"Ann Lee""#,
        r#" qty=3 who="Ann Lee""#,
    ),
    (
        "15:00:01.350000",
        Some("ERROR"),
        r"refused\nbadly",
        r#","took":1e21"#,
        " took=1000000000000000000000",
    ),
    // Twice the same, within a second.
    ("15:00:02.000001", None, "plain", "", ""),
    ("15:00:02.100000", None, "plain", "", ""),
];

/// Writes a tree of which `audit.log` has copies in `app.log`, and returns it.
fn tree(timestamp_format: &str, line: &str, added: &str) -> tempfile::TempDir {
    let template = match line {
        "" => String::new(),
        line => format!(r#", "line": "{line}""#),
    };
    let description = format!(
        r#"{{"format_version": 1, "interval": "1h", "timezone": "UTC",
            "timestamp_format": "{timestamp_format}", "streams": [
            {{"name": "app", "file": "app.log", "format": "text", "mirror": []{template}}},
            {{"name": "audit", "file": "audit.log", "format": "json", "mirror": ["app"]}}]}}"#
    );
    let is_exact = timestamp_format.ends_with("%f");
    let text = |(time, level, message, fields): (&str, Option<&str>, &str, &str)| {
        let time = if is_exact { time } else { &time[..8] };
        if line.is_empty() {
            let level = level.map_or(String::new(), |level| format!("[{level}] "));
            format!("[{time}] {level}{message}{fields}{added}\n")
        } else {
            let level = level.unwrap_or("-");
            format!("{time} {level} shop: {message}{fields}{added}\n")
        }
    };
    let (mut app, mut audit) = (String::new(), String::new());
    app.push_str(&text(("15:00:00.100000", Some("INFO"), "start", "")));
    for (time, level, message, json, fields) in AUDIT {
        app.push_str(&text((time, level, message, fields)));
        let level = level.map_or("null".to_owned(), |level| format!("\"{level}\""));
        writeln!(
            audit,
            r#"{{"timestamp":"2025-05-04T{time}+00:00","level":{level},"stream":"audit","message":"{message}"{json}}}"#,
        )
        .unwrap();
    }
    app.push_str(&text(("15:00:02.200000", None, "own", "")));
    folder_of(&[
        (".chronologix.json", &description),
        ("2025-05-04__15-00/app.log", &app),
        ("2025-05-04__15-00/audit.log", &audit),
    ])
}

/// Returns the messages of what is printed.
fn messages(dir: &tempfile::TempDir, options: Options) -> Vec<String> {
    let options = Options {
        shape: Shape::Json,
        ..options
    };
    let out = printed(dir.path().to_owned().into(), &options);
    let message = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let message = record["message"].as_str().unwrap_or_default();
        message.trim_start_matches("shop: ").replace('\n', " ")
    };
    out.lines().map(message).collect()
}

#[test]
fn copies_in_another_format_are_one_record() {
    let template = "{timestamp} {level} {module}: {message}{fields}";
    for timestamp_format in ["%H:%M:%S", "%H:%M:%S.%f"] {
        for (line, added) in [
            ("", ""),
            ("", " module=shop thread=\"main 1\""),
            (template, ""),
            (template, " id=pay"),
        ] {
            let dir = tree(timestamp_format, line, added);
            let all = ["start", "filled", "refused badly", "plain", "plain", "own"];
            assert_eq!(messages(&dir, Options::default()), all, "{line} {added}");
            let last = Options {
                last: Some(4),
                ..Options::default()
            };
            assert_eq!(messages(&dir, last), all[2..]);
            let root = || dir.path().to_owned().into();
            assert_eq!(printed(root(), &shaped(Shape::Count)), "6\n");
            let table = printed(root(), &shaped(Shape::Stats(StatsShape::Table)));
            let records: Vec<_> = table
                .lines()
                .skip(1)
                .map(|row| row.split_whitespace().take(2).collect::<Vec<_>>())
                .collect();
            assert_eq!(records, [["app", "6"], ["audit", "4"], ["all", "6"]]);
        }
    }
}

#[test]
fn times_are_those_of_the_record_whatever_its_order() {
    let dir = tree("%H:%M:%S", "", "");
    let since = |since| Options {
        streams: vec!["audit".into()],
        ..options::since(Some(since), None)
    };
    let all = ["filled", "refused badly", "plain", "plain"];
    for (time, expected) in [
        ("2025-05-04 15:00:01.2", &all[..]),
        ("2025-05-04 15:00:01.3", &all[1..]),
        ("2025-05-04 15:00:02.05", &all[3..]),
    ] {
        assert_eq!(messages(&dir, since(time)), expected, "{time}");
    }
}

#[test]
fn counts_by_a_field_are_those_of_records_that_are_read_in_order() {
    let refused = "[14:00:01] refused qty=7 who=\"Ann Lee\"\n";
    // Several with one name, a nested one, and lines that continue a record.
    let app = format!(
        "[14:00:00] a qty=7\n{refused}[14:00:03] twice qty=1 qty=2\n\tat qty=7\n{}",
        "{\"timestamp\":\"2025-05-04T14:00:04Z\",\"message\":\"a\",\"a\":{\"b\":[4]}}\n"
    );
    let tree = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__14-00/app.log", &app),
        ("2025-05-04__14-00/errors.log", refused),
        ("2025-05-04__15-00/app.log", "[15:00:00] b\n"),
    ]);
    for name in [
        "qty",
        "who",
        "a.b.0",
        "fields.qty",
        "message",
        "stream",
        "none",
    ] {
        let counted = |since: Option<&str>| {
            let options = Options {
                shape: Shape::Stats(StatsShape::Table),
                by: Some(name.parse().unwrap()),
                since: since.map(|text| text.parse().unwrap()),
                ..Options::default()
            };
            run(tree.path(), &options).0
        };
        assert_eq!(counted(None), counted(Some("2025-05-04 00:00")), "{name}");
    }
}
