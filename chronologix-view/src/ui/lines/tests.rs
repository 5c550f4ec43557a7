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
        "15:00:01.000 ERR disk full free=0",
    );
    check("[15:00:01] no level", "15:00:01.000     no level");
    check("\tat main.rs:7", "                         at main.rs:7");
    check("", "");
}

#[test]
fn json_lines_look_like_text_lines() {
    check(
        r#"{"timestamp":"2025-05-04T15:00:01.000250+02:00","level":"info","stream":"app","message":"filled","qty":3,"user":"Ann Lee","ok":true}"#,
        r#"15:00:01.000 INF filled qty=3 user="Ann Lee" ok=true"#,
    );
    check(r#"{"message":"bare"}"#, "                 bare");
    check(
        r#"{"no":"message"}"#,
        r#"                 {"no":"message"}"#,
    );
    check("{ not json", "                 { not json");
    check(
        r#"{"timestamp":"2025-05-04T15:00:01Z","message":"\u001b[2J\u202e"}"#,
        "15:00:01.000     ␛[2J‹202E›",
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

#[test]
fn times_are_written_in_four_ways() {
    let mut harness = Harness::new(90, 6);
    harness.line(0, 1, "one");
    harness.line(2, 2, "[WARN] two");
    harness.raw(0, 3, "and on it goes");
    let mut seen = |text: &str| {
        let screen = harness.screen();
        assert!(screen.contains(text), "{screen}");
        harness.press_letter('S');
    };
    seen(" 15:00:02.000 WRN audit  two ");
    seen(" 15:00:02.000000 WRN audit  two ");
    seen("      +1.0s WRN audit  two ");
    seen(" 15:00:02 WRN audit  two ");
    seen("                  app    and on it goes ");
}

#[test]
fn keys_of_fields_are_dim_and_their_values_are_not() {
    use ratatui::style::{Color, Modifier};

    let mut harness = Harness::new(90, 6);
    harness.line(
        0,
        1,
        "[ERROR] GET /search?q=teapot failed status=502 a == b =c d= free=0",
    );
    let (screen, cells) = harness.cells(2);
    let row = screen.trim_start_matches('"');
    let at = |text: &str| &cells[row.find(text).unwrap()];
    for (text, is_key) in [
        ("GET", false),
        ("q=", false),
        ("status", true),
        ("502", false),
    ] {
        assert_eq!(at(text).modifier.contains(Modifier::DIM), is_key, "{text}");
    }
    assert!(at("free=").modifier.contains(Modifier::DIM));
    assert_eq!(at("== b").modifier, Modifier::empty());
    assert_eq!((at("GET").fg, at("502").fg), (Color::Red, Color::Reset));
}
