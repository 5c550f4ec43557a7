//! Two tabs side by side.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

fn harness() -> Harness {
    let mut harness = Harness::new(100, 12);
    for second in 0..100 {
        harness.line(0, second, &format!("line {second}"));
        if second % 10 == 0 {
            harness.line(2, second, &format!("audit {second}"));
        }
    }
    harness
}

#[test]
fn both_halves_are_at_the_same_time() {
    let mut harness = harness();
    harness.press_letter('1');
    harness.press_letter('|');
    assert_eq!(harness.model.other, Some(0));
    harness.press_letter('3');
    harness.press_letter('0');
    assert_eq!((harness.model.tab, harness.model.other), (0, Some(3)));
    let screen = harness.screen();
    assert!(
        screen.contains("line 99") && screen.contains("audit 90"),
        "{screen}"
    );
    harness.press(KeyCode::Home);
    for _ in 0..17 {
        harness.press(KeyCode::Down);
    }
    // The last line by that time is on the row of the cursor.
    let screen = harness.screen();
    let row = screen.lines().find(|row| row.contains("›")).unwrap();
    assert!(
        row.contains("line 15") && row.contains("audit 10"),
        "{screen}"
    );
    harness.press_ctrl('w');
    assert_eq!(
        (harness.model.tab, harness.cursor().as_str()),
        (3, "audit 10")
    );
    harness.press(KeyCode::Down);
    let screen = harness.screen();
    let row = screen.lines().find(|row| row.contains("›")).unwrap();
    assert!(
        row.contains("audit 20") && row.contains("15:00:20     audit  audit 20"),
        "{screen}"
    );
    harness.press_letter('|');
    assert_eq!((harness.model.tab, harness.model.other), (3, None));
}

#[test]
fn where_there_is_no_room_nothing_is_divided() {
    let mut harness = harness();
    harness.resize(30, 12);
    harness.press_letter('|');
    assert_eq!(harness.model.other, None);
    assert!(
        harness
            .model
            .notice
            .as_ref()
            .unwrap()
            .contains("too narrow")
    );
    let mut empty = Harness::blank(100, 12);
    empty.press_letter('|');
    assert_eq!(empty.model.other, None);
}

#[test]
fn tabs_are_changed_in_the_half_in_front() {
    let mut harness = harness();
    harness.press_letter('|');
    assert_eq!((harness.model.tab, harness.model.other), (0, Some(1)));
    harness.press(KeyCode::Tab);
    assert_eq!(
        (harness.model.tab, harness.model.other),
        (2, Some(1)),
        "the other one is left out"
    );
    harness.press_letter('1');
    assert_eq!(
        (harness.model.tab, harness.model.other),
        (1, Some(2)),
        "it goes there"
    );
}
