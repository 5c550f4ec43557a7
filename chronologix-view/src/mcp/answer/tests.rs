//! Questions about small logs.

use std::fs;

use chrono::{TimeZone as _, Utc};
use serde_json::json;
use tempfile::TempDir;

use super::{super::tools::TOOLS, *};

fn clock() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2025, 5, 4, 15, 0, 0).unwrap()
}

/// A log of one record a second from 14:00:00 on, the tenth of each ten an error.
fn log(records: usize) -> (TempDir, Root) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.log");
    let line = |number: usize| {
        let level = if number % 10 == 9 { "ERROR" } else { "INFO" };
        let (minute, second) = (number / 60 % 60, number % 60);
        format!("2025-05-04T14:{minute:02}:{second:02}.000Z {level} order {number} done\n")
    };
    fs::write(&path, (0..records).map(line).collect::<String>()).unwrap();
    let root = Root::open(&[path], false, clock()).root.unwrap();
    (dir, root)
}

fn ask(root: &Root, tool: &str, arguments: &Value) -> Result<String, String> {
    let tool = TOOLS.iter().find(|known| known.name == tool).unwrap();
    answer(root, tool, arguments.as_object().unwrap(), clock)
}

#[test]
fn an_overview_counts_by_time_and_stream() {
    let (_dir, root) = log(100);
    let text = ask(&root, "overview", &json!({})).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn a_search_shows_the_newest_and_says_how_many_there_are() {
    let (_dir, root) = log(2_000);
    let text = ask(&root, "search", &json!({"level": "error", "limit": 2})).unwrap();
    insta::assert_snapshot!(text);
    let text = ask(&root, "search", &json!({"regex": "order 1[23] "})).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn a_search_without_a_match_says_so() {
    let (_dir, root) = log(10);
    let text = ask(&root, "search", &json!({"regex": "nothing"})).unwrap();
    assert_eq!(text, "(These are all records that match: 0.)\n");
}

#[test]
fn records_around_a_moment_stand_in_order() {
    let (_dir, root) = log(100);
    let time = json!({"time": "14:00:30", "before": 2, "after": 2});
    insta::assert_snapshot!(ask(&root, "around", &time).unwrap());
}

#[test]
fn patterns_group_records_and_a_diff_says_what_is_new() {
    let (dir, root) = log(600);
    let text = ask(&root, "patterns", &json!({})).unwrap();
    insta::assert_snapshot!(text);
    let new = "2025-05-04T14:09:59.500Z ERROR disk /dev/sda1 failed\n";
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(dir.path().join("app.log"))
        .unwrap();
    file.write_all(new.as_bytes()).unwrap();
    let text = ask(&root, "diff", &json!({"since": "14:05", "until": "14:10"})).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn a_client_reads_no_other_file() {
    let (dir, root) = log(10);
    let path = dir.path().join("other.log");
    fs::write(&path, "2025-05-04T14:00:00Z ERROR secret\n").unwrap();
    let arguments = json!({"since": "14:00", "against": path});
    let problem = ask(&root, "diff", &arguments).unwrap_err();
    assert!(problem.ends_with("is no time to compare with: before, -1d, yesterday, last week"));
}

#[test]
fn no_answer_exceeds_its_limit() {
    let (_dir, root) = log(3_000);
    for tokens in [0, 100, 101, 500, 2_000, 20_000, u64::MAX] {
        for (tool, mut arguments) in [
            ("overview", json!({})),
            ("patterns", json!({})),
            ("diff", json!({"since": "14:20", "until": "14:40"})),
            ("search", json!({"limit": 10_000})),
            (
                "around",
                json!({"time": "14:20", "before": 500, "after": 500}),
            ),
        ] {
            arguments["max_tokens"] = json!(tokens);
            let text = ask(&root, tool, &arguments).unwrap();
            let limit = usize::try_from(tokens.min(MOST_TOKENS)).unwrap() * TOKEN_BYTES;
            assert!(
                text.len() <= limit.max(NOTE_BYTES),
                "{tool}, {tokens}: {}",
                text.len()
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_error_that_says_what_would_be_right() {
    let (_dir, root) = log(10);
    for (arguments, expected) in [
        (json!({"regex": "("}), "invalid regex"),
        (json!({"level": "loud"}), "critical"),
        (json!({"since": "soon"}), "14:02"),
        (json!({"streams": "apq"}), "the tree has app"),
        (json!({"where": "status>"}), "status"),
    ] {
        let problem = ask(&root, "search", &arguments).unwrap_err();
        assert!(problem.contains(expected), "{arguments}: {problem}");
    }
}

#[test]
fn spans_give_a_table_of_few_rows() {
    let stats =
        |first: &str, last: &str| format!("stream records first last\nall 2 {first} {last}\n");
    let cases = [
        ("2025-05-04T14:00:00Z", "2025-05-04T14:00:00Z", Some("1s")),
        ("2025-05-04T14:00:00Z", "2025-05-04T14:01:39Z", Some("10s")),
        ("2025-05-04T14:00:00Z", "2025-05-05T13:00:00Z", Some("1h")),
        ("1970-01-01T00:00:00Z", "2025-05-05T13:00:00Z", Some("365d")),
    ];
    for (first, last, expected) in cases {
        assert_eq!(bucket(&stats(first, last)), expected, "{first} {last}");
    }
    assert_eq!(bucket("stream records first last\nall 0 - -\n"), None);
    assert_eq!(bucket(""), None);
}
