//! Whole screens. `cargo insta review` shows what changed.

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::{
    follow::{Change, Incident, Waiting},
    stage::Stage,
};

/// A service at work.
fn busy() -> Stage {
    let mut stage = Stage::new(72, 12);
    stage.folder("2025-05-04__14-00");
    stage.line(0, 0, "[INFO] listening on port 8080");
    stage.folder("2025-05-04__15-00");
    stage.line(0, 1, "[INFO] order 17 filled qty=3");
    stage.line(1, 2, "[ERROR] division by zero");
    stage.line(0, 2, "[ERROR] division by zero");
    stage.raw(
        2,
        3,
        r#"{"timestamp":"2025-05-04T15:00:03Z","level":"warn","message":"slow","ms":81}"#,
    );
    stage.raw(0, 4, "\u{1b}[31mnot ours\u{202e}");
    stage
}

#[test]
fn all_streams() {
    assert_snapshot!(busy().screen());
}

#[test]
fn one_stream() {
    let mut stage = busy();
    stage.press_letter('2');
    assert_snapshot!(stage.screen());
}

#[test]
fn paused() {
    let mut stage = busy();
    stage.press_letter(' ');
    stage.lines(0, 5..1_239);
    assert_snapshot!(stage.screen());
}

#[test]
fn scrolled_aside() {
    let mut stage = busy();
    stage.press(KeyCode::Right);
    assert_snapshot!(stage.screen());
}

#[test]
fn keys() {
    let mut stage = busy();
    stage.resize(72, 26);
    stage.press_letter('?');
    assert_snapshot!(stage.screen());
}

#[test]
fn nothing_there() {
    let mut stage = Stage::blank(72, 8);
    stage.model.apply(Change::Waiting(Waiting::Missing));
    assert_snapshot!(stage.screen());
}

#[test]
fn nothing_logged() {
    assert_snapshot!(Stage::new(72, 8).screen());
}

#[test]
fn troubles() {
    let mut stage = busy();
    let key = stage.key(0, 4);
    stage
        .model
        .apply(Change::Incident(key, "app.log".into(), Incident::Replaced));
    stage.model.apply(Change::Polling("no inotify".into()));
    stage.line(0, 5, "and on it goes");
    assert_snapshot!(stage.screen());
}

#[test]
fn small_terminals_lose_the_bars_first() {
    let mut stage = busy();
    for height in [5, 3, 2] {
        stage.resize(30, height);
        assert_snapshot!(format!("height_{height}"), stage.screen());
    }
}

#[test]
fn no_size_is_too_small() {
    for (width, height) in [(1, 1), (1, 20), (20, 1), (3, 3)] {
        let mut stage = busy();
        stage.press_letter('?');
        stage.resize(width, height);
        stage.screen();
    }
}

#[test]
fn the_active_tab_is_in_sight() {
    let mut stage = Stage::new(30, 6);
    let mut streams = stage.model.streams.clone();
    for number in 0..9 {
        streams.id(&format!("stream{number}"));
    }
    stage.model.apply(Change::Streams(streams, None));
    stage.press(KeyCode::BackTab);
    assert!(stage.screen().contains(" 12 stream8 "));
    stage.press(KeyCode::Tab);
    assert!(stage.screen().contains(" 0 all "));
}

#[test]
fn no_colour_means_none() {
    let mut stage = busy();
    stage.screen();
    let area = Rect::new(0, 0, 72, 12);
    let mut styles = |theme| {
        stage.model.theme = theme;
        let mut buffer = Buffer::empty(area);
        Screen {
            model: &stage.model,
        }
        .render(area, &mut buffer);
        let has_colour =
            |cell: &ratatui::buffer::Cell| cell.fg != Color::Reset || cell.bg != Color::Reset;
        let is_bold = |cell: &ratatui::buffer::Cell| cell.modifier.contains(Modifier::BOLD);
        (
            buffer.content.iter().any(has_colour),
            buffer.content.iter().any(is_bold),
        )
    };
    assert_eq!(
        styles(Theme::new(ThemeName::Terminal, Depth::Few)),
        (true, true)
    );
    assert_eq!(
        styles(Theme::new(ThemeName::Dark, Depth::Mono)),
        (false, true)
    );
}

/// A service at work over some hours, which the librarian knows, seen on a larger screen.
fn long_at_work() -> Stage {
    let mut stage = Stage::new(90, 20);
    for hour in 10..15 {
        stage.folder(&format!("2025-05-04__{hour}-00"));
        for minute in 0..hour * 2 {
            let level = if minute == 17 { "ERROR" } else { "INFO" };
            stage.old(
                0,
                3_600 * hour + minute,
                &format!("[{level}] order {hour}{minute:02} filled"),
            );
        }
    }
    stage.folder(crate::stage::FOLDER);
    stage.model.apply(Change::Opened(Vec::new()));
    for second in 0..12 {
        stage.line(
            0,
            3_600 * 15 + second,
            &format!("[INFO] order 15{second:02} filled"),
        );
        if second % 4 == 0 {
            stage.line(2, 3_600 * 15 + second, "[WARN] slow ms=81");
        }
    }
    stage.work();
    stage
}

#[test]
fn found() {
    let mut stage = long_at_work();
    stage.press_letter('/');
    stage.write("filled|slow");
    stage.work();
    stage.press(KeyCode::Enter);
    stage.work();
    assert_snapshot!(stage.screen());
}

#[test]
fn a_filter_being_typed() {
    let mut stage = long_at_work();
    stage.press_letter('!');
    stage.write("order");
    assert_snapshot!(stage.screen());
}

#[test]
fn histogram() {
    let mut stage = long_at_work();
    stage.press_letter('i');
    stage.press_letter('[');
    stage.press_letter('[');
    assert_snapshot!(stage.screen());
}

#[test]
fn rail_and_halves() {
    let mut stage = long_at_work();
    stage.resize(110, 16);
    stage.press_letter('|');
    stage.press_letter('s');
    stage.press_letter('k');
    stage.press_letter('k');
    assert_snapshot!(stage.screen());
}

#[test]
fn palette() {
    let mut stage = long_at_work();
    stage.press_letter(':');
    stage.write("erro");
    assert_snapshot!(stage.screen());
}

#[test]
fn detail() {
    let mut stage = long_at_work();
    stage.line(2, 54_020, r#"[ERROR] one\ntwo order=17 user="Ann Lee""#);
    stage.press(KeyCode::Enter);
    assert_snapshot!(stage.screen());
}

#[test]
fn nothing_but_lines() {
    let mut stage = long_at_work();
    stage.press_letter('z');
    assert_snapshot!(stage.screen());
    stage.press_letter(' ');
    assert!(stage.screen().lines().next().unwrap().ends_with("‖\""));
}

#[test]
fn wide_and_combining_characters_broken_into_rows() {
    let mut stage = Stage::new(30, 12);
    stage.line(0, 1, "日本語の長い行は全角文字の途中で切れない");
    stage.line(
        0,
        2,
        "e\u{301}e\u{301}e\u{301} \u{1b}[31m\u{202e}hidden\u{200b}",
    );
    stage.press_letter('1');
    stage.press_letter('w');
    assert_snapshot!(stage.screen());
}
