//! Filters, levels, streams.

use crossterm::event::KeyCode;

use crate::stage::Stage;

fn stage() -> Stage {
    let mut stage = Stage::new(70, 20);
    stage.line(0, 1, "[INFO] disk ok");
    stage.line(1, 2, "[ERROR] disk full");
    stage.line(0, 2, "[ERROR] disk full");
    stage.line(2, 3, "[WARN] slow");
    stage.line(0, 4, "[DEBUG] heartbeat");
    stage
}

#[test]
fn a_filter_is_tried_while_it_is_typed_and_kept_by_enter() {
    let mut stage = stage();
    stage.press_letter('&');
    stage.write("disk");
    assert_eq!(stage.texts().len(), 4, "what would go is still there");
    assert!(
        stage.screen().contains("2 of 4 lines stay"),
        "{}",
        stage.screen()
    );
    stage.press(KeyCode::Esc);
    assert_eq!(stage.model.sight.draft, None);
    assert!(stage.model.sight.lens.rules.is_empty());
    stage.press_letter('&');
    stage.write("disk");
    stage.press(KeyCode::Enter);
    assert_eq!(stage.texts(), ["[INFO] disk ok", "[ERROR] disk full"]);
    assert!(stage.screen().contains("keep disk"));
    stage.press_letter('!');
    stage.write("ok$");
    assert!(
        stage.screen().contains("1 of 2 lines stay"),
        "{}",
        stage.screen()
    );
    stage.press(KeyCode::Enter);
    assert_eq!(stage.texts(), ["[ERROR] disk full"]);
    assert!(stage.screen().contains("2 filters"));
    stage.line(0, 5, "[INFO] disk down");
    stage.line(0, 5, "[INFO] disk is ok");
    assert_eq!(
        stage.texts(),
        ["[ERROR] disk full", "[INFO] disk down"],
        "also what comes later"
    );
}

#[test]
fn filters_are_switched_and_deleted_in_their_list() {
    let mut stage = stage();
    for text in ["disk", "full"] {
        stage.press_letter('&');
        stage.write(text);
        stage.press(KeyCode::Enter);
    }
    assert_eq!(stage.texts(), ["[ERROR] disk full"]);
    stage.press_letter('F');
    let screen = stage.screen();
    assert!(
        screen.contains("[x] keep  disk") && screen.contains("[x] keep  full"),
        "{screen}"
    );
    stage.press(KeyCode::Down);
    stage.press_letter(' ');
    assert!(stage.screen().contains("[ ] keep  full"));
    stage.press(KeyCode::Esc);
    assert_eq!(stage.texts(), ["[INFO] disk ok", "[ERROR] disk full"]);
    stage.press_letter('F');
    stage.press_letter('d');
    stage.press_letter('d');
    stage.press_letter('d');
    assert!(stage.screen().contains("no filters"));
    stage.press(KeyCode::Esc);
    assert_eq!(stage.texts().len(), 4);
}

#[test]
fn levels_go_up_and_down() {
    let mut stage = stage();
    let mut count = |key| {
        stage.press_letter(key);
        stage.texts().len()
    };
    let up = [count('+'), count('+'), count('+'), count('+')];
    assert_eq!(up, [3, 2, 1, 1]);
    let down = [count('-'), count('-'), count('-'), count('-')];
    assert_eq!(down, [2, 3, 4, 4]);
    stage.press_letter('+');
    assert!(stage.screen().contains("level ≥ INFO"));
    stage.press_ctrl('r');
    assert_eq!(stage.texts().len(), 4);
}

#[test]
fn a_continuation_has_the_level_of_its_record() {
    let mut stage = stage();
    stage.line(2, 6, "[ERROR] broken");
    stage.raw(2, 6, "\t[ at main.rs:7] x");
    stage.line(2, 7, "[INFO] fine");
    stage.raw(2, 7, "\t[ more] of it");
    stage.write("+++");
    let screen = stage.screen();
    assert!(
        screen.contains("main.rs:7") && !screen.contains("of it"),
        "{screen}"
    );
}

#[test]
fn streams_are_left_out_and_shown_alone() {
    let mut stage = stage();
    stage.press_alt('1');
    // What is in errors, too, is still there.
    assert_eq!(stage.texts(), ["[ERROR] disk full", "[WARN] slow"]);
    assert!(stage.screen().contains("without app"));
    stage.press_alt('2');
    assert_eq!(stage.texts(), ["[WARN] slow"]);
    stage.press_alt('0');
    assert_eq!(stage.texts().len(), 4);
    stage.press_letter('E');
    assert_eq!(stage.cursor(), "[ERROR] disk full");
    stage.press_letter('o');
    assert_eq!(stage.texts(), ["[ERROR] disk full"], "logged to errors");
    stage.press_letter('o');
    assert_eq!(stage.texts().len(), 4);
    stage.press_letter('x');
    assert_eq!(stage.texts().len(), 4, "its copy in app is still seen");
    assert!(stage.screen().contains("errors is left out of all streams"));
    stage.press_letter('2');
    assert_eq!(stage.texts(), ["[ERROR] disk full"], "its own tab shows it");
    stage.press_letter('x');
    assert!(stage.model.sight.lens.hidden.is_empty());
}

#[test]
fn what_is_left_out_entirely_is_said() {
    let mut stage = stage();
    stage.press_letter('&');
    stage.write("nowhere");
    stage.press(KeyCode::Enter);
    let screen = stage.screen();
    assert!(screen.contains("every line is left out"), "{screen}");
    assert!(screen.contains("ctrl-r shows everything again"), "{screen}");
}

#[test]
fn the_cursor_stays_near_when_its_row_goes() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..3_000);
    stage.press(KeyCode::Home);
    stage.press_letter('/');
    stage.write("line 1500");
    stage.press(KeyCode::Enter);
    stage.screen();
    assert_eq!(stage.cursor(), "line 1500");
    stage.press_letter('&');
    stage.write("line .*7$");
    stage.press(KeyCode::Enter);
    stage.screen();
    assert_eq!(stage.cursor(), "line 1497");
    stage.press_ctrl('r');
    stage.screen();
    assert_eq!(stage.cursor(), "line 1497");
}
