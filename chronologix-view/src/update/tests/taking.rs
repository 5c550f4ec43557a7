//! Marks, copies, exports, details.

use crossterm::event::KeyCode;

use crate::{action::Effect, stage::Stage};

fn stage() -> Stage {
    let mut stage = Stage::new(70, 20);
    stage.lines(0, 0..10);
    stage
}

#[test]
fn marks_are_gone_to_in_turns() {
    let mut stage = stage();
    stage.press_letter('\'');
    assert!(stage.screen().contains("no line is marked"));
    for up in [1, 3] {
        (0..up).for_each(|_| drop(stage.press(KeyCode::Up)));
        stage.press_letter('m');
    }
    assert_eq!(stage.cursor(), "line 5");
    assert_eq!(
        stage.screen().matches('◆').count(),
        1,
        "the cursor's own is hidden by it"
    );
    stage.press_letter('\'');
    assert_eq!(stage.cursor(), "line 8");
    stage.press_letter('\'');
    assert_eq!(stage.cursor(), "line 5");
    stage.press_letter('"');
    assert_eq!(stage.cursor(), "line 8");
    stage.press_letter('m');
    stage.press_letter('\'');
    stage.press_letter('\'');
    assert_eq!(stage.cursor(), "line 5", "the only one");
}

#[test]
fn the_line_or_the_selection_is_copied() {
    let mut stage = stage();
    assert_eq!(
        stage.press_letter('y'),
        Effect::Copy("[15:00:09] line 9".into())
    );
    stage.press_letter('v');
    stage.press(KeyCode::Up);
    stage.press(KeyCode::Up);
    let screen = stage.screen();
    assert_eq!(screen.matches('▌').count(), 3, "{screen}");
    let text = "[15:00:07] line 7\n[15:00:08] line 8\n[15:00:09] line 9";
    assert_eq!(stage.press_letter('y'), Effect::Copy(text.into()));
    assert_eq!(stage.model.anchor, None);
    stage.press_letter('v');
    stage.press(KeyCode::Esc);
    assert_eq!(stage.model.anchor, None);
    let mut empty = Stage::new(70, 20);
    assert_eq!(empty.press_letter('y'), Effect::None);
    assert!(empty.screen().contains("no line to be copied"));
}

#[test]
fn too_much_is_not_copied() {
    let mut stage = stage();
    stage.line(0, 10, &"x".repeat(70_000));
    assert_eq!(stage.press_letter('y'), Effect::None);
    assert!(stage.screen().contains("W writes it to a file"));
}

#[test]
fn what_is_seen_or_selected_is_written() {
    let mut stage = stage();
    stage.press_letter('&');
    stage.write("line [12]");
    stage.press(KeyCode::Enter);
    stage.press_letter('W');
    assert!(
        stage
            .screen()
            .contains("a file that does not exist, outside the tree")
    );
    stage.write("out.txt");
    let text = "[15:00:01] line 1\n[15:00:02] line 2\n";
    assert_eq!(
        stage.press(KeyCode::Enter),
        Effect::Write("out.txt".into(), text.into())
    );
    stage.press_letter('v');
    stage.press_letter('W');
    stage.write("one.txt");
    let text = "[15:00:02] line 2\n";
    assert_eq!(
        stage.press(KeyCode::Enter),
        Effect::Write("one.txt".into(), text.into())
    );
}

#[test]
fn a_record_is_shown_in_full() {
    let mut stage = stage();
    stage.line(1, 12, r#"[ERROR] one\ntwo qty=3 user="Ann Lee""#);
    stage.line(0, 12, r#"[ERROR] one\ntwo qty=3 user="Ann Lee""#);
    stage.press(KeyCode::Enter);
    let screen = stage.screen();
    for text in [
        "stream  errors→app",
        "15:00:12, 3s after the line before",
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
    stage.press(KeyCode::Left);
    assert!(stage.screen().contains("line 9"));
    assert_eq!(
        stage.press_letter('y'),
        Effect::Copy("[15:00:09] line 9".into())
    );
    stage.press(KeyCode::Enter);
    assert_eq!(stage.model.overlay, None);
}

#[test]
fn json_is_shown_pretty() {
    let mut stage = Stage::new(70, 24);
    stage.raw(
        2,
        3,
        r#"{"timestamp":"2025-05-04T15:00:03Z","level":"warn","message":"slow","list":[1,2]}"#,
    );
    stage.press(KeyCode::Enter);
    let screen = stage.screen();
    assert!(
        screen.contains("\"list\": [") && screen.contains("time    15:00:03"),
        "{screen}"
    );
}

#[test]
fn a_long_record_is_scrolled() {
    let mut stage = Stage::new(60, 12);
    let text = (0..40)
        .map(|number| format!("row {number:02}"))
        .collect::<Vec<_>>()
        .join(r"\n");
    stage.line(0, 1, &text);
    stage.press(KeyCode::Enter);
    assert!(stage.screen().contains("rows 1-"));
    assert!(!stage.screen().contains("row 39"));
    for _ in 0..8 {
        stage.press(KeyCode::PageDown);
    }
    assert!(stage.screen().contains("row 39"));
    stage.press(KeyCode::PageUp);
    stage.press(KeyCode::Esc);
    assert_eq!(stage.model.overlay, None);
}
