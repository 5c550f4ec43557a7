//! What is printed of differences.

use chronologix_schema::{
    Level,
    layout::{STATEMENTS_FILE, Statement, ValueKind},
};

use super::*;
use crate::{
    output::{PatternOptions, print, tests::run},
    tests::folder_of,
};

const YESTERDAY: &str = "[14:00:00] [INFO] read 1\n[14:10:00] [INFO] read 2\n";
const TODAY: &str =
    "[14:00:00] [INFO] read 3\n[14:20:00] [ERROR] cannot write /a\n[14:30:00] [INFO] hello\n";

fn options(since: &str, until: &str) -> Options {
    Options {
        shape: Shape::Patterns(StatsShape::Csv),
        since: Some(since.parse().unwrap()),
        until: Some(until.parse().unwrap()),
        patterns: PatternOptions::default(),
        ..Options::default()
    }
}

#[test]
fn a_new_error_is_told_by_the_status() {
    let dir = folder_of(&[
        ("2025-05-03__14-00/app.log", YESTERDAY),
        ("2025-05-04__14-00/app.log", TODAY),
    ]);
    let diff = |since: &str, until: &str, with: &str| {
        let options = Options {
            diff: Some(with.parse().unwrap()),
            ..options(since, until)
        };
        let (out, notes, result) = run(dir.path(), &options);
        assert_eq!(notes, "");
        (out, result)
    };
    let (out, result) = diff("2025-05-04 14:00", "2025-05-04 15:00", "yesterday");
    assert!(matches!(result, Err(OutputError::NewErrors)), "{result:?}");
    assert_eq!(
        out,
        "change,now,before,level,pattern,example,source\n\
         new,1,0,ERROR,cannot write <path>,cannot write /a,\n\
         new,1,0,INFO,hello,hello,\n"
    );
    // Against itself, or the other way around, nothing of level error is new.
    let (out, result) = diff("2025-05-03 14:00", "2025-05-03 15:00", "-1d");
    assert!(result.is_ok() && out.lines().count() == 2, "{out}");
    let (out, result) = diff("2025-05-04 14:00", "2025-05-04 14:10", "before");
    assert!(result.is_ok() && out.lines().count() == 2, "{out}");
}

#[test]
fn another_tree_can_be_compared_with() {
    let one = folder_of(&[("a.log", "2025-05-04 14:00:00 ERROR cannot write /a\n")]);
    let other = folder_of(&[("a.log", "2025-05-04 14:00:00 ERROR cannot read /a\n")]);
    let options = |with: &std::path::Path| Options {
        shape: Shape::Patterns(StatsShape::Json),
        diff: Some(DiffWith::Other(with.to_owned())),
        ..Options::default()
    };
    let diff = |with: &std::path::Path| {
        let root = Root::of_files(&[one.path().join("a.log")]).unwrap();
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let result = print(root, &options(with), chrono::Utc::now, &mut out, &mut notes);
        (String::from_utf8(out).unwrap(), result)
    };
    let (out, result) = diff(&other.path().join("a.log"));
    assert!(matches!(result, Err(OutputError::NewErrors)), "{result:?}");
    let row: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(row["change"], "new");
    assert_eq!(row["text"], "cannot write <path>");
    assert_eq!(row["example"], "cannot write /a");
    let (out, result) = diff(&one.path().join("a.log"));
    assert_eq!(out, "");
    result.unwrap();
    let said = diff(&one.path().join("none.log"))
        .1
        .unwrap_err()
        .to_string();
    assert!(said.contains("none.log"), "{said}");
}

/// Returns a tree whose only statement has this template, with some records of it.
fn tree_of(template: &str, line: u32, messages: &[&str]) -> tempfile::TempDir {
    let statement = Statement {
        id: template.to_owned(),
        stream: "app".to_owned(),
        level: Some(Level::Error),
        template: template.to_owned(),
        arguments: vec![ValueKind::Text],
        fields: Vec::new(),
        crate_name: "shop".to_owned(),
        module: "shop::orders".to_owned(),
        file: "src/orders.rs".to_owned(),
        line,
    };
    let lines = messages
        .iter()
        .map(|it| format!("[14:00:00] [ERROR] {it}\n"));
    folder_of(&[
        (STATEMENTS_FILE, &statement.to_json()),
        ("2025-05-04__14-00/app.log", &lines.collect::<String>()),
    ])
}

#[test]
fn statements_of_either_tree_are_known_in_both() {
    let lost = ["order 7 is lost"; 20];
    let one = tree_of("{} is lost", 41, &lost);
    let found = ["order 7 was found"; 20];
    let other = tree_of("{} was found", 7, &[found, lost].concat());
    let diff = |shape| {
        let options = Options {
            shape: Shape::Patterns(shape),
            diff: Some(DiffWith::Other(other.path().to_owned())),
            ..Options::default()
        };
        run(one.path(), &options).0
    };
    assert_eq!(
        diff(StatsShape::Csv),
        "change,now,before,level,pattern,example,source\n\
         gone,0,20,ERROR,<*> was found,order 7 was found,src/orders.rs:7\n"
    );
    insta::assert_snapshot!(diff(StatsShape::Table), @r"
    change  now  before  level  pattern
    gone      0      20  ERROR  <*> was found
                                order 7 was found
                                src/orders.rs:7
    ");
    let row: Value = serde_json::from_str(&diff(StatsShape::Json)).unwrap();
    assert_eq!(
        (&row["file"], &row["line"]),
        (&"src/orders.rs".into(), &7.into())
    );
}

#[test]
fn what_is_compared_with_is_a_span_or_a_path() {
    let cases = [
        ("before", DiffWith::Before),
        ("yesterday", DiffWith::Earlier(TimeDelta::days(1))),
        ("last week", DiffWith::Earlier(TimeDelta::days(7))),
        ("-1h", DiffWith::Earlier(TimeDelta::hours(1))),
        ("logs", DiffWith::Other("logs".into())),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse(), Ok(expected), "{text}");
    }
    assert!("".parse::<DiffWith>().is_err());
    // A time span needs times.
    let dir = folder_of(&[("2025-05-03__14-00/app.log", YESTERDAY)]);
    let without = Options {
        diff: Some(DiffWith::Before),
        ..Options::default()
    };
    let (_, _, result) = run(dir.path(), &without);
    assert!(matches!(result, Err(OutputError::NoSince)), "{result:?}");
}
