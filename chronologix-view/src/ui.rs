//! ROOM: how the model looks. `&Model` in, cells out; no state of its own.
//!
//! Where the parts are, `model/regions` says; each has a file here.

use ratatui::{buffer::Buffer, layout::Rect, style::Style, widgets::Widget};

use self::pen::Pen;
pub(crate) use self::{
    header::strip_area,
    lines::height,
    rail::tab_at as tab_at_row,
    strip::{cell_at_histogram, cell_at_strip},
    tabs::tab_at as tab_at_column,
    theme::{Depth, Theme, ThemeName},
};
use crate::{
    model::{Model, overlay::Overlay, regions::Regions},
    streams::StreamSet,
};

pub(crate) mod clean;
mod detail;
mod header;
mod help;
mod lines;
mod palette;
mod pen;
mod rail;
mod rules;
mod scrollbar;
mod status;
mod strip;
mod tabs;
mod theme;

#[cfg(test)]
mod tests;

/// The whole screen.
#[derive(Debug)]
pub(crate) struct Screen<'a> {
    /// What is shown.
    pub(crate) model: &'a Model,
}

impl Widget for Screen<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        // The terminal may have become smaller since the model heard of its size.
        let on_screen = |part: Rect| part.intersection(area);
        let regions = Regions::of(self.model);
        self.header(on_screen(regions.header), buffer);
        self.histogram(on_screen(regions.histogram), buffer);
        self.tabs(on_screen(regions.tabs), buffer);
        self.rail(on_screen(regions.rail), buffer);
        for (tab, area) in &regions.panes {
            self.lines(*tab, on_screen(*area), buffer);
        }
        self.status(on_screen(regions.status), buffer);
        let lines = on_screen(regions.lines());
        if self.model.bars.is_minimal && self.model.pane().scroll.held().is_some() {
            // Nobody should think that nothing comes.
            let mut pen = pen_at(lines, lines.top(), buffer);
            pen.move_to_last(1);
            pen.write("‖", self.theme().held());
        }
        match &self.model.overlay {
            Some(Overlay::Help { input, top }) => self.help(input, *top, lines, buffer),
            Some(Overlay::Palette { input, selected }) => {
                self.palette(input, *selected, lines, buffer);
            }
            Some(Overlay::Rules { selected }) => self.rules(*selected, lines, buffer),
            Some(Overlay::Detail { top }) => self.detail(*top, lines, buffer),
            None => {}
        }
    }
}

impl Screen<'_> {
    fn theme(&self) -> Theme {
        self.model.theme
    }

    /// What stands before a line of the merged view, and in which style.
    fn tag(&self, found: StreamSet) -> (String, Style) {
        let (streams, lines) = (&self.model.streams, &self.model.lines);
        let tag = clean::visible(&streams.tag(found, lines)).into_owned();
        let origin = streams.origin(found, lines);
        let style = origin.map_or_else(Style::new, |origin| self.theme().stream(origin));
        (tag, style)
    }
}

/// One row of an area, as an area.
fn row_of(area: Rect, y: u16) -> Rect {
    Rect {
        y,
        height: 1,
        ..area
    }
    .intersection(area)
}

/// A pen at the left of each row of an area.
fn pen_at(area: Rect, y: u16, buffer: &mut Buffer) -> Pen<'_> {
    Pen::new(buffer, row_of(area, y))
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
