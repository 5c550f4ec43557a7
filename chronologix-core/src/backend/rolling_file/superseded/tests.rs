//! The line about lines that are written again.

use super::*;

#[track_caller]
fn check(lines: &str, expected: &str) {
    let made = String::from_utf8(line_like(lines.as_bytes(), "m")).unwrap();
    assert_eq!(made, expected);
}

#[test]
fn the_line_has_the_timestamp_of_the_first_that_follows() {
    check(
        "[14:30:00] [INFO] a ] b\n[14:30:01] c\n",
        "[14:30:00] [WARN] m\n",
    );
    check("[2025 [x]] ] a\n", "[2025 [x]] [WARN] m\n");
    check("no timestamp\n", "[WARN] m\n");
}

#[test]
fn in_json_it_has_its_stream_too() {
    for level in ["\"INFO\"", "null"] {
        check(
            &format!(
                r#"{{"timestamp":"2025-05-04T14:30:00Z","level":{level},"stream":"a","message":"x"}}"#
            ),
            "{\"timestamp\":\"2025-05-04T14:30:00Z\",\"level\":\"WARN\",\"stream\":\"a\",\
             \"message\":\"m\"}\n",
        );
    }
}
