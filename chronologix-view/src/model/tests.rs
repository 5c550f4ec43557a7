//! Changes of the tree.

use super::*;
use crate::tail::{Change, Incident};
use crate::tests::harness::Harness;

#[test]
fn the_merged_view_begins_where_all_streams_are_known() {
    let mut harness = Harness::new(60, 10);
    let cut = Key {
        sequence: 7,
        ..harness.key(0, 30)
    };
    harness.model.apply(Change::Opened(vec![cut]));
    harness.line(1, 10, "app may have said much before this");
    harness.line(1, 40, "known");
    harness.line(0, 50, "known too");
    assert_eq!(harness.texts(), ["known", "known too"]);
    harness.press_letter('2');
    assert_eq!(
        harness.texts(),
        ["app may have said much before this", "known"]
    );
}

#[test]
fn a_tree_opened_again_is_not_shown_twice() {
    let mut harness = Harness::new(60, 10);
    harness.lines(0, 0..3);
    harness.model.apply(Change::Opened(Vec::new()));
    harness.lines(0, 0..3);
    assert_eq!(harness.texts(), ["line 0", "line 1", "line 2"]);
}

#[test]
fn what_happens_to_a_file_stands_between_its_lines() {
    let mut harness = Harness::new(80, 10);
    harness.line(0, 1, "before");
    let key = harness.key(0, 1);
    harness
        .model
        .apply(Change::Incident(key, "app.log".into(), Incident::Truncated));
    harness.line(0, 2, "after");
    let screen = harness.screen();
    let position = |text: &str| screen.find(text).unwrap();
    assert!(position("before") < position("· app.log was truncated"));
    assert!(position("· app.log was truncated") < position("after"));
    assert!(harness.model.notice.is_some());
    harness.press(crossterm::event::KeyCode::Esc);
    assert_eq!(harness.model.notice, None);
}

#[test]
fn memory_is_shared_by_the_tabs() {
    let mut harness = Harness::new(60, 10);
    let long = "x".repeat(10_000);
    for second in 0..3_000 {
        harness.line(0, second, &long);
    }
    let rows = harness.model.panes[1].buffer.range();
    assert!(rows.start > buffer::MIDDLE && rows.end == buffer::MIDDLE + 3_000);
    assert!((rows.end - rows.start) * 10_000 <= BYTES as u64 / 4);
}
