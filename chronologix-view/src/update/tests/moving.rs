//! Moving, pausing, following.

use crossterm::event::KeyCode;

use crate::stage::Stage;

#[test]
fn pausing_counts_what_comes() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..2);
    stage.press_letter(' ');
    stage.lines(0, 2..4);
    stage.line(0, 4, "[ERROR] no");
    assert_eq!(stage.texts(), ["line 0", "line 1"]);
    assert!(stage.screen().contains("‖ +3 new (1 error)"));
    stage.press_letter(' ');
    assert_eq!(stage.texts()[..4], ["line 0", "line 1", "line 2", "line 3"]);
}

#[test]
fn going_up_stops_following_and_the_end_resumes_it() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..50);
    let newest = ["line 45", "line 46", "line 47", "line 48", "line 49"];
    assert_eq!(stage.texts(), newest);
    stage.press(KeyCode::Up);
    assert_eq!(stage.cursor(), "line 48");
    stage.lines(0, 50..51);
    assert_eq!(stage.texts(), newest, "nothing moves under the reader");
    for _ in 0..4 {
        stage.press_letter('k');
    }
    assert_eq!(stage.cursor(), "line 44");
    assert_eq!(stage.texts()[0], "line 44");
    stage.press(KeyCode::PageDown);
    assert_eq!(stage.cursor(), "line 48");
    stage.press(KeyCode::PageDown);
    stage.lines(0, 51..52);
    assert_eq!(stage.texts().last().unwrap(), "line 51", "it follows again");
    stage.press(KeyCode::Home);
    assert_eq!(
        (stage.texts()[0].as_str(), stage.cursor().as_str()),
        ("line 0", "line 0")
    );
    stage.press(KeyCode::End);
    assert_eq!(stage.texts()[4], "line 51");
    stage.press(KeyCode::PageUp);
    assert_eq!(
        (stage.texts()[0].as_str(), stage.cursor().as_str()),
        ("line 43", "line 47")
    );
    stage.press_ctrl('u');
    assert_eq!(stage.cursor(), "line 45");
    stage.press_ctrl('d');
    assert_eq!(stage.cursor(), "line 47");
}

#[test]
fn what_was_gone_past_is_not_new() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..10);
    stage.press(KeyCode::Up);
    stage.lines(0, 10..30);
    assert!(stage.screen().contains("+20 new"));
    stage.press(KeyCode::PageDown);
    assert_eq!(stage.cursor(), "line 12");
    assert!(stage.screen().contains("+16 new"), "{}", stage.screen());
    stage.press(KeyCode::Up);
    assert!(stage.screen().contains("+16 new"));
}

#[test]
fn a_tab_keeps_its_own_position() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..50);
    stage.line(2, 49, "audit");
    stage.press(KeyCode::Home);
    stage.press(KeyCode::Tab);
    assert_eq!((stage.model.tab, stage.texts()[4].as_str()), (1, "line 49"));
    stage.press(KeyCode::BackTab);
    assert_eq!(stage.texts()[0], "line 0");
    stage.press(KeyCode::BackTab);
    assert_eq!(
        (stage.model.tab, stage.texts()),
        (3, vec!["audit".to_owned()])
    );
    stage.press(KeyCode::Tab);
    assert_eq!(stage.model.tab, 0);
    stage.press_letter('9');
    assert_eq!(stage.model.tab, 0, "there is no ninth stream");
    stage.press_letter('2');
    assert_eq!(stage.model.tab, 2);
}

#[test]
fn a_late_line_does_not_move_the_reader() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 10..60);
    stage.press(KeyCode::PageUp);
    let before = (stage.texts(), stage.cursor());
    stage.line(2, 5, "late");
    assert_eq!((stage.texts(), stage.cursor()), before);
}

#[test]
fn long_lines_are_seen_by_scrolling_aside_or_broken() {
    let mut stage = Stage::new(60, 8);
    stage.line(0, 0, &format!("{}end", "-".repeat(64)));
    assert!(!stage.screen().contains("end"));
    stage.press(KeyCode::Right);
    stage.press(KeyCode::Right);
    assert!(stage.screen().contains("-end"));
    for _ in 0..3 {
        stage.press(KeyCode::Left);
    }
    assert_eq!(stage.model.pane().left, 0);
    stage.press_letter('w');
    assert!(stage.screen().contains("-end"));
    stage.press_letter('w');
    assert!(!stage.screen().contains("-end"));
}

#[test]
fn folders_are_gone_to() {
    let mut stage = Stage::new(60, 9);
    for hour in 13..16 {
        stage.folder(&format!("2025-05-04__{hour}-00"));
        for minute in 0..20 {
            stage.line(0, hour * 3_600 + minute, &format!("line {hour} {minute}"));
        }
    }
    stage.press_letter('[');
    assert_eq!(stage.cursor(), "line 15 0");
    stage.press_letter('[');
    assert_eq!(stage.cursor(), "line 14 0");
    stage.press_letter('j');
    stage.press_letter('[');
    assert_eq!(stage.cursor(), "line 14 0");
    assert!(
        stage.screen().contains("2025-05-04__14-00 · 1h UTC"),
        "the header says where"
    );
    stage.press_letter('[');
    stage.press_letter('[');
    assert_eq!(stage.cursor(), "line 13 0");
    assert!(stage.screen().contains("no earlier folder"));
    stage.press_letter(']');
    assert_eq!(stage.cursor(), "line 14 0");
    stage.press_letter(']');
    stage.press_letter(']');
    assert!(stage.screen().contains("no later folder"));
}
