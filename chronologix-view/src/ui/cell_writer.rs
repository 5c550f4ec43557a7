//! Writes untrusted text into a row of cells.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::sanitize;

#[cfg(test)]
mod tests;

/// A cursor in a row.
#[derive(Debug)]
pub(super) struct CellWriter<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    /// The first column that must not be written.
    right: u16,
    /// Columns of text that are still to be skipped, because they are scrolled out at the left.
    hidden: usize,
    /// The column in the text, for tab stops.
    column: usize,
}

impl<'a> CellWriter<'a> {
    /// Starts at the first row of `area`.
    pub(super) fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        let area = area.intersection(buffer.area);
        // An empty area has no row.
        let right = if area.is_empty() {
            area.x
        } else {
            area.right()
        };
        Self {
            buffer,
            x: area.x,
            y: area.y,
            right,
            hidden: 0,
            column: 0,
        }
    }

    /// Starts a text whose first `hidden` columns are skipped.
    pub(super) fn scroll(&mut self, hidden: usize) {
        (self.hidden, self.column) = (hidden, 0);
    }

    /// Excludes the last columns of the row.
    pub(super) fn leave(&mut self, columns: u16) {
        self.right = self.right.saturating_sub(columns).max(self.x);
    }

    /// Returns the number of columns left.
    pub(super) fn room(&self) -> u16 {
        self.right.saturating_sub(self.x)
    }

    /// Moves forward by this many columns.
    pub(super) fn skip(&mut self, columns: usize) {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        self.x = self.x.saturating_add(columns).min(self.right);
    }

    /// Moves forward to this many columns before the end of the row.
    pub(super) fn move_to_last(&mut self, columns: usize) {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        self.x = self.x.max(self.right.saturating_sub(columns));
    }

    /// Writes sanitized text as far as there is room.
    pub(super) fn write(&mut self, text: &str, style: Style) {
        if self.room() == 0 {
            return;
        }
        sanitize::for_each(text, |cluster| {
            let columns = sanitize::columns_of(cluster, self.column);
            self.column += columns;
            let hidden = self.hidden.min(columns);
            self.hidden -= hidden;
            if hidden == 0 && cluster != "\t" {
                self.put(cluster, columns, style)
            } else {
                // Half of a wide character is left blank.
                (hidden..columns).all(|_| self.put(" ", 1, style))
            }
        });
    }

    /// Writes one cluster. Returns whether there was room for it.
    fn put(&mut self, cluster: &str, columns: usize, style: Style) -> bool {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        if columns > self.room() {
            // What comes later must not take its place.
            self.right = self.x;
            return false;
        }
        self.buffer[(self.x, self.y)]
            .set_symbol(cluster)
            .set_style(style);
        for x in self.x + 1..self.x + columns {
            self.buffer[(x, self.y)].reset();
        }
        self.x += columns;
        true
    }
}
