//! The themes, and the styles of all parts of the screen.

use chronologix_schema::Level;
use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Serialize};

use self::palette::{Palette, nearest};
use crate::streams::StreamId;

mod palette;

#[cfg(test)]
mod tests;

/// A theme on a terminal with so many colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Theme {
    name: ThemeName,
    depth: Depth,
}

/// The names of the themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ThemeName {
    /// The sixteen colours of the terminal itself.
    #[default]
    Terminal,
    /// Colours for a dark background.
    Dark,
    /// Colours for a light background.
    Light,
    /// No colours: bold, dim and reversed text.
    Plain,
}

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Depth {
    /// None.
    Mono,
    /// Sixteen.
    #[default]
    Few,
    /// 256.
    Many,
    /// 24 bits.
    True,
}

impl ThemeName {
    /// All themes, in the order of the key that switches them.
    pub(crate) const ALL: [Self; 4] = [Self::Terminal, Self::Dark, Self::Light, Self::Plain];

    /// Returns the name in the configuration.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Plain => "plain",
        }
    }

    /// Returns the next theme.
    pub(crate) fn next(self) -> Self {
        let place = Self::ALL.iter().position(|name| *name == self);
        Self::ALL[place.map_or(0, |place| (place + 1) % Self::ALL.len())]
    }
}

impl Depth {
    /// Reads `NO_COLOR`, `COLORTERM` and `TERM`.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let filled = |name: &str| variable(name).filter(|value| !value.is_empty());
        if filled("NO_COLOR").is_some() {
            return Self::Mono;
        }
        let terminal = filled("TERM").unwrap_or_default();
        // Those of the seventies and eighties have no colours.
        let is_old = terminal == "dumb" || terminal.starts_with("vt");
        let is_plain = is_old || cfg!(unix) && terminal.is_empty();
        match filled("COLORTERM").as_deref() {
            _ if is_plain => Self::Mono,
            Some("truecolor" | "24bit") => Self::True,
            _ if terminal.contains("direct") => Self::True,
            _ if terminal.contains("256") => Self::Many,
            _ => Self::Few,
        }
    }
}

impl Theme {
    /// Returns a theme for this terminal.
    pub(crate) const fn new(name: ThemeName, depth: Depth) -> Self {
        Self { name, depth }
    }

    /// Returns the name of the theme.
    pub(crate) fn name(self) -> ThemeName {
        self.name
    }

    /// Returns another theme for the same terminal.
    pub(crate) fn renamed(self, name: ThemeName) -> Self {
        Self { name, ..self }
    }

    /// The style of the header and the status bar.
    pub(crate) fn bar(self) -> Style {
        match self.palette().bar {
            Some((front, back)) if self.has_colour() => self.on(front, back),
            _ => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// Emphasis in a bar, and the active tab.
    pub(crate) fn badge(self) -> Style {
        self.bar().add_modifier(Modifier::BOLD)
    }

    /// Secondary text in a bar.
    pub(crate) fn dimmed(self) -> Style {
        self.bar().add_modifier(Modifier::DIM)
    }

    /// The mark of a paused view.
    pub(crate) fn held(self) -> Style {
        self.coloured(self.palette().warn)
            .add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// An error in a bar.
    pub(crate) fn alarm(self) -> Style {
        self.coloured(self.palette().error)
            .add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// The name of a stream.
    pub(crate) fn stream(self, stream: StreamId) -> Style {
        let streams = self.palette().streams;
        self.coloured(streams[stream.index() % streams.len()])
    }

    /// Timestamps, and lines of low levels.
    pub(crate) const FAINT: Style = Style::new().add_modifier(Modifier::DIM);

    /// The level of a line.
    pub(crate) fn level(self, level: Level) -> Style {
        let palette = self.palette();
        match level {
            // Most lines have these, and must not drown the others.
            Level::Trace | Level::Debug | Level::Info => Self::FAINT,
            Level::Warn => self.coloured(palette.warn).add_modifier(Modifier::BOLD),
            Level::Error | Level::Critical => self
                .coloured(palette.error)
                .add_modifier(Modifier::BOLD | Modifier::REVERSED),
        }
    }

    /// The bars of the histogram: errors, warnings, other lines.
    pub(crate) fn bars(self) -> [Style; 3] {
        let palette = self.palette();
        [palette.error, palette.warn, palette.bars].map(|colour| self.coloured(colour))
    }

    /// The text of a line.
    pub(crate) fn message(self, level: Option<Level>) -> Style {
        match level {
            Some(Level::Trace | Level::Debug) => Self::FAINT,
            Some(Level::Error | Level::Critical) => self.coloured(self.palette().error),
            _ => Style::new(),
        }
    }

    /// Remarks of the viewer between the lines.
    pub(crate) fn remark(self) -> Style {
        self.coloured(self.palette().warn)
            .add_modifier(Modifier::DIM)
    }

    /// A key in the help.
    pub(crate) fn key(self) -> Style {
        self.coloured(self.palette().key)
            .add_modifier(Modifier::BOLD)
    }

    /// The row at the cursor.
    pub(crate) fn cursor(self) -> Style {
        self.ground(self.palette().cursor, Modifier::BOLD)
    }

    /// A selected row.
    pub(crate) fn selected(self) -> Style {
        self.ground(self.palette().selected, Modifier::empty())
    }

    /// A match of the search.
    pub(crate) fn found(self) -> Style {
        match self.palette().found {
            // Also on the reversed row of the cursor.
            Some((front, back)) if self.has_colour() => {
                self.on(front, back).remove_modifier(Modifier::REVERSED)
            }
            _ => Style::new().add_modifier(Modifier::REVERSED | Modifier::UNDERLINED),
        }
    }

    /// A match of the highlight with this number.
    pub(crate) fn highlight(self, number: usize) -> Style {
        let highlights = self.palette().highlights;
        self.coloured(highlights[number % highlights.len()])
            .add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// A row that the filter being typed would hide.
    pub(crate) fn going(self) -> Style {
        self.coloured(self.palette().error)
            .add_modifier(Modifier::DIM | Modifier::CROSSED_OUT)
    }

    fn ground(self, back: Option<Color>, or: Modifier) -> Style {
        match back {
            Some(back) if self.has_colour() => Style::new().bg(self.fit(back)).add_modifier(or),
            _ => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// A style of the log itself, with those colours that the terminal has.
    pub(crate) fn of_log(self, style: Style) -> Style {
        let is_shown = |colour: &Color| match colour {
            Color::Indexed(0..16) => self.has_colour(),
            _ => self.has_colour() && self.depth > Depth::Few,
        };
        let fit = |colour: Option<Color>| colour.filter(is_shown).map(|colour| self.fit(colour));
        Style {
            fg: fit(style.fg),
            bg: fit(style.bg),
            ..style
        }
    }

    fn on(self, front: Color, back: Color) -> Style {
        Style::new().fg(self.fit(front)).bg(self.fit(back))
    }

    fn coloured(self, colour: Color) -> Style {
        if self.has_colour() {
            Style::new().fg(self.fit(colour))
        } else {
            Style::new()
        }
    }

    fn has_colour(self) -> bool {
        self.name != ThemeName::Plain && self.depth > Depth::Mono
    }

    fn palette(self) -> &'static Palette {
        match self.name {
            ThemeName::Dark if self.depth > Depth::Few => &Palette::DARK,
            ThemeName::Light if self.depth > Depth::Few => &Palette::LIGHT,
            // With sixteen colours, only those of the terminal itself are sure to be readable.
            _ => &Palette::TERMINAL,
        }
    }

    /// Returns the nearest colour that the terminal has.
    fn fit(self, colour: Color) -> Color {
        match colour {
            Color::Rgb(red, green, blue) if self.depth == Depth::Many => {
                Color::Indexed(nearest([red, green, blue]))
            }
            _ => colour,
        }
    }
}
