//! Visible rows and separators.

use crate::{model::visible_rows::Separator, tests::harness::Harness};

#[test]
fn a_long_silence_and_a_new_folder_are_told() {
    let mut harness = Harness::new(60, 12);
    harness.folder("2025-05-04__14-00");
    harness.line(0, 0, "one");
    harness.line(0, 59, "two");
    harness.line(0, 251, "three");
    harness.folder("2025-05-04__15-00");
    harness.line(0, 16 * 3_600, "four");
    let pane = &harness.model.panes[0];
    let separators: Vec<_> = pane.rows().map(|number| pane.separator(number)).collect();
    let folder = chronologix_schema::layout::Folder::parse("2025-05-04__15-00");
    let gap = |seconds| Some(chrono::TimeDelta::seconds(seconds));
    let of = |folder, gap| Some(Separator { folder, gap });
    assert_eq!(
        separators,
        [None, None, of(None, gap(192)), of(folder, gap(3_349))]
    );
    let screen = harness.screen();
    assert!(screen.contains("·· gap 3m 12s ··"), "{screen}");
    assert!(
        screen.contains("── 2025-05-04__15-00 ── gap 55m 49s ──"),
        "{screen}"
    );
}

#[test]
fn context_lines_are_seen_once_asked_for() {
    let mut harness = Harness::new(60, 20);
    harness.lines(0, 0..12);
    harness.write("&line 6");
    harness.press(crossterm::event::KeyCode::Enter);
    assert_eq!(harness.texts(), ["line 6"]);
    harness.write("CC");
    assert_eq!(
        harness.texts(),
        ["line 4", "line 5", "line 6", "line 7", "line 8"]
    );
    harness.write("c");
    assert_eq!(harness.texts(), ["line 5", "line 6", "line 7"]);
    harness.write("!line 7");
    harness.press(crossterm::event::KeyCode::Enter);
    assert_eq!(
        harness.texts(),
        ["line 5", "line 6"],
        "what is dropped is no context"
    );
}
