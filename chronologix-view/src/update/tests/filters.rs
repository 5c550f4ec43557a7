//! Filters, levels, streams.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

fn harness() -> Harness {
    let mut harness = Harness::new(70, 20);
    harness.line(0, 1, "[INFO] disk ok");
    harness.line(1, 2, "[ERROR] disk full");
    harness.line(0, 2, "[ERROR] disk full");
    harness.line(2, 3, "[WARN] slow");
    harness.line(0, 4, "[DEBUG] heartbeat");
    harness
}

#[test]
fn a_filter_is_tried_while_it_is_typed_and_kept_by_enter() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("disk");
    assert_eq!(harness.texts().len(), 4, "what would go is still there");
    assert!(
        harness.screen().contains("2 of 4 records shown"),
        "{}",
        harness.screen()
    );
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.row_match.draft, None);
    assert!(harness.model.row_match.filter.rules.is_empty());
    harness.press_letter('&');
    harness.write("disk");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts(), ["[INFO] disk ok", "[ERROR] disk full"]);
    assert!(harness.screen().contains("only /disk/"));
    harness.press_letter('!');
    harness.write("ok$");
    assert!(
        harness.screen().contains("1 of 2 records shown"),
        "{}",
        harness.screen()
    );
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts(), ["[ERROR] disk full"]);
    assert!(harness.screen().contains("only /disk/ │ not /ok$/"));
    harness.line(0, 5, "[INFO] disk down");
    harness.line(0, 5, "[INFO] disk is ok");
    assert_eq!(
        harness.texts(),
        ["[ERROR] disk full", "[INFO] disk down"],
        "also what comes later"
    );
}

#[test]
fn filters_are_switched_and_deleted_in_their_list() {
    let mut harness = harness();
    for text in ["disk", "full"] {
        harness.press_letter('&');
        harness.write(text);
        harness.press(KeyCode::Enter);
    }
    assert_eq!(harness.texts(), ["[ERROR] disk full"]);
    harness.press_letter('F');
    let screen = harness.screen();
    assert!(
        screen.contains("[x] only  disk") && screen.contains("[x] only  full"),
        "{screen}"
    );
    harness.press(KeyCode::Down);
    harness.press_letter(' ');
    assert!(harness.screen().contains("[ ] only  full"));
    harness.press(KeyCode::Esc);
    assert_eq!(harness.texts(), ["[INFO] disk ok", "[ERROR] disk full"]);
    harness.press_letter('F');
    harness.press_letter('d');
    harness.press_letter('d');
    harness.press_letter('d');
    assert!(harness.screen().contains("no filters"));
    harness.press(KeyCode::Esc);
    assert_eq!(harness.texts().len(), 4);
}

#[test]
fn levels_go_up_and_down() {
    let mut harness = harness();
    let mut count = |key| {
        harness.press_letter(key);
        harness.texts().len()
    };
    let up = [count('+'), count('+'), count('+'), count('+')];
    assert_eq!(up, [3, 2, 1, 1]);
    let down = [count('-'), count('-'), count('-'), count('-')];
    assert_eq!(down, [2, 3, 4, 4]);
    harness.press_letter('+');
    assert!(harness.screen().contains("level ≥ INFO"));
    harness.press_ctrl('r');
    assert_eq!(harness.texts().len(), 4);
}

#[test]
fn a_continuation_has_the_level_of_its_record() {
    let mut harness = harness();
    harness.line(2, 6, "[ERROR] broken");
    harness.raw(2, 6, "\t[ at main.rs:7] x");
    harness.line(2, 7, "[INFO] fine");
    harness.raw(2, 7, "\t[ more] of it");
    harness.write("+++");
    let screen = harness.screen();
    assert!(
        screen.contains("main.rs:7") && !screen.contains("of it"),
        "{screen}"
    );
}

#[test]
fn streams_are_left_out_and_shown_alone() {
    let mut harness = harness();
    harness.press_alt('1');
    // Lines that are in errors as well are still shown.
    assert_eq!(harness.texts(), ["[ERROR] disk full", "[WARN] slow"]);
    assert!(harness.screen().contains("hidden: app"));
    harness.press_alt('2');
    assert_eq!(harness.texts(), ["[WARN] slow"]);
    harness.press_alt('0');
    assert_eq!(harness.texts().len(), 4);
    harness.press_letter('E');
    assert_eq!(harness.cursor(), "[ERROR] disk full");
    harness.press_letter('o');
    assert_eq!(harness.texts(), ["[ERROR] disk full"], "logged to errors");
    harness.press_letter('o');
    assert_eq!(harness.texts().len(), 4);
    harness.press_letter('x');
    assert_eq!(harness.texts().len(), 4, "its copy in app is still seen");
    assert!(harness.screen().contains("errors hidden"));
    harness.press_letter('2');
    assert_eq!(
        harness.texts(),
        ["[ERROR] disk full"],
        "its own tab shows it"
    );
    harness.press_letter('x');
    assert!(harness.model.row_match.hidden.is_empty());
}

#[test]
fn what_is_left_out_entirely_is_said() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("nowhere");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("No lines match the filters"), "{screen}");
    assert!(screen.contains("ctrl-r clears all filters"), "{screen}");
}

#[test]
fn the_cursor_stays_near_when_its_row_goes() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 0..3_000);
    harness.press(KeyCode::Home);
    harness.press_letter('/');
    harness.write("line 1500");
    harness.press(KeyCode::Enter);
    harness.screen();
    assert_eq!(harness.cursor(), "line 1500");
    harness.press_letter('&');
    harness.write("line .*7$");
    harness.press(KeyCode::Enter);
    harness.screen();
    assert_eq!(harness.cursor(), "line 1497");
    harness.press_ctrl('r');
    harness.screen();
    assert_eq!(harness.cursor(), "line 1497");
}

#[test]
fn the_oldest_line_is_reached_after_a_filter_without_older_matches() {
    for undo in ["ctrl-r", "list", "level"] {
        let mut harness = Harness::new(70, 12);
        (0..30).for_each(|second| harness.old(0, second, "[INFO] older"));
        harness.line(0, 40, "[ERROR] status 502");
        harness.lines(0, 41..50);
        if undo == "level" {
            (0..3).for_each(|_| drop(harness.press_letter('+')));
        } else {
            harness.press_letter('&');
            harness.write("502");
            harness.press(KeyCode::Enter);
        }
        assert_eq!(harness.texts(), ["[ERROR] status 502"]);
        match undo {
            "ctrl-r" => drop(harness.press_ctrl('r')),
            "list" => "F d"
                .chars()
                .for_each(|key| drop(harness.press_letter(key))),
            _ => (0..3).for_each(|_| drop(harness.press_letter('-'))),
        }
        harness.press(KeyCode::Esc);
        harness.screen();
        harness.press_letter('g');
        assert_eq!(harness.texts()[0], "[INFO] older", "{undo}");
    }
}

#[test]
fn lines_that_continue_a_record_are_filtered_with_it() {
    let frames = ["\tat main.rs:7", "\tat lib.rs:9"];
    for (key, text, is_shown) in [
        ('&', "boom", true),
        ('&', "lib.rs", true),
        ('!', "boom", false),
        ('!', "main", false),
    ] {
        let mut harness = Harness::new(70, 12);
        harness.line(0, 1, "[INFO] a");
        harness.line(0, 2, "[ERROR] boom");
        harness.raw(0, 2, frames[0]);
        harness.press_letter(key);
        harness.write(text);
        harness.press(KeyCode::Enter);
        // A later line of the record decides about all of it.
        harness.raw(0, 2, frames[1]);
        harness.line(0, 3, "[INFO] b");
        let screen = harness.screen();
        let shown = ["ERR app    boom", "main.rs:7", "lib.rs:9"].map(|text| screen.contains(text));
        assert_eq!(shown, [is_shown; 3], "{key}{text}\n{screen}");
        assert_eq!(
            screen.contains("INF app    b"),
            !is_shown,
            "{key}{text}\n{screen}"
        );
    }
    let mut harness = Harness::new(70, 12);
    harness.line(0, 2, "[ERROR] boom");
    harness.raw(0, 2, frames[0]);
    harness.press_letter(' ');
    harness.line(0, 3, "[ERROR] again");
    harness.raw(0, 3, frames[0]);
    assert_eq!(harness.model.lines[0], 2, "records are counted");
    assert!(
        harness.screen().contains("+1 new (1 error)"),
        "{}",
        harness.screen()
    );
}

#[test]
fn filters_are_edited_inverted_and_undone() {
    let mut harness = harness();
    let all = harness.texts();
    harness.write("&disk");
    harness.press(KeyCode::Enter);
    let only = harness.texts();
    harness.press_letter('F');
    harness.press_letter('n');
    harness.press(KeyCode::Esc);
    assert!(harness.screen().contains("not /disk/"));
    let not = harness.texts();
    assert_eq!(only.len() + not.len(), all.len());
    harness.press_letter('F');
    harness.press_letter('e');
    assert!(harness.screen().contains("exclude: disk"));
    harness.write(" full");
    harness.press(KeyCode::Enter);
    assert!(harness.screen().contains("not /disk full/"));
    assert_eq!(harness.model.row_match.filter.rules.len(), 1);
    for expected in [&not, &only, &all] {
        harness.press_letter('u');
        assert_eq!(&harness.texts(), expected);
    }
    harness.press_letter('u');
    assert!(harness.screen().contains("nothing to undo"));
}

#[test]
fn every_change_of_filters_is_undone() {
    let keys = ["&disk\n", "+", "x", "o", "C", "!ok\n", "\u{12}"];
    let mut harness = harness();
    let mut states = Vec::new();
    for keys in keys {
        states.push(harness.model.row_match.filters());
        for key in keys.chars() {
            match key {
                '\n' => harness.press(KeyCode::Enter),
                '\u{12}' => harness.press_ctrl('r'),
                key => harness.press_letter(key),
            };
        }
        harness.work();
    }
    for state in states.iter().rev() {
        harness.press_letter('u');
        harness.work();
        assert_eq!(harness.model.row_match.filters(), *state);
    }
}
