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
    let of = |folder, gap| {
        Some(Separator {
            folder,
            day: None,
            clocks: None,
            gap,
            is_cut: false,
        })
    };
    assert_eq!(
        separators,
        [None, None, of(None, gap(192)), of(folder, gap(3_349))]
    );
    let screen = harness.screen();
    assert!(screen.contains("·· 3m 12s without a line ··"), "{screen}");
    assert!(
        screen.contains("── 2025-05-04__15-00 ── 55m 49s without a line ──"),
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

#[test]
fn left_out_lines_and_midnight_are_told() {
    let mut harness = Harness::new(60, 30);
    harness.lines(0, 0..30);
    harness.write("&line (6|20)$");
    harness.press(crossterm::event::KeyCode::Enter);
    harness.press_letter('C');
    let screen = harness.screen();
    let rows: Vec<&str> = screen.lines().collect();
    let cut = rows.iter().position(|row| row.contains('⋮')).unwrap();
    assert!(rows[cut - 1].contains("line 7") && rows[cut + 1].contains("line 19"));
    let row = u16::try_from(cut - 1).unwrap();
    let (_, cells) = harness.cells(row);
    let is_dim =
        |cell: &ratatui::buffer::Cell| cell.modifier.contains(ratatui::style::Modifier::DIM);
    let message = cells
        .iter()
        .rev()
        .find(|cell| cell.symbol() == "7")
        .unwrap();
    assert!(is_dim(message), "a line of the context");
    let (_, cells) = harness.cells(row - 1);
    let message = cells
        .iter()
        .rev()
        .find(|cell| cell.symbol() == "6")
        .unwrap();
    assert!(!is_dim(message), "a line that matches");

    let mut harness = Harness::new(60, 12);
    harness.line(0, 86_399, "before midnight");
    harness.line(0, 86_401, "after midnight");
    assert!(
        harness.screen().contains(" ── Mon 5 May 2025 ──"),
        "{}",
        harness.screen()
    );
}

/// Returns the gaps that are shown between rows of these seconds.
fn gaps(seconds: &[u32]) -> Vec<i64> {
    let mut harness = Harness::new(80, 20);
    for second in seconds {
        harness.line(0, *second, "line");
    }
    let pane = harness.model.pane();
    let separators = pane.rows().filter_map(|number| pane.separator(number));
    let gaps = separators.filter_map(|separator| separator.gap);
    gaps.map(|gap| gap.num_seconds()).collect()
}

#[test]
fn a_gap_is_long_beside_those_before_it() {
    // Too few rows: a minute is long.
    assert_eq!(gaps(&[0, 41, 141]), [100]);
    // Many rows within a second: a few seconds are long.
    let dense: Vec<u32> = [1; 20].into_iter().chain([5, 5, 16]).collect();
    assert_eq!(gaps(&dense), [11]);
    // One row a minute: minutes are usual, once there are enough rows.
    let sparse: Vec<u32> = (0..14).map(|minute| minute * 60).collect();
    assert_eq!(gaps(&sparse), [60; 8]);
    assert_eq!(gaps(&[&sparse[..], &[1_400]].concat()), [60; 8]);
    let longer: Vec<u32> = (0..40).map(|row| row * 2).chain([200]).collect();
    assert_eq!(gaps(&longer), [122]);
}

#[test]
fn a_change_of_the_clocks_is_told() {
    let mut harness = Harness::new(60, 12);
    harness.model.panes[0].zone =
        chronologix_schema::layout::TimeZone::described("CET-1CEST,M3.5.0,M5.1.0/18").ok();
    // Clocks are set back at 16:00 in UTC on that day.
    harness.line(0, 16 * 3_600 - 60, "one");
    harness.line(0, 16 * 3_600, "two");
    let pane = &harness.model.panes[0];
    let separators = pane.rows().map(|number| pane.separator(number));
    let clocks: Vec<_> = separators.map(|it| it.and_then(|it| it.clocks)).collect();
    let hour = chrono::FixedOffset::east_opt(3_600);
    assert_eq!(clocks, [None, hour]);
}
