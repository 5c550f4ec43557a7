//! All colours.

use chronologix_core::Level;
use ratatui::style::{Color, Modifier, Style};

use crate::streams::StreamId;

/// How the parts of the screen look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Theme {
    /// Without it, everything is told by bold, dim and reversed text.
    has_colour: bool,
}

/// Colours of stream names, repeated when there are more streams. None of them is that of a level.
const STREAMS: [Color; 6] = [
    Color::Cyan,
    Color::Green,
    Color::Blue,
    Color::LightMagenta,
    Color::LightGreen,
    Color::LightBlue,
];

impl Theme {
    /// The sixteen colours every terminal has.
    pub(crate) const COLOUR: Self = Self { has_colour: true };

    /// For `NO_COLOR`.
    pub(crate) const PLAIN: Self = Self { has_colour: false };

    /// Both bars.
    pub(super) const BAR: Style = Style::new().add_modifier(Modifier::REVERSED);

    /// That the rows stand still.
    pub(super) fn held(self) -> Style {
        self.coloured(Color::Yellow)
            .add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// What stands out in a bar, and the tab in front.
    pub(super) const BADGE: Style = Self::BAR.add_modifier(Modifier::BOLD);

    /// The name of a stream.
    pub(super) fn stream(self, stream: StreamId) -> Style {
        self.coloured(STREAMS[stream.index() % STREAMS.len()])
    }

    /// The stamp of a line, and lines of little weight.
    pub(super) const FAINT: Style = Style::new().add_modifier(Modifier::DIM);

    /// The level of a line.
    pub(super) fn level(self, level: Level) -> Style {
        match level {
            Level::Trace | Level::Debug => Self::FAINT,
            Level::Info => self.coloured(Color::Green),
            Level::Warn => self.coloured(Color::Yellow),
            Level::Error => self.coloured(Color::Red).add_modifier(Modifier::BOLD),
            Level::Critical => self
                .coloured(Color::Red)
                .add_modifier(Modifier::BOLD | Modifier::REVERSED),
        }
    }

    /// The text of a line.
    pub(super) fn message(self, level: Option<Level>) -> Style {
        match level {
            Some(Level::Trace | Level::Debug) => Self::FAINT,
            Some(Level::Error | Level::Critical) => self.coloured(Color::Red),
            _ => Style::new(),
        }
    }

    /// What the viewer says between the lines.
    pub(super) fn remark(self) -> Style {
        self.coloured(Color::Yellow).add_modifier(Modifier::DIM)
    }

    /// A key in the help.
    pub(super) fn key(self) -> Style {
        self.coloured(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    fn coloured(self, colour: Color) -> Style {
        if self.has_colour {
            Style::new().fg(colour)
        } else {
            Style::new()
        }
    }
}
