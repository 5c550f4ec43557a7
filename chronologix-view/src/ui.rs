//! Draws the model. A function of its arguments, without state.
//!
//! `model/layout` computes the areas of the screen. Each area has a file here.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    widgets::Widget,
};

use self::cell_writer::CellWriter;
use crate::{
    model::{Model, layout::ScreenLayout, overlay::Overlay},
    query::Place,
    sanitize,
    streams::StreamSet,
    theme::Theme,
    update::mouse::ClickTarget,
};

mod cell_writer;
mod columns;
mod detail;
mod filter_chips;
mod filter_list;
mod header;
mod help;
mod histogram;
mod lines;
mod list;
mod log_colours;
mod message;
mod palette;
mod scrollbar;
mod sidebar;
mod status;
mod tabs;
mod timeline_bar;
mod top_patterns;
mod top_values;

#[cfg(test)]
mod tests;

/// The whole screen.
#[derive(Debug)]
pub(crate) struct Screen<'a> {
    /// The state to draw.
    pub(crate) model: &'a Model,
}

impl Widget for Screen<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        // The terminal may have become smaller since the model was told its size.
        let on_screen = |part: Rect| part.intersection(area);
        let layout = ScreenLayout::of(self.model);
        self.header(on_screen(layout.header), buffer);
        self.timeline_bar(on_screen(layout.timeline), buffer);
        self.histogram(on_screen(layout.histogram), buffer);
        self.tabs(on_screen(layout.tabs), buffer);
        self.filter_chips(on_screen(layout.filters), buffer);
        self.sidebar(on_screen(layout.sidebar), buffer);
        for (tab, area) in &layout.panes {
            self.lines(*tab, on_screen(*area), buffer);
        }
        for (tab, area) in &layout.titles {
            self.title(*tab, on_screen(*area), buffer);
        }
        let rule = on_screen(layout.rule);
        for y in rule.top()..rule.bottom() {
            writer_at(rule, y, buffer).write("│", self.theme().remark());
        }
        self.status(on_screen(layout.status), buffer);
        let lines = on_screen(layout.lines());
        if self.model.panels.is_minimal && self.model.pane().scroll.held().is_some() {
            // A paused view must not look like a quiet one.
            let mut writer = writer_at(lines, lines.top(), buffer);
            writer.move_to_last(1);
            writer.write("‖", self.theme().held());
        }
        match &self.model.overlay {
            Some(Overlay::Help { input, top }) => self.help(input, *top, lines, buffer),
            Some(Overlay::Palette { input, selected }) => {
                self.palette(input, *selected, lines, buffer);
            }
            Some(Overlay::Filters { selected }) => self.filter_list(*selected, lines, buffer),
            Some(Overlay::Columns { names, selected }) => {
                self.column_list(names, *selected, lines, buffer);
            }
            Some(Overlay::Top { top, selected }) => {
                self.top_values(top, *selected, lines, buffer);
            }
            Some(Overlay::Detail { place, field }) => {
                self.detail(*place, *field, on_screen(layout.detail), buffer);
            }
            None => {}
        }
    }
}

impl Screen<'_> {
    fn theme(&self) -> Theme {
        self.model.theme
    }

    /// Draws the title of a half. That of the half which the keys work on stands out.
    fn title(&self, tab: usize, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme();
        let name = match Model::stream_of(tab) {
            Some(stream) => self.model.streams.name(stream),
            None => "all",
        };
        let is_front = tab == self.model.tab;
        let style = if is_front {
            theme.badge()
        } else {
            theme.remark()
        };
        let mark = if is_front { '▸' } else { ' ' };
        writer_at(area, area.y, buffer).write(&format!("{mark}{tab} {name} "), style);
    }

    /// Returns the label and style of a line's stream in the merged view.
    fn tag(&self, found: &StreamSet) -> (String, Style) {
        let streams = &self.model.streams;
        let tag = sanitize::visible(&streams.tag(found)).into_owned();
        (tag, self.theme().stream(streams.origin(found)))
    }
}

/// Returns what the mouse points at, for `update`.
pub(crate) fn target_at(model: &Model, at: Position) -> Option<ClickTarget> {
    let layout = ScreenLayout::of(model);
    let (tabs, sidebar, histogram) = (layout.tabs, layout.sidebar, layout.histogram);
    let tab = if tabs.contains(at) {
        tabs::tab_at(model, tabs.width, at.x - tabs.x)
    } else if sidebar.contains(at) {
        sidebar::tab_at(model, sidebar.height, at.y - sidebar.y)
    } else {
        None
    };
    if let Some(tab) = tab {
        return Some(ClickTarget::Tab(tab));
    }
    if layout.timeline.contains(at) {
        let slice = timeline_bar::slice_at(model, layout.timeline, at.x)?;
        return Some(ClickTarget::Place(Place::Time(slice.from)));
    }
    if histogram.contains(at) {
        let slice = histogram::slice_at(model, histogram, at.x)?;
        return Some(ClickTarget::Place(Place::Time(slice.from)));
    }
    let (tab, area) = layout.panes.iter().find(|(_, area)| area.contains(at))?;
    let y = at.y - area.y;
    Some(ClickTarget::Row { tab: *tab, y })
}

/// Returns a row of an area.
fn row_of(area: Rect, y: u16) -> Rect {
    Rect {
        y,
        height: 1,
        ..area
    }
    .intersection(area)
}

/// Returns a writer at the start of a row.
fn writer_at(area: Rect, y: u16, buffer: &mut Buffer) -> CellWriter<'_> {
    CellWriter::new(buffer, row_of(area, y))
}
