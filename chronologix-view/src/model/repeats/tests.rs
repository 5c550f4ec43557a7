//! Which records are counted with the one before.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

/// Returns the rows of the tab of a stream, as they are shown, without their times.
fn shown(harness: &mut Harness) -> Vec<String> {
    harness.press_letter('1');
    let screen = harness.screen();
    let rows = screen.lines().map(|row| row.trim_matches('"'));
    let rows = rows.filter(|row| row.contains(":00:") || row.contains("  at "));
    let rows = rows.filter(|row| row.get(1..3) == Some("15") || row.contains("  at "));
    let text = |row: &str| row.get(14..).unwrap_or_default().trim().to_owned();
    rows.map(text).collect()
}

#[test]
fn records_that_say_the_same_are_one_row() {
    let mut harness = Harness::new(70, 20);
    for second in 1..5 {
        harness.line(0, second, "[WARN] disk full");
    }
    harness.line(0, 5, "[ERROR] disk full");
    harness.line(0, 6, "disk full");
    harness.line(0, 7, "[WARN] disk full");
    assert_eq!(
        shown(&mut harness),
        [
            "WRN x4 disk full",
            "ERR disk full",
            "disk full",
            "WRN disk full"
        ]
    );
    harness.press_letter('r');
    assert_eq!(shown(&mut harness).len(), 7);
    harness.press_letter('r');
    assert_eq!(shown(&mut harness).len(), 4);
}

#[test]
fn what_continues_records_must_be_the_same_as_well() {
    let mut harness = Harness::new(70, 20);
    for (second, frame) in [(1, "a.rs:1"), (2, "a.rs:1"), (3, "b.rs:2"), (4, "b.rs:2")] {
        harness.line(0, second, "[ERROR] boom");
        harness.raw(0, second, &format!("  at {frame}"));
    }
    harness.line(0, 5, "[ERROR] boom");
    assert_eq!(
        shown(&mut harness),
        [
            "ERR x2 boom",
            "at a.rs:1",
            "ERR x2 boom",
            "at b.rs:2",
            "ERR boom"
        ]
    );
}

#[test]
fn a_silence_and_a_folder_part_records() {
    let mut harness = Harness::new(70, 20);
    harness.line(0, 1, "beat");
    harness.line(0, 2, "beat");
    harness.line(0, 300, "beat");
    harness.line(0, 301, "beat");
    harness.folder("2025-05-04__16-00");
    harness.line(0, 3_600 * 16, "beat");
    harness.press_letter('1');
    let screen = harness.screen();
    assert_eq!(screen.matches("x2 beat").count(), 2, "{screen}");
    assert!(screen.contains("4m 58s without a line"), "{screen}");
    assert_eq!(screen.matches("beat").count(), 3, "{screen}");
}

#[test]
fn equal_records_of_two_streams_are_two_rows() {
    let mut harness = Harness::new(70, 20);
    for second in 1..3 {
        harness.line(0, second, "tick");
        harness.line(2, second, "tick");
    }
    let screen = harness.screen();
    assert_eq!(screen.matches("tick").count(), 4, "{screen}");
    // What is hidden is not between them.
    harness.press_alt('3');
    let screen = harness.screen();
    assert!(screen.contains("x2 tick"), "{screen}");
}

#[test]
fn the_filters_decide_what_is_between_records() {
    let mut harness = Harness::new(70, 20);
    for second in 1..7 {
        let text = if second % 2 == 0 { "even" } else { "odd" };
        harness.line(0, second, text);
    }
    harness.write("!even");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("x3 odd"), "{screen}");
    // With context, every record is shown.
    harness.write("C");
    assert!(!harness.screen().contains("x3 odd"));
}

#[test]
fn a_last_line_without_its_end_is_shown() {
    let mut harness = Harness::new(70, 20);
    harness.line(0, 1, "tick");
    harness.line(0, 2, "tick");
    harness.unfinished(0, 3, "tick");
    let screen = harness.screen();
    assert!(screen.contains("x2 tick"), "{screen}");
    assert!(screen.contains("tick (no newline yet)"), "{screen}");
}

#[test]
fn very_many_equal_records_are_several_rows() {
    let mut harness = Harness::new(70, 12);
    for second in 0..3_000 {
        harness.line(0, second, "tick");
    }
    let screen = harness.screen();
    assert!(screen.contains("x512 tick"), "{screen}");
    assert_eq!(screen.matches("x1024 tick").count(), 2, "{screen}");
    assert!(screen.contains("x440 tick"), "{screen}");
}
