//! Keys on a model.

use crossterm::event::KeyCode;

use super::*;
use crate::stage::Stage;

#[test]
fn pausing_counts_what_comes() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..2);
    stage.press_letter(' ');
    stage.lines(0, 2..4);
    assert_eq!(stage.texts(), ["line 0", "line 1"]);
    assert!(stage.screen().contains("+2 new"));
    stage.press_letter(' ');
    assert_eq!(stage.texts(), ["line 0", "line 1", "line 2", "line 3"]);
}

#[test]
fn scrolling_up_stops_following_and_the_end_resumes_it() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..50);
    assert_eq!(
        stage.texts(),
        ["line 45", "line 46", "line 47", "line 48", "line 49"]
    );
    stage.press(KeyCode::Up);
    stage.lines(0, 50..51);
    assert_eq!(
        stage.texts(),
        ["line 44", "line 45", "line 46", "line 47", "line 48"]
    );
    stage.press(KeyCode::PageDown);
    stage.lines(0, 51..52);
    assert_eq!(stage.texts().last().unwrap(), "line 51");
    stage.press(KeyCode::Home);
    assert_eq!(stage.texts()[0], "line 0");
    stage.press(KeyCode::End);
    assert_eq!(stage.texts()[4], "line 51");
    stage.press(KeyCode::PageUp);
    assert_eq!(stage.texts()[0], "line 43");
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
    let before = stage.texts();
    stage.line(2, 5, "late");
    assert_eq!(stage.texts(), before);
}

#[test]
fn long_lines_are_seen_by_scrolling_aside() {
    let mut stage = Stage::new(60, 8);
    stage.line(0, 0, &format!("{}end", "-".repeat(64)));
    assert!(!stage.screen().contains("end"));
    stage.press(KeyCode::Right);
    stage.press(KeyCode::Right);
    assert!(stage.screen().contains("-end"));
    stage.press(KeyCode::Left);
    stage.press(KeyCode::Left);
    stage.press(KeyCode::Left);
    assert_eq!(stage.model.pane().left, 0);
}

#[test]
fn effects_are_left_to_the_loop() {
    let mut stage = Stage::new(60, 8);
    assert_eq!(update(&mut stage.model, Action::Quit), Effect::Quit);
    assert_eq!(update(&mut stage.model, Action::Suspend), Effect::Suspend);
    assert_eq!(stage.press_letter('?'), Effect::None);
    assert!(stage.model.has_help);
    stage.press(KeyCode::Esc);
    assert!(!stage.model.has_help);
}
