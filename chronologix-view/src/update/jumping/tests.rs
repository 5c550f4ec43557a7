//! Times as they are typed, and where they lead.

use crossterm::event::KeyCode;

use super::*;
use crate::stage::Stage;

#[test]
fn times_are_meant_from_where_the_reader_is() {
    let here = Here {
        instant: "2025-05-04T13:30:00Z".parse().unwrap(),
        folder: Folder::parse("2025-05-04__15-00").unwrap(),
        zone: TimeZone::get("Europe/Vienna").unwrap(),
    };
    for (typed, expected) in [
        ("14:02", "2025-05-04T12:02:00Z"),
        ("23:59:58", "2025-05-04T21:59:58Z"),
        ("9:05", "2025-05-04T07:05:00Z"),
        ("-10m", "2025-05-04T13:20:00Z"),
        ("-1h30m", "2025-05-04T12:00:00Z"),
        ("+5m", "2025-05-04T13:35:00Z"),
        (" +2d ", "2025-05-06T13:30:00Z"),
        ("2025-05-03 14:02", "2025-05-03T12:02:00Z"),
        ("2025-05-03", "2025-05-02T22:00:00Z"),
        ("2025-05-03T14:02:00+00:00", "2025-05-03T14:02:00Z"),
    ] {
        assert_eq!(
            here.instant(typed),
            Ok(expected.parse().unwrap()),
            "{typed}"
        );
    }
    for nonsense in ["", "soon", "25:00", "+14:02", "-", "+", "10", "+999999999w"] {
        assert!(here.instant(nonsense).is_err(), "{nonsense}");
    }
}

fn jump(stage: &mut Stage, text: &str) {
    stage.press_letter('t');
    stage.write(text);
    stage.press(KeyCode::Enter);
    stage.work();
}

/// An hour and a half of lines, one a minute, the last ten of them loaded. The stage counts its
/// seconds from the epoch, so its day is the first one.
fn stage() -> Stage {
    let mut stage = Stage::new(60, 13);
    stage.folder("1970-01-01__00-00");
    for minute in 0..80 {
        stage.old(0, 60 * minute, &format!("line {minute}"));
    }
    for minute in 80..90 {
        stage.line(0, 60 * minute, &format!("line {minute}"));
    }
    stage.work();
    stage
}

#[test]
fn times_are_gone_to_wherever_they_are() {
    let mut stage = stage();
    for (typed, expected) in [
        ("01:25", "line 85"),
        ("-1h", "line 25"),
        ("+4m30s", "line 30"),
        ("0:00", "line 0"),
        ("1970-01-01 00:10", "line 10"),
    ] {
        jump(&mut stage, typed);
        assert_eq!(stage.cursor(), expected, "{typed}");
    }
    jump(&mut stage, "03:00");
    assert!(
        stage.screen().contains("no lines then or later"),
        "{}",
        stage.screen()
    );
    assert!(stage.screen().contains("LIVE"));
}

#[test]
fn what_is_no_time_is_said_and_can_be_put_right() {
    let mut stage = stage();
    jump(&mut stage, "soon");
    assert!(stage.model.prompt.as_ref().unwrap().problem.is_some());
    stage.press_ctrl('u');
    stage.write("01:21");
    stage.press(KeyCode::Enter);
    assert_eq!(stage.cursor(), "line 81");
    let mut empty = Stage::new(60, 13);
    jump(&mut empty, "14:02");
    assert!(
        empty.screen().contains("there are no lines to go to"),
        "{}",
        empty.screen()
    );
}
