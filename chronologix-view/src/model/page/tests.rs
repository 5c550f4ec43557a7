//! Rows on a screen.

use crossterm::event::KeyCode;

use crate::{
    model::{buffer::MIDDLE, regions::Regions},
    stage::Stage,
};

/// The rows of the screen, by the second of their line.
fn rows(stage: &Stage) -> Vec<(u64, i64)> {
    let placed = stage.model.with_page(|page| page.placed());
    placed
        .iter()
        .map(|placed| (placed.number - MIDDLE, placed.y))
        .collect()
}

#[test]
fn the_last_rows_end_at_the_bottom_and_few_begin_at_the_top() {
    let mut stage = Stage::new(60, 8);
    stage.lines(0, 0..2);
    stage.screen();
    assert_eq!(rows(&stage), [(0, 0), (1, 1)]);
    stage.lines(0, 2..9);
    assert_eq!(rows(&stage), [(4, 0), (5, 1), (6, 2), (7, 3), (8, 4)]);
}

#[test]
fn long_lines_take_the_rows_they_need_and_the_first_may_lack_some() {
    let mut stage = Stage::new(40, 8);
    let width = Regions::of(&stage.model).lines().width;
    stage.line(0, 0, &"x".repeat(3 * usize::from(width)));
    stage.lines(0, 1..4);
    stage.press_letter('w');
    // The long one begins above the screen.
    let first = rows(&stage)[0];
    assert!(first.0 == 0 && first.1 < 0, "{first:?}");
    stage.press(KeyCode::Home);
    assert_eq!(rows(&stage)[0], (0, 0));
    stage.press(KeyCode::Down);
    stage.press(KeyCode::Down);
    let cursor = stage.model.pane().scroll.held().unwrap().cursor - MIDDLE;
    let last = rows(&stage);
    assert!(
        last.iter().any(|(number, y)| *number == cursor && *y < 5),
        "{last:?}"
    );
}

#[test]
fn what_is_far_is_shown_with_rows_before_it() {
    let mut stage = Stage::new(60, 13);
    stage.lines(0, 0..100);
    stage.write("/line 50\n");
    stage.press(KeyCode::Enter);
    assert_eq!(stage.cursor(), "line 50");
    assert_eq!(stage.texts()[3], "line 50");
}
