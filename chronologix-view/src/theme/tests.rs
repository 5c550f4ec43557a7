//! Terminals and their colours.

use super::*;

#[test]
fn the_environment_says_how_many_colours_there_are() {
    let depth = |variables: &[(&str, &str)]| {
        Depth::of(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    let many = ("TERM", "xterm-256color");
    // Windows has no TERM.
    let unnamed = if cfg!(unix) { Depth::Mono } else { Depth::Few };
    assert_eq!(depth(&[]), unnamed);
    assert_eq!(depth(&[many]), Depth::Many);
    assert_eq!(depth(&[many, ("COLORTERM", "truecolor")]), Depth::True);
    assert_eq!(
        depth(&[("TERM", "xterm"), ("COLORTERM", "yes")]),
        Depth::Few
    );
    assert_eq!(depth(&[("TERM", "xterm-direct")]), Depth::True);
    assert_eq!(depth(&[many, ("NO_COLOR", "1")]), Depth::Mono);
    assert_eq!(depth(&[many, ("NO_COLOR", "")]), Depth::Many);
    for terminal in ["dumb", "vt100", "vt220"] {
        let variables = [("TERM", terminal), ("COLORTERM", "truecolor")];
        assert_eq!(depth(&variables), Depth::Mono, "{terminal}");
    }
}

#[test]
fn colours_are_those_the_terminal_has() {
    let warn = |name, depth| Theme::new(name, depth).level(Level::Warn).fg;
    assert_eq!(
        warn(ThemeName::Dark, Depth::True),
        Some(Color::Rgb(0xe5, 0xc0, 0x7b))
    );
    assert_eq!(
        warn(ThemeName::Dark, Depth::Many),
        Some(Color::Indexed(180))
    );
    assert_eq!(warn(ThemeName::Dark, Depth::Few), Some(Color::Yellow));
    assert_eq!(warn(ThemeName::Dark, Depth::Mono), None);
    assert_eq!(warn(ThemeName::Plain, Depth::True), None);
    assert_eq!(warn(ThemeName::Terminal, Depth::True), Some(Color::Yellow));
    assert_eq!(nearest([0, 0, 0]), 16);
    assert_eq!(nearest([255, 255, 255]), 231);
    assert_eq!(nearest([120, 120, 120]), 243);
}

/// All themes on all terminals.
fn all() -> impl Iterator<Item = Theme> {
    let depths = [Depth::Mono, Depth::Few, Depth::Many, Depth::True];
    let all = ThemeName::ALL.into_iter();
    all.flat_map(move |name| depths.map(|depth| Theme::new(name, depth)))
}

#[test]
fn the_cursor_is_seen_in_every_theme() {
    for theme in all() {
        for ground in [theme.cursor(), theme.selected()] {
            let is_reversed = ground.add_modifier.contains(Modifier::REVERSED);
            assert_eq!(ground.bg.is_none(), is_reversed, "{theme:?}");
            assert_ne!(ground.bg, Some(Color::DarkGray), "{theme:?}");
        }
    }
}

#[test]
fn streams_do_not_look_like_levels() {
    for theme in all() {
        for index in 0..6 {
            let colour = theme.stream(StreamId(index)).fg;
            for level in [Level::Warn, Level::Error, Level::Critical] {
                let of_level = theme.level(level).fg;
                assert!(colour.is_none() || colour != of_level, "{theme:?}");
            }
            let is_alarming = match colour {
                Some(Color::Rgb(red, green, blue)) => blue < red.max(green) - red.max(green) / 4,
                Some(colour) => matches!(
                    colour,
                    Color::Red
                        | Color::LightRed
                        | Color::Yellow
                        | Color::LightYellow
                        | Color::Green
                        | Color::LightGreen
                ),
                None => false,
            };
            assert!(!is_alarming, "{theme:?}: {colour:?}");
        }
        assert_eq!(theme.level(Level::Info).fg, None, "most lines have it");
    }
}

#[test]
fn themes_are_gone_through() {
    let mut name = ThemeName::Terminal;
    for expected in [
        ThemeName::Dark,
        ThemeName::Light,
        ThemeName::Plain,
        ThemeName::Terminal,
    ] {
        name = name.next();
        assert_eq!(name, expected);
    }
}
