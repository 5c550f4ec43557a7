//! The table of the values of a field.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

fn harness() -> Harness {
    let mut harness = Harness::new(100, 20);
    harness.model.queries.is_open = true;
    for (second, status, took) in [(1, 200, 5), (2, 502, 80), (3, 200, 7), (4, 404, 6)] {
        harness.line(
            0,
            second,
            &format!("[INFO] GET status={status} took={took}"),
        );
    }
    harness.line(0, 5, "[INFO] idle");
    harness
}

#[test]
fn values_are_counted_and_chosen() {
    let mut harness = harness();
    harness.write("#status");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("status: 3 values in 4 records"), "{screen}");
    assert!(screen.contains("200  2   40.0 %"), "{screen}");
    harness.press_letter('j');
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts(), ["[INFO] GET status=502 took=80"]);
    assert_eq!(harness.model.overlay, None);
    harness.press_letter('u');
    assert_eq!(harness.texts().len(), 5);
}

#[test]
fn a_value_is_left_out_and_the_rest_counted_anew() {
    let mut harness = harness();
    harness.write("#status");
    harness.press(KeyCode::Enter);
    harness.work();
    harness.press_letter('!');
    let screen = harness.screen();
    assert!(screen.contains("status: 2 values in 2 records"), "{screen}");
    harness.press_letter('r');
    assert!(harness.screen().contains("status: 2 values in 2 records"));
    harness.press(KeyCode::Esc);
    assert_eq!((&harness.model.overlay, &harness.model.top), (&None, &None));
    assert_eq!(harness.texts().len(), 3);
}

#[test]
fn the_largest_number_leads_to_its_record() {
    let mut harness = harness();
    harness.press_letter(' ');
    harness.write("#took");
    harness.press(KeyCode::Enter);
    harness.press_letter('>');
    let screen = harness.screen();
    assert!(screen.contains("largest took of 4 records"), "{screen}");
    harness.press(KeyCode::Enter);
    harness.work();
    assert_eq!(harness.cursor(), "[INFO] GET status=502 took=80");
    harness.write("#took");
    harness.press(KeyCode::Enter);
    harness.press_letter('<');
    harness.work();
    harness.press(KeyCode::Enter);
    harness.work();
    assert_eq!(harness.cursor(), "[INFO] GET status=200 took=5");
}

#[test]
fn the_field_of_a_record_is_counted() {
    let mut harness = harness();
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Enter);
    harness.press(KeyCode::Tab);
    harness.press_letter('c');
    let screen = harness.screen();
    assert!(screen.contains("took: 4 values in 4 records"), "{screen}");
}

#[test]
fn an_unknown_field_is_said_and_closing_cancels() {
    let mut harness = harness();
    harness.write("#user");
    harness.press(KeyCode::Enter);
    assert!(harness.screen().contains("no record has a field user"));
    harness.press_letter('r');
    assert!(
        harness
            .model
            .queries
            .is_waiting(crate::query::RequestKind::Top)
    );
    harness.press(KeyCode::Esc);
    assert!(
        !harness
            .model
            .queries
            .is_waiting(crate::query::RequestKind::Top)
    );
}
