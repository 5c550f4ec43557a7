//! Moving, pausing, following.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

#[test]
fn pausing_counts_what_comes() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 0..2);
    harness.press_letter(' ');
    harness.lines(0, 2..4);
    harness.line(0, 4, "[ERROR] no");
    assert_eq!(harness.texts(), ["line 0", "line 1"]);
    assert!(harness.screen().contains("‖ PAUSED  +3 new (1 error)"));
    harness.press_letter(' ');
    assert_eq!(
        harness.texts()[..4],
        ["line 0", "line 1", "line 2", "line 3"]
    );
}

#[test]
fn going_up_stops_following_and_the_end_resumes_it() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 0..50);
    let newest = ["line 45", "line 46", "line 47", "line 48", "line 49"];
    assert_eq!(harness.texts(), newest);
    harness.press(KeyCode::Up);
    assert_eq!(harness.cursor(), "line 48");
    harness.lines(0, 50..51);
    assert_eq!(harness.texts(), newest, "nothing moves under the reader");
    for _ in 0..4 {
        harness.press_letter('k');
    }
    assert_eq!(harness.cursor(), "line 44");
    assert_eq!(harness.texts()[0], "line 44");
    harness.press(KeyCode::PageDown);
    assert_eq!(harness.cursor(), "line 48");
    harness.press(KeyCode::PageDown);
    harness.lines(0, 51..52);
    assert_eq!(
        harness.texts().last().unwrap(),
        "line 51",
        "it follows again"
    );
    harness.press(KeyCode::Home);
    assert_eq!(
        (harness.texts()[0].as_str(), harness.cursor().as_str()),
        ("line 0", "line 0")
    );
    harness.press(KeyCode::End);
    assert_eq!(harness.texts()[4], "line 51");
    harness.press(KeyCode::PageUp);
    assert_eq!(
        (harness.texts()[0].as_str(), harness.cursor().as_str()),
        ("line 43", "line 47")
    );
    harness.press_ctrl('u');
    assert_eq!(harness.cursor(), "line 45");
    harness.press_ctrl('d');
    assert_eq!(harness.cursor(), "line 47");
}

#[test]
fn what_was_gone_past_is_not_new() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 0..10);
    harness.press(KeyCode::Up);
    harness.lines(0, 10..30);
    assert!(harness.screen().contains("+20 new"));
    harness.press(KeyCode::PageDown);
    assert_eq!(harness.cursor(), "line 12");
    assert!(harness.screen().contains("+16 new"), "{}", harness.screen());
    harness.press(KeyCode::Up);
    assert!(harness.screen().contains("+16 new"));
}

#[test]
fn a_tab_keeps_its_own_position() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 0..50);
    harness.line(2, 49, "audit");
    harness.press(KeyCode::Home);
    harness.press(KeyCode::Tab);
    assert_eq!(
        (harness.model.tab, harness.texts()[4].as_str()),
        (1, "line 49")
    );
    harness.press(KeyCode::BackTab);
    assert_eq!(harness.texts()[0], "line 0");
    harness.press(KeyCode::BackTab);
    assert_eq!(
        (harness.model.tab, harness.texts()),
        (3, vec!["audit".to_owned()])
    );
    harness.press(KeyCode::Tab);
    assert_eq!(harness.model.tab, 0);
    harness.press_letter('9');
    assert_eq!(harness.model.tab, 0, "there is no ninth stream");
    harness.press_letter('2');
    assert_eq!(harness.model.tab, 2);
}

#[test]
fn a_late_line_does_not_move_the_reader() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 10..60);
    harness.press(KeyCode::PageUp);
    let before = (harness.texts(), harness.cursor());
    harness.line(2, 5, "late");
    assert_eq!((harness.texts(), harness.cursor()), before);
}

#[test]
fn long_lines_are_seen_by_scrolling_aside_or_broken() {
    let mut harness = Harness::new(60, 8);
    harness.line(0, 0, &format!("{}end", "-".repeat(64)));
    assert!(!harness.screen().contains("end"));
    for _ in 0..3 {
        harness.press(KeyCode::Right);
    }
    assert!(harness.screen().contains("-end"));
    for _ in 0..3 {
        harness.press(KeyCode::Left);
    }
    assert_eq!(harness.model.pane().left, 0);
    harness.press_letter('w');
    assert!(harness.screen().contains("-end"));
    harness.press_letter('w');
    assert!(!harness.screen().contains("-end"));
}

#[test]
fn folders_are_gone_to() {
    let mut harness = Harness::new(60, 9);
    for hour in 13..16 {
        harness.folder(&format!("2025-05-04__{hour}-00"));
        for minute in 0..20 {
            harness.line(0, hour * 3_600 + minute, &format!("line {hour} {minute}"));
        }
    }
    harness.press_letter('[');
    assert_eq!(harness.cursor(), "line 15 0");
    harness.press_letter('[');
    assert_eq!(harness.cursor(), "line 14 0");
    harness.press_letter('j');
    harness.press_letter('[');
    assert_eq!(harness.cursor(), "line 14 0");
    assert!(
        harness.screen().contains("Sun 4 May 2025 14:00:00 UTC"),
        "the header says where"
    );
    harness.press_letter('[');
    harness.press_letter('[');
    assert_eq!(harness.cursor(), "line 13 0");
    assert!(harness.screen().contains("no earlier folder"));
    harness.press_letter(']');
    assert_eq!(harness.cursor(), "line 14 0");
    harness.press_letter(']');
    harness.press_letter(']');
    assert!(harness.screen().contains("no later folder"));
}

#[test]
fn an_unfinished_last_line_is_shown_until_it_grows() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 0..2);
    harness.unfinished(0, 2, "tw");
    for _ in 0..2 {
        // In all streams, and in its own.
        assert_eq!(harness.texts(), ["line 0", "line 1", "tw (no newline yet)"]);
        harness.press_letter('1');
    }
    harness.press_letter(' ');
    harness.unfinished(0, 2, "two");
    assert_eq!(harness.texts(), ["line 0", "line 1"], "new lines wait");
    harness.line(0, 2, "two and more");
    assert!(harness.screen().contains("+1 new"), "{}", harness.screen());
    harness.press_letter(' ');
    assert_eq!(harness.texts(), ["line 0", "line 1", "two and more"]);
    assert_eq!(harness.model.lines[0], 3, "counted once");
}
