//! Changes of the tree.

use super::*;
use crate::follow::{Change, Incident};
use crate::stage::Stage;

#[test]
fn the_merged_view_begins_where_all_streams_are_known() {
    let mut stage = Stage::new(60, 10);
    let cut = Key {
        sequence: 7,
        ..stage.key(0, 30)
    };
    stage.model.apply(Change::Opened(vec![cut]));
    stage.line(1, 10, "app may have said much before this");
    stage.line(1, 40, "known");
    stage.line(0, 50, "known too");
    assert_eq!(stage.texts(), ["known", "known too"]);
    stage.press_letter('2');
    assert_eq!(
        stage.texts(),
        ["app may have said much before this", "known"]
    );
}

#[test]
fn a_tree_opened_again_is_not_shown_twice() {
    let mut stage = Stage::new(60, 10);
    stage.lines(0, 0..3);
    stage.model.apply(Change::Opened(Vec::new()));
    stage.lines(0, 0..3);
    assert_eq!(stage.texts(), ["line 0", "line 1", "line 2"]);
}

#[test]
fn what_happens_to_a_file_stands_between_its_lines() {
    let mut stage = Stage::new(80, 10);
    stage.line(0, 1, "before");
    let key = stage.key(0, 1);
    stage
        .model
        .apply(Change::Incident(key, "app.log".into(), Incident::Truncated));
    stage.line(0, 2, "after");
    let screen = stage.screen();
    let position = |text: &str| screen.find(text).unwrap();
    assert!(position("before") < position("· app.log was cut short"));
    assert!(position("· app.log was cut short") < position("after"));
    assert!(stage.model.notice.is_some());
    stage.press(crossterm::event::KeyCode::Esc);
    assert_eq!(stage.model.notice, None);
}

#[test]
fn memory_is_shared_by_the_tabs() {
    let mut stage = Stage::new(60, 10);
    let long = "x".repeat(10_000);
    for second in 0..3_000 {
        stage.line(0, second, &long);
    }
    let rows = stage.model.panes[1].buffer.range();
    assert!(rows.start > buffer::MIDDLE && rows.end == buffer::MIDDLE + 3_000);
    assert!((rows.end - rows.start) * 10_000 <= BYTES as u64 / 4);
}
