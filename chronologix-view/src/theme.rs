//! All colours.

use chronologix_schema::Level;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use self::palette::{Palette, nearest};
use crate::streams::StreamId;

mod palette;

#[cfg(test)]
mod tests;

/// How the parts of the screen look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Theme {
    name: ThemeName,
    depth: Depth,
}

/// The themes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ThemeName {
    /// The sixteen colours of the terminal, whatever they are.
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
    /// All of them.
    True,
}

impl ThemeName {
    /// All themes, in the order in which they are gone through.
    pub(crate) const ALL: [Self; 4] = [Self::Terminal, Self::Dark, Self::Light, Self::Plain];

    /// As it is called in the configuration.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Plain => "plain",
        }
    }

    /// The theme after this one.
    pub(crate) fn next(self) -> Self {
        let place = Self::ALL.iter().position(|name| *name == self);
        Self::ALL[place.map_or(0, |place| (place + 1) % Self::ALL.len())]
    }
}

impl Depth {
    /// What the environment says: `NO_COLOR`, `COLORTERM` and `TERM`.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let filled = |name: &str| variable(name).filter(|value| !value.is_empty());
        if filled("NO_COLOR").is_some() {
            return Self::Mono;
        }
        let terminal = filled("TERM").unwrap_or_default();
        match filled("COLORTERM").as_deref() {
            _ if terminal == "dumb" => Self::Mono,
            Some("truecolor" | "24bit") => Self::True,
            _ if terminal.contains("direct") => Self::True,
            _ if terminal.contains("256") => Self::Many,
            _ => Self::Few,
        }
    }
}

impl Theme {
    /// A theme on a terminal.
    pub(crate) const fn new(name: ThemeName, depth: Depth) -> Self {
        Self { name, depth }
    }

    /// Which theme it is.
    pub(crate) fn name(self) -> ThemeName {
        self.name
    }

    /// Another theme on the same terminal.
    pub(crate) fn renamed(self, name: ThemeName) -> Self {
        Self { name, ..self }
    }

    /// Both bars.
    pub(crate) fn bar(self) -> Style {
        match self.palette().bar {
            Some((front, back)) if self.has_colour() => self.on(front, back),
            _ => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// What stands out in a bar, and the tab in front.
    pub(crate) fn badge(self) -> Style {
        self.bar().add_modifier(Modifier::BOLD)
    }

    /// What does not in a bar.
    pub(crate) fn dimmed(self) -> Style {
        self.bar().add_modifier(Modifier::DIM)
    }

    /// That the rows stand still.
    pub(crate) fn held(self) -> Style {
        self.coloured(self.palette().warn)
            .add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// Something is wrong, in a bar.
    pub(crate) fn alarm(self) -> Style {
        self.coloured(self.palette().error)
            .add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// The name of a stream.
    pub(crate) fn stream(self, stream: StreamId) -> Style {
        let streams = self.palette().streams;
        self.coloured(streams[stream.index() % streams.len()])
    }

    /// The stamp of a line, and lines of little weight.
    pub(crate) const FAINT: Style = Style::new().add_modifier(Modifier::DIM);

    /// The level of a line.
    pub(crate) fn level(self, level: Level) -> Style {
        let palette = self.palette();
        match level {
            Level::Trace | Level::Debug => Self::FAINT,
            Level::Info => self.coloured(palette.info),
            Level::Warn => self.coloured(palette.warn),
            Level::Error => self.coloured(palette.error).add_modifier(Modifier::BOLD),
            Level::Critical => self
                .coloured(palette.error)
                .add_modifier(Modifier::BOLD | Modifier::REVERSED),
        }
    }

    /// The text of a line.
    pub(crate) fn message(self, level: Option<Level>) -> Style {
        match level {
            Some(Level::Trace | Level::Debug) => Self::FAINT,
            Some(Level::Error | Level::Critical) => self.coloured(self.palette().error),
            _ => Style::new(),
        }
    }

    /// What the viewer says between the lines.
    pub(crate) fn remark(self) -> Style {
        self.coloured(self.palette().warn)
            .add_modifier(Modifier::DIM)
    }

    /// A key in the help.
    pub(crate) fn key(self) -> Style {
        self.coloured(self.palette().key)
            .add_modifier(Modifier::BOLD)
    }

    /// The row the reader points at.
    pub(crate) fn cursor(self) -> Style {
        self.ground(self.palette().cursor, Modifier::BOLD)
    }

    /// A row that is selected.
    pub(crate) fn selected(self) -> Style {
        self.ground(self.palette().selected, Modifier::empty())
    }

    /// What is searched for.
    pub(crate) fn found(self) -> Style {
        match self.palette().found {
            Some((front, back)) if self.has_colour() => self.on(front, back),
            _ => Style::new().add_modifier(Modifier::REVERSED | Modifier::UNDERLINED),
        }
    }

    /// The highlight with this number.
    pub(crate) fn highlight(self, number: usize) -> Style {
        let highlights = self.palette().highlights;
        self.coloured(highlights[number % highlights.len()])
            .add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// A row that the filter being typed would leave out.
    pub(crate) fn going(self) -> Style {
        self.coloured(self.palette().error)
            .add_modifier(Modifier::DIM | Modifier::CROSSED_OUT)
    }

    fn ground(self, back: Color, or: Modifier) -> Style {
        if self.has_colour() {
            Style::new().bg(self.fit(back)).add_modifier(or)
        } else {
            Style::new().add_modifier(Modifier::REVERSED)
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

    /// The colour as far as the terminal has it.
    fn fit(self, colour: Color) -> Color {
        match colour {
            Color::Rgb(red, green, blue) if self.depth == Depth::Many => {
                Color::Indexed(nearest([red, green, blue]))
            }
            _ => colour,
        }
    }
}
