//! From one time to the next.

use crossterm::event::KeyCode;

use super::*;
use crate::{follow::Change, stage::Stage};

/// Somebody who filters, hides, colours and marks.
fn busy() -> Stage {
    let mut stage = Stage::new(80, 12);
    stage.lines(0, 0..5);
    stage.line(2, 5, "[WARN] disk");
    for keys in ["&disk|line", "!line 3", "*line"] {
        stage.write(keys);
        stage.press(KeyCode::Enter);
    }
    stage.press(KeyCode::Up);
    stage.press_letter('m');
    stage.press_alt('2');
    stage.write("Cw");
    stage
}

fn opened(session: &Session) -> Stage {
    let mut stage = Stage::new(80, 12);
    stage.model.session = Some(session.clone());
    stage.model.apply(Change::Opened(Vec::new()));
    stage
}

#[test]
fn what_was_set_up_is_set_up_again() {
    let stage = busy();
    let session = Session::of(&stage.model);
    assert!(!session.is_empty());
    let text = toml::to_string(&session).unwrap();
    assert_eq!(toml::from_str::<Session>(&text).unwrap(), session, "{text}");
    let mut again = opened(&session);
    assert_eq!(again.model.sight.lens, stage.model.sight.lens);
    assert_eq!(again.model.highlights, stage.model.highlights);
    assert_eq!(again.model.bookmarks, stage.model.bookmarks);
    assert!(again.model.is_wrapped);
    assert_eq!(Session::of(&again.model), session);
    assert!(
        again
            .screen()
            .contains("filtered as last time; ctrl-r shows everything")
    );
    again.press_ctrl('r');
    again.press_letter('w');
    let kept = Session::of(&again.model);
    assert!(kept.filters.is_empty() && !kept.marks.is_empty());
}

#[test]
fn what_makes_no_sense_any_more_is_left_out() {
    let session = Session {
        level: Some("LOUD".into()),
        hidden: vec!["gone".into(), "audit".into()],
        highlights: vec!["(".into()],
        filters: vec![Filter {
            keep: true,
            on: true,
            pattern: "[".into(),
        }],
        marks: vec![Mark {
            folder: "nonsense".into(),
            stream: "app".into(),
            time: Timestamp::UNIX_EPOCH,
            place: 1,
        }],
        ..Session::default()
    };
    let stage = opened(&session);
    let expected = Session {
        hidden: vec!["audit".into()],
        ..Session::default()
    };
    assert_eq!(Session::of(&stage.model), expected);
}

#[test]
fn nothing_set_up_is_nothing_kept() {
    let mut stage = Stage::new(80, 12);
    stage.lines(0, 0..5);
    stage.press_letter('k');
    assert!(Session::of(&stage.model).is_empty());
    assert_eq!(opened(&Session::default()).model.notice, None);
}
