//! Whole screens. `cargo insta review` shows what changed.

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::{
    line::LogLine,
    tail::{Change, Incident, Waiting},
    tests::harness::Harness,
    theme::{Depth, ThemeName},
};

/// A service at work.
fn busy() -> Harness {
    let mut harness = Harness::new(72, 12);
    harness.folder("2025-05-04__14-00");
    harness.line(0, 0, "[INFO] listening on port 8080");
    harness.folder("2025-05-04__15-00");
    harness.line(0, 1, "[INFO] order 17 filled qty=3");
    harness.line(1, 2, "[ERROR] division by zero");
    harness.line(0, 2, "[ERROR] division by zero");
    harness.raw(
        2,
        3,
        r#"{"timestamp":"2025-05-04T15:00:03Z","level":"warn","message":"slow","ms":81}"#,
    );
    harness.raw(0, 4, "\u{1b}[31mnot ours\u{202e}");
    harness
}

#[test]
fn all_streams() {
    assert_snapshot!(busy().screen());
}

#[test]
fn one_stream() {
    let mut harness = busy();
    harness.press_letter('2');
    assert_snapshot!(harness.screen());
}

#[test]
fn paused() {
    let mut harness = busy();
    harness.press_letter(' ');
    harness.lines(0, 5..1_239);
    assert_snapshot!(harness.screen());
}

#[test]
fn scrolled_aside() {
    let mut harness = busy();
    harness.press(KeyCode::Right);
    assert_snapshot!(harness.screen());
}

#[test]
fn keys() {
    let mut harness = busy();
    harness.resize(72, 26);
    harness.press_letter('?');
    assert_snapshot!(harness.screen());
}

#[test]
fn nothing_there() {
    let mut harness = Harness::blank(72, 8);
    harness.model.apply(Change::Waiting(Waiting::Missing));
    assert_snapshot!(harness.screen());
}

#[test]
fn nothing_logged() {
    assert_snapshot!(Harness::new(72, 8).screen());
}

#[test]
fn troubles() {
    let mut harness = busy();
    let key = harness.key(0, 4);
    harness
        .model
        .apply(Change::Incident(key, "app.log".into(), Incident::Replaced));
    harness.model.apply(Change::Polling("no inotify".into()));
    harness.line(0, 5, "and on it goes");
    assert_snapshot!(harness.screen());
}

#[test]
fn small_terminals_lose_the_panels_first() {
    let mut harness = busy();
    for height in [5, 3, 2] {
        harness.resize(30, height);
        assert_snapshot!(format!("height_{height}"), harness.screen());
    }
}

#[test]
fn no_size_is_too_small() {
    for (width, height) in [(1, 1), (1, 20), (20, 1), (3, 3)] {
        let mut harness = busy();
        harness.press_letter('?');
        harness.resize(width, height);
        harness.screen();
    }
}

#[test]
fn the_active_tab_is_in_sight() {
    let mut harness = Harness::new(30, 6);
    let mut streams = harness.model.streams.clone();
    for number in 0..9 {
        streams.id(&format!("stream{number}"));
    }
    harness.model.apply(Change::Streams(streams, None));
    harness.press(KeyCode::BackTab);
    assert!(harness.screen().contains(" 12 stream8 "));
    harness.press(KeyCode::Tab);
    assert!(harness.screen().contains(" 0 all "));
}

#[test]
fn no_colour_means_none() {
    let mut harness = busy();
    harness.screen();
    let area = Rect::new(0, 0, 72, 12);
    let mut styles = |theme| {
        harness.model.theme = theme;
        let mut buffer = Buffer::empty(area);
        Screen {
            model: &harness.model,
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

/// A service at work for some hours, on a larger screen.
fn long_at_work() -> Harness {
    let mut harness = Harness::new(90, 20);
    for hour in 10..15 {
        harness.folder(&format!("2025-05-04__{hour}-00"));
        for minute in 0..hour * 2 {
            let level = if minute == 17 { "ERROR" } else { "INFO" };
            harness.old(
                0,
                3_600 * hour + minute,
                &format!("[{level}] order {hour}{minute:02} filled"),
            );
        }
    }
    harness.folder(crate::tests::harness::FOLDER);
    harness.model.apply(Change::Opened(Vec::new()));
    for second in 0..12 {
        harness.line(
            0,
            3_600 * 15 + second,
            &format!("[INFO] order 15{second:02} filled"),
        );
        if second % 4 == 0 {
            harness.line(2, 3_600 * 15 + second, "[WARN] slow ms=81");
        }
    }
    harness.work();
    harness
}

#[test]
fn found() {
    let mut harness = long_at_work();
    harness.press_letter('/');
    harness.write("filled|slow");
    harness.work();
    harness.press(KeyCode::Enter);
    harness.work();
    assert_snapshot!(harness.screen());
}

#[test]
fn a_filter_being_typed() {
    let mut harness = long_at_work();
    harness.press_letter('!');
    harness.write("order");
    assert_snapshot!(harness.screen());
}

#[test]
fn histogram() {
    let mut harness = long_at_work();
    harness.press_letter('i');
    harness.press_letter('[');
    harness.press_letter('[');
    assert_snapshot!(harness.screen());
}

#[test]
fn filters_have_a_row_of_their_own() {
    let mut harness = long_at_work();
    for keys in ["&order|slow\n", "!1510\n", "+"] {
        for key in keys.chars() {
            match key {
                '\n' => harness.press(KeyCode::Enter),
                key => harness.press_letter(key),
            };
        }
    }
    harness.work();
    assert_snapshot!(harness.screen());
}

#[test]
fn the_age_of_the_newest_line_is_told() {
    let mut harness = busy();
    let newest = harness.model.newest.unwrap().timestamp();
    let ages = [
        (3, " LIVE  3 s ago "),
        (80, " LIVE  1 min ago "),
        (301, " IDLE  5 min ago "),
        (7_300, " IDLE  2 h ago "),
        (200_000, " IDLE  2 d ago "),
    ];
    for (age, expected) in ages {
        harness.model.second = newest + age;
        let screen = harness.screen();
        assert!(screen.contains(expected), "{screen}");
    }
    harness.resize(110, 12);
    harness.model.second = newest + 3;
    assert!(harness.screen().contains("LIVE  last line 3 s ago"));
    assert!(harness.screen().contains(" Sun 4 May 15:00:03 UTC "));
    harness.model.apply(Change::Ended);
    harness.model.second = newest + 301;
    let screen = harness.screen();
    assert!(
        screen.contains("INPUT ENDED  last line 5 min ago"),
        "{screen}"
    );
}

#[test]
fn the_histogram_is_zoomed_around_the_cursor() {
    let mut harness = long_at_work();
    harness.press_letter('g');
    harness.press_letter('Z');
    let screen = harness.screen();
    assert!(screen.contains("histogram: 4×"), "{screen}");
    assert!(screen.contains("peak: 20 lines"), "{screen}");
    harness.press_letter('Z');
    harness.press_letter('Z');
    harness.press_letter('Z');
    assert_eq!(harness.model.zoom, 1);
}

#[test]
fn one_error_does_not_colour_a_whole_bar() {
    let mut harness = Harness::new(80, 24);
    harness.folder("2025-05-04__14-00");
    for second in 0..100 {
        let level = if second == 7 { "ERROR" } else { "INFO" };
        harness.old(0, 50_400 + second, &format!("[{level}] line {second}"));
    }
    harness.model.count_all();
    harness.press_letter('i');
    let colours = |harness: &mut Harness, y| {
        let (_, cells) = harness.cells(y);
        let bars = cells.iter().filter(|cell| cell.symbol() != " ");
        bars.map(|cell| cell.fg).collect::<Vec<_>>()
    };
    let top = colours(&mut harness, 1);
    assert!(!top.contains(&Color::Red), "{top:?}");
    let bottom = colours(&mut harness, 3);
    assert!(bottom.contains(&Color::Red), "{bottom:?}");
}

#[test]
fn the_help_says_that_there_is_more_and_names_the_file() {
    let mut harness = Harness::new(72, 14);
    harness.model.settings_file = Some("/etc/view.toml".into());
    harness.press_letter('?');
    let screen = harness.screen();
    assert!(screen.contains("↓ more below") && screen.contains("settings: /etc/view.toml"));
    for _ in 0..20 {
        harness.press(KeyCode::PageDown);
    }
    assert!(!harness.screen().contains("more below"));
}

#[test]
fn sidebar_and_split() {
    let mut harness = long_at_work();
    harness.resize(110, 16);
    harness.press_letter('|');
    harness.press_letter('s');
    harness.press_letter('k');
    harness.press_letter('k');
    assert_snapshot!(harness.screen());
}

#[test]
fn palette() {
    let mut harness = long_at_work();
    harness.press_letter(':');
    harness.write("erro");
    assert_snapshot!(harness.screen());
}

#[test]
fn detail() {
    let mut harness = long_at_work();
    harness.line(2, 54_020, r#"[ERROR] one\ntwo order=17 user="Ann Lee""#);
    harness.press(KeyCode::Enter);
    assert_snapshot!(harness.screen());
}

#[test]
fn nothing_but_lines() {
    let mut harness = long_at_work();
    harness.press_letter('z');
    assert_snapshot!(harness.screen());
    harness.press_letter(' ');
    assert!(harness.screen().lines().next().unwrap().ends_with("‖\""));
}

#[test]
fn wide_and_combining_characters_broken_into_rows() {
    let mut harness = Harness::new(30, 12);
    harness.line(0, 1, "日本語の長い行は全角文字の途中で切れない");
    harness.line(
        0,
        2,
        "e\u{301}e\u{301}e\u{301} \u{1b}[31m\u{202e}hidden\u{200b}",
    );
    harness.press_letter('1');
    harness.press_letter('w');
    assert_snapshot!(harness.screen());
}

#[test]
fn wrapped_lines_are_whole_behind_emoji() {
    for emoji in ["⚠\u{fe0f}", "1\u{fe0f}\u{20e3}", "👨\u{200d}👩\u{200d}👧"] {
        let mut harness = Harness::new(70, 12);
        let numbers = (0..30).map(|number| format!("<{number:02}>"));
        let numbers = numbers.collect::<Vec<_>>().concat();
        harness.line(0, 1, &format!("{}{numbers}END", emoji.repeat(10)));
        harness.press_letter('1');
        harness.press_letter('w');
        let rows = harness.screen();
        let rows = rows.lines().map(|row| {
            let row = row.trim_start_matches('"').split('"').next();
            row.unwrap_or_default().trim_end()
        });
        let text: String = rows.map(str::trim_start).collect();
        assert!(text.contains(&format!("{numbers}END")), "{text}");
        assert_eq!(text.matches(emoji).count(), 10, "{text}");
    }
}

/// Requests of a web server.
fn web(width: u16, height: u16) -> Harness {
    let mut harness = Harness::new(width, height);
    harness.model.queries.is_open = true;
    for second in 1..60 {
        let status = [200, 200, 200, 404, 200, 502][second as usize % 6];
        let stream = u16::from(status == 502) * 2;
        let took = second * 37 % 91;
        let text =
            format!("[INFO] GET /item/{second} status={status} took={took}ms user=\"Ann Lee\"");
        harness.line(stream, second, &text);
    }
    harness
}

#[test]
fn values_of_a_field() {
    for (width, height) in [(160, 45), (80, 24)] {
        let mut harness = web(width, height);
        harness.write("#status");
        harness.press(KeyCode::Enter);
        assert_snapshot!(format!("values_{width}x{height}"), harness.screen());
        harness.write("#");
        harness.press(KeyCode::Esc);
        harness.write("#took");
        harness.press(KeyCode::Enter);
        harness.press_letter('>');
        assert_snapshot!(format!("largest_{width}x{height}"), harness.screen());
    }
}

#[test]
fn patterns_of_messages() {
    for (width, height) in [(160, 45), (80, 24)] {
        let mut harness = web(width, height);
        harness.line(1, 60, "[ERROR] disk /dev/sda1 is full");
        harness.press_letter('p');
        assert_snapshot!(format!("patterns_{width}x{height}"), harness.screen());
        harness.press(KeyCode::Enter);
        harness.press_letter('F');
        assert_snapshot!(format!("of_pattern_{width}x{height}"), harness.screen());
    }
}

#[test]
fn patterns_that_changed() {
    for (width, height) in [(160, 45), (80, 24)] {
        let mut harness = web(width, height);
        harness.lines(0, 60..80);
        harness.line(1, 80, "[ERROR] disk /dev/sda1 is full");
        harness.press_letter('D');
        harness.write("--");
        assert_snapshot!(format!("changes_{width}x{height}"), harness.screen());
    }
}

#[test]
fn colours_of_a_log_are_drawn_if_asked_for() {
    let mut harness = Harness::new(60, 8);
    harness.model.theme = Theme::new(ThemeName::Dark, Depth::True);
    let raw = "[15:00:01] [INFO] built \u{1b}[32mok\u{1b}[0m, \u{1b}[2Jkept";
    let text = raw.replace("\u{1b}[32m", "").replace("\u{1b}[0m", "");
    let line = LogLine {
        raw: Some(raw.as_bytes().into()),
        ..LogLine::new(harness.key(0, 1), text)
    };
    harness.model.apply(Change::Lines(vec![line]));
    let colour = |harness: &mut Harness| {
        let rows = (0..8).map(|y| harness.cells(y));
        let (text, cells) = rows
            .into_iter()
            .find(|(text, _)| text.contains("built"))
            .unwrap();
        assert!(text.contains("built ok, ␛[2Jkept"), "{text}");
        let at = text.chars().take_while(|letter| *letter != 'k').count() - 1;
        (cells[at].symbol().to_owned(), cells[at].fg)
    };
    let (letter, before) = colour(&mut harness);
    assert_eq!(letter, "k");
    assert_ne!(before, Color::Indexed(2));
    harness.press_letter('R');
    assert_eq!(colour(&mut harness), ("k".to_owned(), Color::Indexed(2)));
    // With the terminal's own text colour alone, there are none.
    harness.model.theme = Theme::new(ThemeName::Dark, Depth::Mono);
    assert_eq!(colour(&mut harness).1, Color::Reset);
    harness.press_letter('R');
    assert_eq!(colour(&mut harness).1, Color::Reset);
}

#[test]
fn conditions_and_their_list() {
    for (width, height) in [(160, 45), (80, 24)] {
        let mut harness = web(width, height);
        harness.write("=status>=500");
        harness.press(KeyCode::Enter);
        harness.write("!item/11");
        harness.press(KeyCode::Enter);
        harness.press_letter('F');
        assert_snapshot!(format!("filters_{width}x{height}"), harness.screen());
        harness.press(KeyCode::Esc);
        harness.write("=took>20ms and s");
        assert_snapshot!(format!("where_{width}x{height}"), harness.screen());
    }
}

#[test]
fn fields_in_columns() {
    for (width, height) in [(160, 45), (80, 24)] {
        let mut harness = web(width, height);
        harness.press(KeyCode::F(2));
        harness.press_letter(' ');
        harness.press_letter('j');
        harness.press_letter(' ');
        assert_snapshot!(format!("columns_{width}x{height}"), harness.screen());
    }
}
