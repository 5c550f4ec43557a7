//! Times as typed, and where they lead.

use crossterm::event::KeyCode;

use super::*;
use crate::tests::harness::Harness;

#[test]
fn times_are_meant_from_where_the_reader_is() {
    let here = Here {
        instant: "2025-05-04T13:30:00Z".parse().unwrap(),
        folder: Folder::parse("2025-05-04__15-00").unwrap(),
        zone: chronologix_schema::layout::zone("Europe/Vienna").unwrap(),
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
    for nonsense in ["", "soon", "25:00", "+14:02", "-", "+", "24", "+999999999w"] {
        assert!(here.instant(nonsense).is_err(), "{nonsense}");
    }
}

fn jump(harness: &mut Harness, text: &str) {
    harness.press_letter('t');
    harness.write(text);
    harness.press(KeyCode::Enter);
    harness.work();
}

/// An hour and a half of lines from ten o'clock on, one a minute, the last ten of them loaded.
fn harness() -> Harness {
    let mut harness = Harness::new(60, 13);
    harness.folder("2025-05-04__10-00");
    for minute in 0..80 {
        harness.old(0, 36_000 + 60 * minute, &format!("line {minute}"));
    }
    for minute in 80..90 {
        harness.line(0, 36_000 + 60 * minute, &format!("line {minute}"));
    }
    harness.work();
    harness
}

#[test]
fn times_are_gone_to_wherever_they_are() {
    let mut harness = harness();
    for (typed, expected) in [
        ("11:25", "line 85"),
        ("-1h", "line 25"),
        ("+4m30s", "line 30"),
        ("10:00", "line 0"),
        ("2025-05-04 10:10", "line 10"),
    ] {
        jump(&mut harness, typed);
        assert_eq!(harness.cursor(), expected, "{typed}");
    }
    jump(&mut harness, "13:00");
    assert!(
        harness.screen().contains("nothing at or after that time"),
        "{}",
        harness.screen()
    );
    assert!(harness.screen().contains("LIVE"));
}

#[test]
fn what_is_no_time_is_said_and_can_be_put_right() {
    let mut harness = harness();
    jump(&mut harness, "soon");
    assert!(harness.model.prompt.as_ref().unwrap().problem.is_some());
    harness.press_ctrl('u');
    harness.write("11:21");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.cursor(), "line 81");
    let mut empty = Harness::new(60, 13);
    jump(&mut empty, "14:02");
    assert!(
        empty.screen().contains("no lines yet"),
        "{}",
        empty.screen()
    );
}
