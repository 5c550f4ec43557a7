//! Formats in a user's words.

use chronologix_schema::Level;
use serde_json::json;

use super::*;
use crate::formats::{Formats, Recent, tests::moment};

/// Returns the entries of a settings file.
fn entries(text: &str) -> Vec<FormatEntry> {
    #[derive(serde::Deserialize)]
    struct File {
        format: Vec<FormatEntry>,
    }
    toml::from_str::<File>(text).unwrap().format
}

/// Returns what is wrong with the entries of a settings file.
fn problem(text: &str) -> String {
    Formats::with_entries(entries(text)).unwrap_err()
}

#[test]
fn a_format_with_its_own_stamp_and_levels() {
    let formats = Formats::with_entries(entries(
        r#"
        [[format]]
        name = "till"
        line = "{level}|{timestamp}|{till:int}|{message}"
        timestamp = "%d.%m.%Y %H:%M:%S,%f"
        levels = { E = "error", "!" = "critical" }
        continuation = "E|"
        "#,
    ))
    .unwrap();
    let mut recent = Recent::default();
    let line = "E|04.05.2025 14:02:19,5|7|no paper";
    let head = formats.head(line.as_bytes(), &mut recent).unwrap();
    assert_eq!(formats.name(head.format), "till");
    assert_eq!(head.moment, moment("2025-05-04 14:02:19.5"));
    assert_eq!(head.level, Some(Level::Error));
    let values = formats.values(line, head.format).unwrap();
    assert_eq!(values.message, "no paper");
    assert_eq!(values.fields, [("till".to_owned(), json!(7))]);
    // Behind a line of this format, it is a continuation.
    assert_eq!(formats.head(line.as_bytes(), &mut recent), None);
    let line = "!|04.05.2025 14:02:19,5|7|fire";
    let head = formats.head(line.as_bytes(), &mut recent).unwrap();
    assert_eq!(head.level, Some(Level::Critical));
}

#[test]
fn a_format_of_json() {
    let formats = Formats::with_entries(entries(
        r#"
        [[format]]
        name = "orders"
        json = { time = "meta.when", level = "meta.grade", message = "what" }
        levels = { "9" = "error" }
        "#,
    ))
    .unwrap();
    let line = r#"{"meta":{"when":"2025-05-04T14:02:19Z","grade":9},"what":"lost","n":1}"#;
    let head = formats
        .head(line.as_bytes(), &mut Recent::default())
        .unwrap();
    assert_eq!(formats.name(head.format), "orders");
    assert_eq!(head.moment, moment("2025-05-04T14:02:19Z"));
    assert_eq!(head.level, Some(Level::Error));
    let values = formats.values(line, head.format).unwrap();
    assert_eq!(values.message, "lost");
    assert_eq!(values.fields.last(), Some(&("n".to_owned(), json!(1))));
}

#[test]
fn the_formats_of_the_readme_read_lines() {
    let readme = include_str!("../../../../chronologix-view/README.md");
    let start = readme.find("[[format]]").unwrap();
    let block = readme[start..].split("```").next().unwrap();
    let formats = Formats::with_entries(entries(block)).unwrap();
    for (line, name) in [
        ("04.05.2025 14:02:19,5 [main] E 7 - no paper", "till"),
        (
            r#"{"meta":{"when":"2025-05-04T14:02:19Z","grade":"warn"},"what":"lost"}"#,
            "orders",
        ),
    ] {
        let head = formats
            .head(line.as_bytes(), &mut Recent::default())
            .unwrap();
        assert_eq!(formats.name(head.format), name);
        assert!(head.moment.is_some() && head.level.is_some(), "{line}");
    }
}

#[test]
fn a_users_format_goes_before_those_of_the_table() {
    let formats = Formats::with_entries(entries(
        r#"
        [[format]]
        name = "mine"
        line = "{timestamp} {level} {shop}: {message}"
        "#,
    ))
    .unwrap();
    let line = b"2025-05-04 14:02:19 INFO app: up";
    let head = formats.head(line, &mut Recent::default()).unwrap();
    assert_eq!(formats.name(head.format), "mine");
}

#[test]
fn what_is_wrong_is_said() {
    let one = |entry: &str| problem(&format!("[[format]]\nname = \"a\"\n{entry}"));
    assert_eq!(one(""), "format \"a\": give it either line or json");
    assert_eq!(
        one("line = \"{message}\""),
        "format \"a\": neither {timestamp} nor {level} is in the line"
    );
    assert_eq!(
        one("line = \"{timestamp} {message} {level}\""),
        "format \"a\": {message} must be the last in the line"
    );
    assert_eq!(
        one("line = \"{timestamp\""),
        "format \"a\": { without } behind it"
    );
    assert_eq!(
        one("line = \"{timestamp}} x\""),
        "format \"a\": } without { before it; }} stands for the brace itself"
    );
    assert_eq!(
        one("line = \"{timestamp} {?x\""),
        "format \"a\": {? without ?} behind it"
    );
    assert_eq!(
        one("line = \"{timestamp} ?}\""),
        "format \"a\": ?} without {? before it"
    );
    assert_eq!(
        one("line = \"{timestamp} {}\""),
        "format \"a\": {} has no name"
    );
    assert_eq!(
        one("line = \"{a:b} {level}\""),
        "format \"a\": {a:b} is not known"
    );
    assert_eq!(
        one("line = \"{timestamp}\"\ntimestamp = \"%Q\""),
        "format \"a\": %Q in the timestamp \"%Q\" is not known"
    );
    assert_eq!(
        one("line = \"{timestamp}\"\ntimestamp = \"%Y\""),
        "format \"a\": the timestamp \"%Y\" has no time: %H, %I or %s"
    );
    assert_eq!(
        one("line = \"{timestamp}\"\ntimestamp = \"%Y %H\""),
        "format \"a\": the timestamp \"%Y %H\" has a part of a date only"
    );
    assert_eq!(
        one("line = \"{level}\"\nlevels = { E = \"bad\" }"),
        "format \"a\": \"bad\" is not a level"
    );
    assert_eq!(
        one("line = \"{level}\"\ncontinuation = \"\""),
        "format \"a\": continuation is empty"
    );
}
