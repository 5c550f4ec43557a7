//! From row to row, with what stands between them.

use crate::{model::walk::Separator, stage::Stage};

#[test]
fn a_long_silence_and_a_new_folder_are_told() {
    let mut stage = Stage::new(60, 12);
    stage.folder("2025-05-04__14-00");
    stage.line(0, 0, "one");
    stage.line(0, 59, "two");
    stage.line(0, 251, "three");
    stage.folder("2025-05-04__15-00");
    stage.line(0, 3_600, "four");
    let pane = &stage.model.panes[0];
    let separators: Vec<_> = pane.rows().map(|number| pane.separator(number)).collect();
    let folder = chronologix_schema::layout::Folder::parse("2025-05-04__15-00");
    let gap = |seconds| Some(jiff::SignedDuration::from_secs(seconds));
    let of = |folder, gap| Some(Separator { folder, gap });
    assert_eq!(
        separators,
        [None, None, of(None, gap(192)), of(folder, gap(3_349))]
    );
    let screen = stage.screen();
    assert!(screen.contains("·· gap 3m 12s ··"), "{screen}");
    assert!(
        screen.contains("── 2025-05-04__15-00 ── gap 55m 49s ──"),
        "{screen}"
    );
}

#[test]
fn lines_around_those_kept_are_seen_once_asked_for() {
    let mut stage = Stage::new(60, 20);
    stage.lines(0, 0..12);
    stage.write("&line 6");
    stage.press(crossterm::event::KeyCode::Enter);
    assert_eq!(stage.texts(), ["line 6"]);
    stage.write("CC");
    assert_eq!(
        stage.texts(),
        ["line 4", "line 5", "line 6", "line 7", "line 8"]
    );
    stage.write("c");
    assert_eq!(stage.texts(), ["line 5", "line 6", "line 7"]);
    stage.write("!line 7");
    stage.press(crossterm::event::KeyCode::Enter);
    assert_eq!(
        stage.texts(),
        ["line 5", "line 6"],
        "what is dropped is no context"
    );
}
