//! The tables of patterns, and of those that changed.

use std::sync::Arc;

use crossterm::event::KeyCode;

use crate::{patterns::Catalogue, query::RequestKind, tests::harness::Harness, update::session};

/// Four orders, a warning and an error.
fn harness() -> Harness {
    let mut harness = Harness::new(110, 20);
    harness.model.queries.is_open = true;
    for second in 1..5 {
        harness.line(0, second, &format!("[INFO] order {second} filled qty=7"));
    }
    harness.line(0, 5, "[WARN] retry 3 of 9");
    harness.line(0, 6, "[ERROR] disk /dev/sda1 is full");
    harness
}

fn catalogue() -> Arc<Catalogue> {
    let statement = concat!(
        r#"{"id":"order.filled","stream":"app","level":"INFO","template":"order {} filled","#,
        r#""arguments":["integer"],"fields":[{"key":"qty","kind":"integer"}],"crate":"shop","#,
        r#""module":"shop::orders","file":"src/orders.rs","line":41}"#,
    );
    Arc::new(Catalogue::parse(statement))
}

#[test]
fn a_pattern_is_chosen_and_is_a_filter_like_others() {
    let mut harness = harness();
    harness.press_letter('p');
    let screen = harness.screen();
    let title = "3 patterns in 6 records, most frequent first";
    assert!(screen.contains(title), "{screen}");
    assert!(
        screen.contains(" 4   66.6 %  INF  15:00:01  15:00:04  "),
        "{screen}"
    );
    harness.press_letter('j');
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts().len(), 4);
    let chip = r#"pattern="order <number> filled qty=<*>""#;
    let screen = harness.screen();
    assert!(screen.contains(chip), "{screen}");
    assert!(screen.contains("4 of 6 shown"), "{screen}");
    // Lines that come later are filtered as well.
    harness.line(0, 7, "[INFO] order 900 filled qty=12");
    harness.line(0, 8, "[INFO] order 900 rejected");
    assert_eq!(harness.texts().len(), 5);
    harness.write("Fn");
    harness.press(KeyCode::Esc);
    assert_eq!(harness.texts().len(), 3);
    harness.press_letter('u');
    harness.press_letter('u');
    assert_eq!(harness.texts().len(), 8);
}

#[test]
fn the_rarest_come_first_and_one_is_left_out() {
    let mut harness = harness();
    harness.write("pr");
    let screen = harness.screen();
    assert!(screen.contains("rarest first"), "{screen}");
    harness.press_letter('G');
    harness.press_letter('!');
    let screen = harness.screen();
    assert!(
        screen.contains("2 patterns in 2 records, rarest first"),
        "{screen}"
    );
    harness.press_letter('r');
    assert!(harness.screen().contains("most frequent first"));
    harness.press(KeyCode::Esc);
    assert_eq!((&harness.model.overlay, &harness.model.top), (&None, &None));
    assert_eq!(harness.texts().len(), 2);
    harness.press_letter('p');
    assert!(harness.model.queries.is_waiting(RequestKind::Top));
    harness.press(KeyCode::Esc);
    assert!(!harness.model.queries.is_waiting(RequestKind::Top));
}

#[test]
fn a_statement_is_said_with_its_file_and_line() {
    let mut harness = harness();
    harness.archive.catalogue = catalogue();
    harness.press_letter('p');
    let screen = harness.screen();
    assert!(
        screen.contains("order <number> filled qty=<number>"),
        "{screen}"
    );
    harness.press_letter('e');
    assert_eq!(
        harness.model.notice.as_deref(),
        Some("src/orders.rs:41  order.filled")
    );
    harness.press_letter('j');
    harness.press_letter('e');
    let notice = harness.model.notice.clone().unwrap_or_default();
    assert!(notice.contains("no catalogue"), "{notice}");
    harness.press_letter('k');
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts().len(), 4);
    // The next session has the filter again.
    let session = session::capture(&harness.model);
    let condition = r#"pattern="order <number> filled qty=<number>""#;
    assert_eq!(session.fields[0].condition, condition);
}

#[test]
fn an_id_of_a_statement_is_typed() {
    let mut harness = harness();
    harness.model.statements.set(catalogue());
    harness.write("=pattern=order.filled");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts().len(), 4);
}

#[test]
fn what_is_shown_is_compared_with_the_time_before() {
    let mut harness = Harness::new(110, 20);
    // Each record has a row, so that the first ones are above the screen.
    harness.press_letter('r');
    harness.model.queries.is_open = true;
    for second in 0..40 {
        harness.line(0, second, "[INFO] tick");
    }
    harness.line(0, 40, "[ERROR] disk /dev/sda1 is full");
    harness.press_letter('D');
    let screen = harness.screen();
    assert!(
        screen.contains("05-04 15:00:25 to 15:00:40 against the 15 s before"),
        "{screen}"
    );
    assert!(
        screen.contains("new  1 now  0 before  ERR  disk <path> is full"),
        "{screen}"
    );
    harness.press_letter('+');
    let screen = harness.screen();
    assert!(screen.contains("against the 30 s before"), "{screen}");
    harness.press_letter('y');
    let screen = harness.screen();
    assert!(screen.contains("against yesterday"), "{screen}");
    assert!(screen.contains("30 now"), "{screen}");
    harness.press_letter('w');
    assert!(harness.screen().contains("against last week"));
    harness.press_letter('b');
    harness.work();
    harness.press(KeyCode::Enter);
    assert_eq!(harness.texts(), ["[ERROR] disk /dev/sda1 is full"]);
}

#[test]
fn what_is_selected_is_compared() {
    let mut harness = Harness::new(110, 20);
    harness.model.queries.is_open = true;
    harness.lines(0, 0..40);
    harness.press(KeyCode::Up);
    harness.press_letter('v');
    for _ in 0..4 {
        harness.press(KeyCode::Up);
    }
    harness.press_letter('D');
    let screen = harness.screen();
    assert!(
        screen.contains("to 15:00:38 against the 4 s before"),
        "{screen}"
    );
    assert!(screen.contains("nothing is new"), "{screen}");
}
