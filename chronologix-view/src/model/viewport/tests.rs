//! Rows on a screen.

use crossterm::event::KeyCode;

use crate::{
    model::{buffer::MIDDLE, layout::ScreenLayout},
    tests::harness::Harness,
};

/// The rows of the screen, by the second of their line.
fn rows(harness: &Harness) -> Vec<(u64, i64)> {
    let placed = harness.model.with_page(|page| page.placed());
    placed
        .iter()
        .map(|placed| (placed.number - MIDDLE, placed.y))
        .collect()
}

#[test]
fn the_last_rows_end_at_the_bottom_and_few_begin_at_the_top() {
    let mut harness = Harness::new(60, 8);
    harness.lines(0, 0..2);
    harness.screen();
    assert_eq!(rows(&harness), [(0, 0), (1, 1)]);
    harness.lines(0, 2..9);
    assert_eq!(rows(&harness), [(4, 0), (5, 1), (6, 2), (7, 3), (8, 4)]);
}

#[test]
fn long_lines_take_the_rows_they_need_and_the_first_may_lack_some() {
    let mut harness = Harness::new(40, 8);
    let width = ScreenLayout::of(&harness.model).lines().width;
    harness.line(0, 0, &"x".repeat(3 * usize::from(width)));
    harness.lines(0, 1..4);
    harness.press_letter('w');
    // The long one begins above the screen.
    let first = rows(&harness)[0];
    assert!(first.0 == 0 && first.1 < 0, "{first:?}");
    harness.press(KeyCode::Home);
    assert_eq!(rows(&harness)[0], (0, 0));
    harness.press(KeyCode::Down);
    harness.press(KeyCode::Down);
    let cursor = harness.model.pane().scroll.held().unwrap().cursor - MIDDLE;
    let last = rows(&harness);
    assert!(
        last.iter().any(|(number, y)| *number == cursor && *y < 5),
        "{last:?}"
    );
}

#[test]
fn what_is_far_is_shown_with_rows_before_it() {
    let mut harness = Harness::new(60, 13);
    harness.lines(0, 0..100);
    harness.write("/line 50\n");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.cursor(), "line 50");
    assert_eq!(harness.texts()[3], "line 50");
}
