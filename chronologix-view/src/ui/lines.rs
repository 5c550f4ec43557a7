//! The lines of a tab. Only the rows on the screen are looked at.
//!
//! ```text
//!  15:00:01.000 INF app      started                   in the tab of all streams
//! ›15:00:02.000 ERR errors   division by zero          at the cursor
//!   ── 2025-05-04__16-00 ── gap 3m 12s ───────────     a new folder, after a silence
//!   · app.log was cut short; reading it from its …     what happened to a file
//! ```

use chrono::TimeDelta;
use chronologix_schema::layout::Folder;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Screen, cell_writer::CellWriter, row_of, writer_at};
use crate::{
    line::LogLine,
    model::{
        buffer::{Body, Row},
        columns::Columns,
        layout::{end_of, height, text_width},
        pane::Pane,
        scroll::Scroll,
        viewport::{PlacedRow, Viewport},
        visible_rows::Separator,
    },
    query::Verdict,
    sanitize,
};

#[cfg(test)]
mod tests;

impl Screen<'_> {
    pub(super) fn lines(&self, tab: usize, area: Rect, buffer: &mut Buffer) {
        let Some(rows) = self.model.panes.get(tab) else {
            return;
        };
        let height = |number, row: &Row| height(self.model, tab, number, row, area.width);
        let page = Viewport {
            pane: rows,
            lines: u64::from(area.height),
            height: &height,
        };
        let placed = if tab == self.model.tab {
            page.placed()
        } else {
            self.beside(&page)
        };
        if placed.is_empty() {
            return self.nothing(tab, area, buffer);
        }
        for placed in &placed {
            self.placed(tab, *placed, area, buffer);
        }
        self.scrollbar(tab, &placed, area, buffer);
    }

    /// Returns the rows of the other half: those of the same time, on the same screen row.
    fn beside(&self, page: &Viewport<'_>) -> Vec<PlacedRow> {
        let model = self.model;
        let Scroll::Held(held) = model.pane().scroll else {
            return page.placed();
        };
        let y = model.with_page(|front| front.row_of(held.cursor));
        let Some(cursor) = model.cursor() else {
            return page.placed();
        };
        page.around(page.pane.last_by(cursor.key), y)
    }

    fn placed(&self, tab: usize, placed: PlacedRow, area: Rect, buffer: &mut Buffer) {
        let pane = &self.model.panes[tab];
        let Some(row) = pane.buffer.row(placed.number) else {
            return;
        };
        let mut y = placed.y;
        if let Some(separator) = pane.separator(placed.number) {
            if let Some(y) = on_screen(y, area) {
                self.between(separator, &mut writer_at(area, y, buffer));
            }
            y += 1;
        }
        match &row.body {
            Body::Mark(text) => {
                if let Some(y) = on_screen(y, area) {
                    writer_at(area, y, buffer).write(&format!(" · {text}"), self.theme().remark());
                }
            }
            Body::Line(line, _) => self.line(tab, placed.number, (row, line), y, area, buffer),
        }
    }

    /// Draws a line from a screen row of the area on.
    fn line(
        &self,
        tab: usize,
        number: u64,
        (row, line): (&Row, &LogLine),
        y: i64,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let pane = &self.model.panes[tab];
        let parts = line.parts();
        let end = end_of(row, line);
        let count = pane.count_before(number);
        let mut spans = vec![(&*count, self.theme().key())];
        spans.extend(self.message(&parts.message, row.level, line));
        spans.push((&end, self.theme().remark()));
        let starts = if self.model.is_wrapped {
            let whole: String = spans.iter().map(|(text, _)| *text).collect();
            sanitize::rows(&whole, text_width(self.model, tab, area.width))
        } else {
            vec![pane.left]
        };
        let ground = self.ground(tab, number, row);
        let mut over = Style { bg: None, ..ground };
        over.add_modifier.remove(Modifier::REVERSED);
        if pane.verdict(number) == Verdict::Near {
            over = over.add_modifier(Modifier::DIM);
        }
        let columns = Columns::of(self.model, tab, area.width);
        for (y, start) in (y..).zip(&starts) {
            let Some(y) = on_screen(y, area) else {
                continue;
            };
            let area = row_of(area, y);
            // Set first, so that highlights keep their own background.
            buffer.set_style(area, ground);
            let mut writer = CellWriter::new(buffer, area);
            if *start == starts[0] {
                writer.write(self.mark(tab, number, row), self.theme().key());
                self.columns(columns, tab, number, (row, line), parts.level, &mut writer);
            } else {
                writer.skip(1 + columns.width());
            }
            writer.leave(1);
            writer.scroll(*start);
            for (text, style) in &spans {
                writer.write(text, *style);
            }
            buffer.set_style(area, over);
        }
    }

    /// Returns the mark before a line.
    fn mark(&self, tab: usize, number: u64, row: &Row) -> &'static str {
        let pane = &self.model.panes[tab];
        let is_front = tab == self.model.tab;
        if self.is_selected(row) && is_front {
            "▌"
        } else if is_front && pane.scroll.held().is_some_and(|held| held.cursor == number) {
            "›"
        } else if self.has_bookmark(pane, number, row) {
            "◆"
        } else if pane.is_found(number) {
            "•"
        } else {
            " "
        }
    }

    /// Returns whether a row has a bookmark, or a record that is counted with it.
    fn has_bookmark(&self, pane: &Pane, number: u64, row: &Row) -> bool {
        let bookmarks = &self.model.bookmarks;
        let is_marked = |number| {
            let row = pane.buffer.row(number);
            row.is_some_and(|row| bookmarks.contains(row.key))
        };
        bookmarks.contains(row.key)
            || (!bookmarks.is_empty() && pane.repeats(number).any(is_marked))
    }

    /// Returns the background of a row.
    fn ground(&self, tab: usize, number: u64, row: &Row) -> Style {
        let pane = &self.model.panes[tab];
        let held = self.model.pane().scroll.held();
        let is_cursor = match (held, tab == self.model.tab) {
            (Some(held), true) => held.cursor == number,
            (Some(_), false) => {
                let cursor = self.model.cursor();
                cursor.is_some_and(|cursor| pane.last_by(cursor.key) == Some(number))
            }
            (None, _) => false,
        };
        if is_cursor {
            self.theme().cursor()
        } else if tab == self.model.tab && self.is_selected(row) {
            self.theme().selected()
        } else if pane.would_drop(number) {
            self.theme().going()
        } else {
            Style::new()
        }
    }

    fn is_selected(&self, row: &Row) -> bool {
        let range = self.model.selection();
        range.is_some_and(|range| range.contains(&row.key))
    }

    /// Writes a separator.
    fn between(&self, separator: Separator, writer: &mut CellWriter<'_>) {
        let theme = self.theme();
        writer.leave(1);
        let mut said = Vec::new();
        if let Some(day) = separator.day {
            said.push(day.format("%a %-d %b %Y").to_string());
        }
        if let Some(folder) = separator.folder {
            said.push(folder.to_string());
        }
        if let Some(offset) = separator.clocks {
            said.push(format!("clocks at UTC{offset}"));
        }
        if let Some(gap) = separator.gap {
            said.push(format!("{} without a line", in_words(gap)));
        }
        if said.is_empty() {
            // Lines are left out here.
            return writer.write("              ⋮", theme.remark());
        }
        let line = if separator.folder.is_some() || separator.day.is_some() {
            "─"
        } else {
            "·"
        };
        let text = format!(" {line}{line} {} ", said.join(&format!(" {line}{line} ")));
        writer.write(&text, theme.remark());
        writer.write(&line.repeat(usize::from(writer.room())), theme.remark());
    }

    /// Says why there are no lines.
    fn nothing(&self, tab: usize, area: Rect, buffer: &mut Buffer) {
        let model = self.model;
        let pane = &model.panes[tab];
        let (text, hint) = match (&model.waiting, model.folder) {
            _ if !pane.rows().is_empty() => self.all_left_out(),
            (Some(waiting), _) => {
                let text = format!("{}: {waiting}", model.base);
                (text, "waiting until it exists; q quits".to_owned())
            }
            (None, Some(folder)) => (first_line_of(folder), "q quits".to_owned()),
            (None, None) => return,
        };
        let middle = area.height.saturating_sub(2) / 2;
        for (y, text) in (area.y + middle..area.bottom()).zip([&text, &hint]) {
            let text = sanitize::visible(text);
            let margin = usize::from(area.width).saturating_sub(text.chars().count()) / 2;
            let style = self.theme().remark().remove_modifier(Modifier::DIM);
            writer_at(area, y, buffer).write(&format!("{:margin$}{text}", ""), style);
        }
    }
}

/// Returns the row of the screen, if a row of an area is on it.
fn on_screen(y: i64, area: Rect) -> Option<u16> {
    let y = u16::try_from(y).ok().filter(|y| *y < area.height)?;
    Some(area.y + y)
}

fn first_line_of(folder: Folder) -> String {
    format!("waiting for the first line in {folder}")
}

/// Formats a time span as `3m 12s`.
pub(super) fn in_words(span: TimeDelta) -> String {
    let rounded = span.checked_add(&TimeDelta::milliseconds(500));
    let seconds = rounded.unwrap_or(span).num_seconds();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {seconds}s"),
        (0, _, _) => format!("{hours}h {minutes}m"),
        _ => format!("{days}d {hours}h"),
    }
}
