//! Keys on a row that stands for several records.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

/// A tab with one row for four records, between two others.
fn harness() -> Harness {
    let mut harness = Harness::new(70, 12);
    harness.line(0, 0, "before");
    for second in 1..5 {
        harness.line(0, second, "tick");
    }
    harness.line(0, 5, "after");
    harness
}

#[test]
fn the_cursor_goes_over_it_as_over_one_row() {
    let mut harness = harness();
    assert_eq!(harness.cursor(), "after");
    harness.press(KeyCode::Up);
    assert_eq!(harness.cursor(), "tick");
    harness.press(KeyCode::Up);
    assert_eq!(harness.cursor(), "before");
    harness.press(KeyCode::Down);
    assert_eq!(harness.cursor(), "tick");
    assert_eq!(harness.texts(), ["before", "tick", "after"]);
}

#[test]
fn it_is_copied_and_selected_with_all_its_records() {
    let mut harness = harness();
    harness.press(KeyCode::Up);
    let copied = harness.copy().unwrap();
    assert_eq!(copied.matches("tick").count(), 4, "{copied}");
    harness.press_letter('v');
    harness.press(KeyCode::Up);
    let screen = harness.screen();
    assert!(screen.contains("selected 5 records"), "{screen}");
    let copied = harness.copy().unwrap();
    assert_eq!(copied.lines().count(), 5, "{copied}");
    harness.press_letter('v');
    harness.press(KeyCode::Down);
    assert!(harness.screen().contains("selected 5 records"));
}

#[test]
fn a_search_stops_there_once() {
    let mut harness = harness();
    harness.line(0, 6, "tick");
    harness.write("/tick");
    harness.press(KeyCode::Enter);
    harness.work();
    let mut seen = vec![harness.model.cursor().unwrap().key.instant];
    for _ in 0..2 {
        harness.press_letter('n');
        harness.work();
        seen.push(harness.model.cursor().unwrap().key.instant);
    }
    let seconds: Vec<_> = seen.iter().map(|time| time.timestamp() % 60).collect();
    assert_eq!(seconds.len(), 3);
    assert_ne!(seconds[0], seconds[1]);
    assert_eq!(seconds[0], seconds[2], "there are two rows: {seconds:?}");
}

#[test]
fn what_only_some_records_have_is_found() {
    let mut harness = harness();
    harness.write("/15:00:03");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("x2 tick"), "{screen}");
    assert_eq!(harness.cursor(), "tick");
    assert_eq!(
        harness.model.cursor().unwrap().key.instant.timestamp() % 60,
        3
    );
}

#[test]
fn a_bookmark_of_any_of_its_records_is_its_own() {
    let mut harness = harness();
    harness.press_letter('r');
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Up);
    harness.press_letter('m');
    harness.press_letter('r');
    assert!(harness.screen().contains("›15:00:01"));
    harness.press(KeyCode::Up);
    assert!(harness.screen().contains("◆15:00:01"));
    harness.press_letter('\'');
    assert_eq!(harness.cursor(), "tick");
    // From there, it goes on to the next one, which is the same.
    harness.press_letter('m');
    assert!(harness.model.bookmarks.is_empty());
    harness.press_letter('m');
    harness.press(KeyCode::Up);
    assert!(harness.screen().contains("◆15:00:01"));
}

#[test]
fn new_records_are_counted_while_it_is_followed() {
    let mut harness = harness();
    for second in 6..8 {
        harness.line(0, second, "after");
    }
    assert!(harness.screen().contains("x3 after"));
    harness.press_letter(' ');
    harness.line(0, 8, "after");
    let screen = harness.screen();
    assert!(
        screen.contains("x3 after") && screen.contains("+1 new"),
        "{screen}"
    );
    harness.press_letter(' ');
    assert!(harness.screen().contains("x4 after"));
}

#[test]
fn a_time_within_it_leads_to_it() {
    let mut harness = harness();
    harness.write("t15:00:03");
    harness.press(KeyCode::Enter);
    harness.work();
    assert_eq!(harness.cursor(), "tick");
}

#[test]
fn more_rows_are_fetched_until_the_screen_is_full() {
    let mut harness = Harness::new(70, 12);
    for second in 0..2_000 {
        harness.old(0, second, if second < 20 { "early" } else { "tick" });
    }
    harness.line(0, 2_001, "newest");
    harness.work();
    assert!(harness.screen().contains("early"));
    harness.press_letter('g');
    harness.work();
    assert!(harness.screen().contains("x20 early"));
}
