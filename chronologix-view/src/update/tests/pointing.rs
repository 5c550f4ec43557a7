//! The mouse.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::{stage::Stage, update::mouse};

fn point(stage: &mut Stage, kind: MouseEventKind, column: u16, row: u16) -> bool {
    let mouse = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    mouse::point(&mut stage.model, mouse)
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

fn stage() -> Stage {
    let mut stage = Stage::new(100, 12);
    stage.lines(0, 0..50);
    stage.line(2, 50, "audit");
    stage
}

#[test]
fn the_wheel_scrolls_and_a_click_goes_to_a_row() {
    let mut stage = stage();
    assert!(point(&mut stage, MouseEventKind::ScrollUp, 20, 5));
    assert!(point(&mut stage, MouseEventKind::ScrollUp, 20, 5));
    assert_eq!(stage.texts()[0], "line 36");
    assert!(point(&mut stage, CLICK, 20, 4));
    assert_eq!(
        (stage.cursor().as_str(), stage.texts()[0].as_str()),
        ("line 38", "line 36")
    );
    for _ in 0..3 {
        point(&mut stage, MouseEventKind::ScrollDown, 20, 5);
    }
    assert!(stage.screen().contains("LIVE") || stage.cursor() == "line 47");
    assert!(
        !point(&mut stage, MouseEventKind::Moved, 20, 5),
        "nothing is drawn for it"
    );
}

#[test]
fn tabs_and_the_rail_are_clicked() {
    let mut stage = stage();
    let screen = stage.screen();
    let row = screen.lines().nth(1).unwrap();
    let column = |text: &str| u16::try_from(row.find(text).unwrap() - 1).unwrap();
    assert!(point(&mut stage, CLICK, column("3 audit"), 1));
    assert_eq!(stage.model.tab, 3);
    assert!(point(
        &mut stage,
        MouseEventKind::Down(MouseButton::Right),
        column("1 app"),
        1
    ));
    assert_eq!(stage.model.sight.lens.hidden.len(), 1);
    stage.press_letter('s');
    assert!(point(&mut stage, CLICK, 3, 3));
    assert_eq!(stage.model.tab, 1);
    assert!(!point(&mut stage, CLICK, 3, 9), "below the streams");
}

#[test]
fn a_click_in_the_other_half_goes_there() {
    let mut stage = stage();
    stage.press_letter('|');
    assert!(point(&mut stage, CLICK, 80, 5));
    assert_eq!((stage.model.tab, stage.model.other), (3, Some(0)));
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let mut stage = stage();
    assert!(stage.model.has_mouse);
    stage.press_letter('M');
    assert!(!stage.model.has_mouse);
}

#[test]
fn the_strip_and_the_histogram_are_clicked() {
    let mut stage = Stage::new(100, 20);
    for hour in 10..15 {
        stage.folder(&format!("2025-05-04__{hour}-00"));
        for minute in 0..hour {
            stage.old(
                0,
                3_600 * hour + 60 * minute,
                &format!("line {hour} {minute}"),
            );
        }
    }
    stage.folder("2025-05-04__15-00");
    stage.line(0, 3_600 * 15, "line 15 0");
    stage.model.apply(crate::follow::Change::Opened(Vec::new()));
    stage.line(0, 3_600 * 15, "line 15 0");
    stage.work();
    // Six folders end before the ten columns of the state.
    assert!(point(&mut stage, CLICK, 100 - 10 - 4, 0));
    stage.work();
    assert_eq!(stage.cursor(), "line 12 0");
    stage.press_letter('i');
    assert!(stage.screen().contains("lines at most in a column"));
    assert!(point(&mut stage, CLICK, 1, 3));
    stage.work();
    assert_eq!(stage.cursor(), "line 11 0");
    assert!(!point(&mut stage, CLICK, 60, 3), "there is nothing");
    stage.press_letter('i');
    assert!(!stage.screen().contains("in a column"));
}
