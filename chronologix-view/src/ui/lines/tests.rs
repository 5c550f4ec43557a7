//! The looks of lines.

use crate::tests::harness::Harness;

#[track_caller]
fn check(text: &str, expected: &str) {
    let mut harness = Harness::new(70, 5);
    harness.press_letter('1');
    harness.raw(0, 1, text);
    let screen = harness.screen();
    let row = screen.lines().nth(1).unwrap().trim_matches('"').trim_end();
    let row = row.strip_prefix(' ').unwrap_or(row);
    assert_eq!(row, expected);
}

#[test]
fn text_lines_are_as_they_are() {
    check(
        "[15:00:01] [ERROR] disk full free=0",
        "[15:00:01] [ERROR] disk full free=0",
    );
    check("[15:00:01] no level", "[15:00:01] no level");
    check("\tat main.rs:7", "        at main.rs:7");
    check("", "");
}

#[test]
fn json_lines_look_like_text_lines() {
    check(
        r#"{"timestamp":"2025-05-04T15:00:01.000250+02:00","level":"info","stream":"app","message":"filled","qty":3,"user":"Ann Lee","ok":true}"#,
        r#"[15:00:01.000250] [INFO] filled qty=3 user="Ann Lee" ok=true"#,
    );
    check(r#"{"message":"bare"}"#, "bare");
    check(r#"{"no":"message"}"#, r#"{"no":"message"}"#);
    check("{ not json", "{ not json");
    check(
        r#"{"timestamp":"2025-05-04T15:00:01Z","message":"\u001b[2J\u202e"}"#,
        "[15:00:01] ␛[2J‹202E›",
    );
}

#[test]
fn a_line_that_goes_on_says_so() {
    let mut harness = Harness::new(70, 5);
    let key = harness.key(0, 1);
    let line = crate::line::LogLine {
        is_cut: true,
        ..crate::line::LogLine::new(key, "xxx")
    };
    harness.model.apply(crate::tail::Change::Lines(vec![line]));
    assert!(harness.screen().contains("xxx … (long line, cut here)"));
}

#[test]
fn what_was_found_is_marked_at_the_cursor_as_well() {
    let mut harness = Harness::new(70, 8);
    harness.line(0, 1, "disk full");
    harness.line(0, 2, "disk empty");
    harness.press_letter('/');
    harness.write("disk");
    harness.work();
    harness.press(crossterm::event::KeyCode::Enter);
    harness.work();
    let [cursor, hit] = ["full", "disk full"].map(|text| harness.behind(text));
    let [ground, other] = ["empty", "disk empty"].map(|text| harness.behind(text));
    assert_ne!(cursor, ground, "one of them is at the cursor");
    assert_eq!(hit, other);
    assert_ne!(hit, cursor);
}
