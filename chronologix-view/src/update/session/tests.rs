//! Sessions from one run to the next.

use chrono::DateTime;
use crossterm::event::KeyCode;

use super::*;
use crate::{tail::Change, tests::harness::Harness, update};

/// A user who has set filters, a hidden stream, a highlight and a mark.
fn busy() -> Harness {
    let mut harness = Harness::new(80, 12);
    harness.lines(0, 0..5);
    harness.line(2, 5, "[WARN] disk");
    for keys in ["&disk|line", "!line 3", "*line", "=stream!=audit"] {
        harness.write(keys);
        harness.press(KeyCode::Enter);
    }
    harness.press(KeyCode::Up);
    harness.press_letter('m');
    harness.press_alt('2');
    harness.write("Cw");
    harness
}

fn opened(session: &Session) -> Harness {
    let mut harness = Harness::new(80, 12);
    harness.model.session = Some(session.clone());
    update::apply(&mut harness.model, Change::Opened(Vec::new()));
    harness
}

#[test]
fn what_was_set_up_is_set_up_again() {
    let harness = busy();
    let session = capture(&harness.model);
    assert!(!session.is_empty());
    let text = toml::to_string(&session).unwrap();
    assert_eq!(toml::from_str::<Session>(&text).unwrap(), session, "{text}");
    let mut again = opened(&session);
    assert_eq!(again.model.row_match, harness.model.row_match);
    assert_eq!(again.model.highlights, harness.model.highlights);
    assert_eq!(again.model.bookmarks, harness.model.bookmarks);
    assert!(again.model.is_wrapped);
    assert_eq!(capture(&again.model), session);
    assert!(
        again
            .screen()
            .contains("filters of the last session; ctrl-r clears them")
    );
    again.press_ctrl('r');
    again.press_letter('w');
    let kept = capture(&again.model);
    assert!(kept.filters.is_empty() && !kept.marks.is_empty());
}

#[test]
fn days_begin_in_the_zone_of_the_last_session() {
    let tokyo = || chronologix_schema::layout::zone("Asia/Tokyo").ok();
    let mut harness = Harness::new(80, 12);
    harness.model.zones.local = tokyo();
    harness.press_letter('U');
    let session = capture(&harness.model);
    let mut again = Harness::new(80, 12);
    again.model.zones.local = tokyo();
    again.model.session = Some(session);
    update::apply(&mut again.model, Change::Opened(Vec::new()));
    assert_eq!(again.model.zones.shown(), harness.model.zones.shown());
    again.folder("2025-05-04__14-00");
    again.line(0, 14 * 3_600 + 3_599, "[INFO] before midnight in Tokyo");
    again.folder("2025-05-04__15-00");
    again.line(0, 1, "[INFO] after it");
    let screen = again.screen();
    let mut rows = screen.lines();
    let is_rule = |row: &str| row.contains("──") && row.contains("Mon 5 May");
    assert!(rows.any(is_rule), "{screen}");
}

#[test]
fn what_makes_no_sense_any_more_is_left_out() {
    let session = Session {
        level: Some("LOUD".into()),
        hidden: vec!["gone".into(), "audit".into()],
        highlights: vec!["(".into()],
        filters: vec![SavedFilter {
            keep: true,
            on: true,
            pattern: "[".into(),
        }],
        fields: vec![SavedFieldFilter {
            keep: true,
            on: true,
            condition: "status>=".into(),
        }],
        marks: vec![SavedMark {
            folder: "nonsense".into(),
            stream: "app".into(),
            time: DateTime::UNIX_EPOCH,
            place: 1,
        }],
        ..Session::default()
    };
    let harness = opened(&session);
    let expected = Session {
        hidden: vec!["audit".into()],
        ..Session::default()
    };
    assert_eq!(capture(&harness.model), expected);
}

#[test]
fn nothing_set_up_is_nothing_kept() {
    let mut harness = Harness::new(80, 12);
    harness.lines(0, 0..5);
    harness.press_letter('k');
    assert!(capture(&harness.model).is_empty());
    assert_eq!(opened(&Session::default()).model.notice, None);
}

#[test]
fn the_look_is_as_last_time() {
    let mut harness = Harness::new(80, 24);
    harness.lines(0, 0..5);
    assert!(capture(&harness.model).is_empty());
    harness.write("TSsiU");
    harness.line(0, 6, "request status=200");
    harness.press(KeyCode::F(2));
    harness.press_letter(' ');
    harness.press(KeyCode::Esc);
    let session = capture(&harness.model);
    assert_eq!(session.columns.len(), 1);
    let text = toml::to_string(&session).unwrap();
    assert_eq!(toml::from_str::<Session>(&text).unwrap(), session, "{text}");
    let again = opened(&session);
    assert_eq!(again.model.theme, harness.model.theme);
    assert_eq!(again.model.stamp, harness.model.stamp);
    assert_eq!(again.model.columns, harness.model.columns);
    assert_eq!(again.model.panels, harness.model.panels);
    assert_eq!(again.model.notice, None, "nothing is hidden");
}
