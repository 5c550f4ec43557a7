//! Filters by fields, and time zones.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

fn harness() -> Harness {
    let mut harness = Harness::new(110, 20);
    for (second, status) in [(1, 200), (2, 502), (3, 404), (4, 503)] {
        harness.line(0, second, &format!("[INFO] GET status={status} size=7"));
    }
    harness.line(2, 5, "[INFO] idle");
    harness
}

const BAD: [&str; 2] = [
    "[INFO] GET status=502 size=7",
    "[INFO] GET status=503 size=7",
];

/// Types a condition, and keeps it.
fn filter(harness: &mut Harness, condition: &str) {
    harness.write("=");
    harness.write(condition);
    harness.press(KeyCode::Enter);
}

#[test]
fn a_condition_is_tried_while_it_is_typed_and_kept_by_enter() {
    let mut harness = harness();
    harness.write("=status>=500");
    assert_eq!(harness.texts().len(), 5, "what would go is still there");
    let screen = harness.screen();
    assert!(screen.contains("2 of loaded 5 records shown"), "{screen}");
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.row_match.draft, None);
    assert_eq!(harness.texts().len(), 5);
    filter(&mut harness, "status>=500");
    assert_eq!(harness.texts(), BAD);
    assert!(harness.screen().contains(" status>=500 "));
    harness.line(0, 6, "[INFO] GET status=504");
    harness.line(0, 7, "[INFO] GET status=201");
    assert_eq!(harness.texts().len(), 3, "also what comes later");
    harness.press_letter('u');
    assert_eq!(harness.texts().len(), 7);
}

#[test]
fn a_condition_that_makes_no_sense_is_said() {
    let mut harness = harness();
    harness.write("=status>=");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("expected a value after `>=`"), "{screen}");
    assert!(harness.model.prompt.is_some());
    harness.write("500 and (");
    assert!(harness.screen().contains("expected the name of a field"));
    harness.press(KeyCode::Esc);
    assert!(harness.model.row_match.shows_all());
}

#[test]
fn conditions_stand_in_the_list_of_filters() {
    let mut harness = harness();
    harness.write("&GET");
    harness.press(KeyCode::Enter);
    filter(&mut harness, "status>=500");
    harness.press_letter('F');
    let screen = harness.screen();
    assert!(screen.contains("[x] only  GET"), "{screen}");
    assert!(screen.contains("[x] where  status>=500"), "{screen}");
    harness.press(KeyCode::Down);
    harness.press_letter(' ');
    assert!(harness.screen().contains("[ ] where  status>=500"));
    assert_eq!(harness.texts().len(), 4);
    harness.press_letter(' ');
    harness.press_letter('n');
    assert!(harness.screen().contains("where not  status>=500"));
    assert!(harness.screen().contains("not status>=500"));
    assert_eq!(harness.texts().len(), 2);
    harness.press_letter('n');
    harness.press_letter('e');
    harness.press(KeyCode::Backspace);
    harness.press(KeyCode::Backspace);
    harness.press(KeyCode::Backspace);
    harness.write("503");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts(), BAD[1..]);
    harness.press_letter('F');
    harness.press(KeyCode::Down);
    harness.press_letter('d');
    assert_eq!(harness.texts().len(), 4);
    harness.press_letter('u');
    harness.press(KeyCode::Esc);
    assert_eq!(harness.texts(), BAD[1..]);
}

#[test]
fn what_is_chosen_in_a_record_is_listed_and_undone_too() {
    let mut harness = harness();
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Enter);
    harness.press_letter('!');
    harness.press(KeyCode::Esc);
    let texts = harness.texts();
    assert_eq!(texts.len(), 4, "{texts:?}");
    harness.press_letter('F');
    assert!(harness.screen().contains("where  status!=503"));
    harness.press(KeyCode::Esc);
    harness.press_letter('u');
    assert_eq!(harness.texts().len(), 5);
}

#[test]
fn a_condition_may_be_about_the_stream() {
    let mut harness = harness();
    filter(&mut harness, "stream=audit");
    assert_eq!(harness.texts(), ["[INFO] idle"]);
    harness.press_letter('F');
    harness.press_letter('n');
    harness.press(KeyCode::Esc);
    assert_eq!(harness.texts().len(), 4);
}

#[test]
fn names_that_were_seen_are_completed() {
    let mut harness = harness();
    harness.write("=s");
    let screen = harness.screen();
    assert!(screen.contains("tab: size  status  stream"), "{screen}");
    harness.press(KeyCode::Tab);
    let typed = |harness: &Harness| {
        let prompt = harness.model.prompt.as_ref();
        prompt.map_or("", |prompt| prompt.input.text()).to_owned()
    };
    assert_eq!(typed(&harness), "size");
    harness.press(KeyCode::Tab);
    assert_eq!(typed(&harness), "status");
    harness.press(KeyCode::BackTab);
    assert_eq!(typed(&harness), "size");
    harness.press(KeyCode::BackTab);
    assert_eq!(typed(&harness), "stream");
    harness.press(KeyCode::Tab);
    harness.write("=7 and l");
    harness.press(KeyCode::Tab);
    assert_eq!(typed(&harness), "size=7 and level");
    harness.press(KeyCode::Esc);
    harness.write("#st");
    harness.press(KeyCode::Tab);
    assert_eq!(typed(&harness), "status");
}

#[test]
fn times_are_shown_and_typed_in_the_chosen_zone() {
    let mut harness = harness();
    harness.model.zones.local = chronologix_schema::layout::zone("Asia/Tokyo").ok();
    harness.press_letter('U');
    let screen = harness.screen();
    assert!(screen.contains("time zone: Asia/Tokyo (local)"), "{screen}");
    assert!(screen.contains("Mon 5 May 2025 00:00:05 JST"), "{screen}");
    assert!(screen.contains(" 00:00:02.000 INF"), "{screen}");
    harness.write("t00:00:02");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.cursor(), BAD[0]);
    harness.press_letter('U');
    assert!(harness.screen().contains("15:00:02 UTC"));
}

#[test]
fn the_end_of_a_long_record_is_one_key_away() {
    let mut harness = Harness::new(80, 24);
    harness.folder("2025-05-04__14-00");
    let words = "word ".repeat(2_000);
    harness.line(0, 1, &format!("[INFO] begin {words}finish"));
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Enter);
    let shown = |harness: &mut Harness| {
        let screen = harness.screen();
        let detail = screen.split('┌').nth(1).unwrap_or_default().to_owned();
        (detail.contains("begin"), detail.contains("finish"))
    };
    assert_eq!(shown(&mut harness), (true, false));
    harness.press_letter('$');
    assert_eq!(shown(&mut harness), (false, true));
    harness.press(KeyCode::PageUp);
    assert_eq!(shown(&mut harness), (false, false));
    harness.press(KeyCode::PageDown);
    assert_eq!(shown(&mut harness), (false, true));
    harness.press_letter('^');
    assert_eq!(shown(&mut harness), (true, false));
}
