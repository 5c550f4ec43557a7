//! ROOM: how the model looks. `&Model` in, cells out; no state of its own.
//!
//! ```text
//!   header   my_logs · 2025-05-04__15-00 · 1h UTC              LIVE
//!   tabs     0 all  1 app  2 errors  3 audit
//!   lines    app         [15:00:01] [INFO] started
//!            errors→app  [15:00:02] [ERROR] division by zero
//!   status   following                               1,200/1,200  ? help
//! ```
//!
//! On a small terminal the header goes first, then the tabs, then the status.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    widgets::Widget,
};

pub(crate) use self::theme::Theme;
use crate::model::Model;

pub(crate) mod clean;
mod header;
mod help;
mod lines;
mod pen;
mod status;
mod tabs;
mod theme;

#[cfg(test)]
mod tests;

/// The whole screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen<'a> {
    /// What is shown.
    pub(crate) model: &'a Model,
    /// In which colours.
    pub(crate) theme: &'a Theme,
}

/// Where the parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Regions {
    header: Rect,
    tabs: Rect,
    lines: Rect,
    status: Rect,
}

impl Regions {
    /// Divides the screen.
    fn of(area: Rect) -> Self {
        let bar = |least: u16| Constraint::Length(u16::from(area.height >= least));
        let parts = [bar(6), bar(4), Constraint::Min(0), bar(3)];
        let [header, tabs, lines, status] = Layout::vertical(parts).areas(area);
        Self {
            header,
            tabs,
            lines,
            status,
        }
    }
}

/// The rows of lines on a screen of this size.
pub(crate) fn page(area: Rect) -> u64 {
    u64::from(Regions::of(area).lines.height)
}

impl Widget for Screen<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Regions {
            header,
            tabs,
            lines,
            status,
        } = Regions::of(area);
        self.header(header, buffer);
        self.tabs(tabs, buffer);
        self.lines(lines, buffer);
        self.status(status, buffer);
        if self.model.has_help {
            self.help(lines, buffer);
        }
    }
}
