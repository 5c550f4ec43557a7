//! The mouse.

use crossterm::event::{KeyCode, MouseButton, MouseEventKind};
use ratatui::layout::Position;

use crate::{tests::harness::Harness, ui, update::mouse};

fn point(harness: &mut Harness, kind: MouseEventKind, column: u16, row: u16) -> bool {
    let at = Position::new(column, row);
    mouse::point(&mut harness.model, kind, |model| ui::target_at(model, at))
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

fn harness() -> Harness {
    let mut harness = Harness::new(100, 12);
    harness.lines(0, 0..50);
    harness.line(2, 50, "audit");
    harness
}

#[test]
fn the_wheel_scrolls_and_a_click_goes_to_a_row() {
    let mut harness = harness();
    assert!(point(&mut harness, MouseEventKind::ScrollUp, 20, 5));
    assert!(point(&mut harness, MouseEventKind::ScrollUp, 20, 5));
    assert_eq!(harness.texts()[0], "line 36");
    assert!(point(&mut harness, CLICK, 20, 4));
    assert_eq!(
        (harness.cursor().as_str(), harness.texts()[0].as_str()),
        ("line 38", "line 36")
    );
    for _ in 0..3 {
        point(&mut harness, MouseEventKind::ScrollDown, 20, 5);
    }
    assert!(harness.screen().contains("LIVE") || harness.cursor() == "line 47");
    assert!(
        !point(&mut harness, MouseEventKind::Moved, 20, 5),
        "nothing is drawn for it"
    );
}

#[test]
fn tabs_and_the_sidebar_are_clicked() {
    let mut harness = harness();
    let screen = harness.screen();
    let row = screen.lines().nth(1).unwrap();
    let column = |text: &str| u16::try_from(row.find(text).unwrap() - 1).unwrap();
    assert!(point(&mut harness, CLICK, column("3 audit"), 1));
    assert_eq!(harness.model.tab, 3);
    assert!(point(
        &mut harness,
        MouseEventKind::Down(MouseButton::Right),
        column("1 app"),
        1
    ));
    assert_eq!(harness.model.row_match.hidden.len(), 1);
    harness.press_letter('s');
    assert!(point(&mut harness, CLICK, 3, 4));
    assert_eq!(harness.model.tab, 1);
    assert!(!point(&mut harness, CLICK, 3, 9), "below the streams");
}

#[test]
fn a_click_in_the_other_half_goes_there() {
    let mut harness = harness();
    harness.press_letter('|');
    assert!(point(&mut harness, CLICK, 80, 5));
    assert_eq!((harness.model.tab, harness.model.other), (3, Some(0)));
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let mut harness = harness();
    assert!(harness.model.has_mouse);
    harness.press_letter('M');
    assert!(!harness.model.has_mouse);
}

#[test]
fn the_timeline_bar_and_the_histogram_are_clicked() {
    let mut harness = Harness::new(100, 20);
    for hour in 10..15 {
        harness.folder(&format!("2025-05-04__{hour}-00"));
        for minute in 0..hour {
            harness.old(
                0,
                3_600 * hour + 60 * minute,
                &format!("line {hour} {minute}"),
            );
        }
    }
    harness.folder("2025-05-04__15-00");
    harness.line(0, 3_600 * 15, "line 15 0");
    harness.model.apply(crate::tail::Change::Opened(Vec::new()));
    harness.line(0, 3_600 * 15, "line 15 0");
    harness.work();
    // Behind the time at which it begins.
    assert!(point(&mut harness, CLICK, 7 + 2, 1));
    harness.work();
    assert_eq!(harness.cursor(), "line 12 0");
    harness.press_letter('i');
    assert!(harness.screen().contains("peak:"));
    assert!(point(&mut harness, CLICK, 4 + 1, 3));
    harness.work();
    assert_eq!(harness.cursor(), "line 11 0");
    assert!(!point(&mut harness, CLICK, 60, 3), "there is nothing");
    harness.press_letter('i');
    assert!(!harness.screen().contains("peak:"));
}

#[test]
fn lines_are_clicked_while_the_details_are_open() {
    let mut harness = Harness::new(100, 24);
    harness.lines(0, 0..50);
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Enter);
    let first = harness.texts()[0].clone();
    assert!(point(&mut harness, CLICK, 20, 3));
    assert_ne!(harness.cursor(), "line 48");
    let details = harness.screen().split('┌').nth(1).unwrap().to_owned();
    assert!(details.contains(&harness.cursor()), "{details}");
    assert_eq!(harness.texts()[0], first, "nothing is scrolled");
    let cursor = harness.cursor();
    // The details themselves are no lines.
    assert!(!point(&mut harness, CLICK, 20, 21));
    assert_eq!(harness.cursor(), cursor);
}

#[test]
fn the_wheel_scrolls_the_list_above_the_lines() {
    let mut harness = Harness::new(72, 14);
    harness.lines(0, 0..50);
    let first = harness.texts()[0].clone();
    harness.press_letter('?');
    let before = harness.screen();
    assert!(point(&mut harness, MouseEventKind::ScrollDown, 20, 5));
    assert_ne!(harness.screen(), before);
    assert!(point(&mut harness, MouseEventKind::ScrollUp, 20, 5));
    assert_eq!(harness.screen(), before);
    let right = MouseEventKind::Down(MouseButton::Right);
    assert!(!point(&mut harness, right, 3, 1), "the tabs are covered");
    harness.press(KeyCode::Esc);
    assert_eq!(harness.texts()[0], first);
}
