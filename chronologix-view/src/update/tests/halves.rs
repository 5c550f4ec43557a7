//! Two tabs side by side.

use crossterm::event::KeyCode;

use crate::stage::Stage;

fn stage() -> Stage {
    let mut stage = Stage::new(100, 12);
    for second in 0..100 {
        stage.line(0, second, &format!("line {second}"));
        if second % 10 == 0 {
            stage.line(2, second, &format!("audit {second}"));
        }
    }
    stage
}

#[test]
fn both_halves_are_at_the_same_time() {
    let mut stage = stage();
    stage.press_letter('1');
    stage.press_letter('|');
    assert_eq!(stage.model.other, Some(0));
    stage.press_letter('3');
    stage.press_letter('0');
    assert_eq!((stage.model.tab, stage.model.other), (0, Some(3)));
    let screen = stage.screen();
    assert!(
        screen.contains("line 99") && screen.contains("audit 90"),
        "{screen}"
    );
    stage.press(KeyCode::Home);
    for _ in 0..17 {
        stage.press(KeyCode::Down);
    }
    // What happened last by then is on the row of the cursor.
    let screen = stage.screen();
    let row = screen.lines().find(|row| row.contains("›")).unwrap();
    assert!(
        row.contains("line 15") && row.contains("audit 10"),
        "{screen}"
    );
    stage.press_ctrl('w');
    assert_eq!((stage.model.tab, stage.cursor().as_str()), (3, "audit 10"));
    stage.press(KeyCode::Down);
    let screen = stage.screen();
    let row = screen.lines().find(|row| row.contains("›")).unwrap();
    assert!(
        row.contains("audit 20") && row.contains("audit       [15:00:20]"),
        "{screen}"
    );
    stage.press_letter('|');
    assert_eq!((stage.model.tab, stage.model.other), (3, None));
}

#[test]
fn where_there_is_no_room_nothing_is_divided() {
    let mut stage = stage();
    stage.resize(30, 12);
    stage.press_letter('|');
    assert_eq!(stage.model.other, None);
    assert!(stage.model.notice.as_ref().unwrap().contains("too narrow"));
    let mut empty = Stage::blank(100, 12);
    empty.press_letter('|');
    assert_eq!(empty.model.other, None);
}

#[test]
fn tabs_are_changed_in_the_half_in_front() {
    let mut stage = stage();
    stage.press_letter('|');
    assert_eq!((stage.model.tab, stage.model.other), (0, Some(1)));
    stage.press(KeyCode::Tab);
    assert_eq!(
        (stage.model.tab, stage.model.other),
        (2, Some(1)),
        "the other one is left out"
    );
    stage.press_letter('1');
    assert_eq!(
        (stage.model.tab, stage.model.other),
        (1, Some(2)),
        "it goes there"
    );
}
