//! Marks, copies, exports, details.

use crossterm::event::KeyCode;

use crate::{action::Effect, tests::harness::Harness};

fn harness() -> Harness {
    let mut harness = Harness::new(70, 20);
    harness.lines(0, 0..10);
    harness
}

#[test]
fn marks_are_gone_to_in_turns() {
    let mut harness = harness();
    harness.press_letter('\'');
    assert!(harness.screen().contains("no bookmarks"));
    for up in [1, 3] {
        (0..up).for_each(|_| drop(harness.press(KeyCode::Up)));
        harness.press_letter('m');
    }
    assert_eq!(harness.cursor(), "line 5");
    assert_eq!(
        harness.screen().matches('◆').count(),
        1,
        "the cursor's own is hidden by it"
    );
    harness.press_letter('\'');
    assert_eq!(harness.cursor(), "line 8");
    harness.press_letter('\'');
    assert_eq!(harness.cursor(), "line 5");
    harness.press_letter('"');
    assert_eq!(harness.cursor(), "line 8");
    harness.press_letter('m');
    harness.press_letter('\'');
    harness.press_letter('\'');
    assert_eq!(harness.cursor(), "line 5", "the only one");
}

#[test]
fn the_line_or_the_selection_is_copied() {
    let mut harness = harness();
    assert_eq!(
        harness.press_letter('y'),
        Effect::Copy("[15:00:09] line 9".into())
    );
    harness.press_letter('v');
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Up);
    let screen = harness.screen();
    assert_eq!(screen.matches('▌').count(), 3, "{screen}");
    let text = "[15:00:07] line 7\n[15:00:08] line 8\n[15:00:09] line 9";
    assert_eq!(harness.press_letter('y'), Effect::Copy(text.into()));
    assert_eq!(harness.model.anchor, None);
    harness.press_letter('v');
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.anchor, None);
    let mut empty = Harness::new(70, 20);
    assert_eq!(empty.press_letter('y'), Effect::None);
    assert!(empty.screen().contains("no line to copy"));
}

#[test]
fn too_much_is_not_copied() {
    let mut harness = harness();
    harness.line(0, 10, &"x".repeat(70_000));
    assert_eq!(harness.press_letter('y'), Effect::None);
    assert!(harness.screen().contains("W exports it to a file"));
}

#[test]
fn what_is_seen_or_selected_is_written() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("line [12]");
    harness.press(KeyCode::Enter);
    harness.press_letter('W');
    assert!(
        harness
            .screen()
            .contains("path of a new file (outside the log tree)")
    );
    harness.write("out.txt");
    let text = "[15:00:01] line 1\n[15:00:02] line 2\n";
    assert_eq!(
        harness.press(KeyCode::Enter),
        Effect::Write("out.txt".into(), text.into())
    );
    harness.press_letter('v');
    harness.press_letter('W');
    harness.write("one.txt");
    let text = "[15:00:02] line 2\n";
    assert_eq!(
        harness.press(KeyCode::Enter),
        Effect::Write("one.txt".into(), text.into())
    );
}

#[test]
fn a_record_is_shown_in_full() {
    let mut harness = harness();
    harness.line(1, 12, r#"[ERROR] one\ntwo qty=3 user="Ann Lee""#);
    harness.line(0, 12, r#"[ERROR] one\ntwo qty=3 user="Ann Lee""#);
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    for text in [
        "stream  errors→app",
        "15:00:12 +3s",
        "folder  2025-05-04__15-00",
        "level   ERROR",
        "qty     3",
        "user    Ann Lee",
    ] {
        assert!(screen.contains(text), "{text}\n{screen}");
    }
    let unfolded: Vec<&str> = screen
        .lines()
        .filter(|row| row.contains("│ one") || row.contains("│ two"))
        .collect();
    assert_eq!(unfolded.len(), 2, "{screen}");
    harness.press(KeyCode::Left);
    assert!(harness.screen().contains("line 9"));
    assert_eq!(
        harness.press_letter('y'),
        Effect::Copy("[15:00:09] line 9".into())
    );
    harness.press(KeyCode::Enter);
    assert_eq!(harness.model.overlay, None);
}

#[test]
fn json_is_shown_pretty() {
    let mut harness = Harness::new(70, 24);
    harness.raw(
        2,
        3,
        r#"{"timestamp":"2025-05-04T15:00:03Z","level":"warn","message":"slow","list":[1,2]}"#,
    );
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(
        screen.contains("\"list\": [") && screen.contains("time    15:00:03"),
        "{screen}"
    );
}

#[test]
fn a_long_record_is_scrolled() {
    let mut harness = Harness::new(60, 12);
    let text = (0..40)
        .map(|number| format!("row {number:02}"))
        .collect::<Vec<_>>()
        .join(r"\n");
    harness.line(0, 1, &text);
    harness.press(KeyCode::Enter);
    assert!(harness.screen().contains("rows 1-"));
    assert!(!harness.screen().contains("row 39"));
    for _ in 0..8 {
        harness.press(KeyCode::PageDown);
    }
    assert!(harness.screen().contains("row 39"));
    harness.press(KeyCode::PageUp);
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.overlay, None);
}
