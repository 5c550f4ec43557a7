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

    /// Moves forward to this many columns before the end of the row.
    pub(super) fn move_to_last(&mut self, columns: usize) {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        self.x = self.x.max(self.right.saturating_sub(columns));
    }

    /// Writes sanitized text as far as there is room.
    pub(super) fn write(&mut self, text: &str, style: Style) {
        let room = usize::from(self.room());
        if room == 0 {
            return;
        }
        let mut shown = String::new();
        let mut width = 0;
        sanitize::for_each(text, |letter| {
            let columns = sanitize::columns_of(letter, self.column);
            let letter = if letter == '\t' { ' ' } else { letter };
            self.column += columns;
            let hidden = self.hidden.min(columns);
            self.hidden -= hidden;
            if hidden == 0 && letter != ' ' {
                shown.push(letter);
                width += columns;
            } else {
                // Half of a wide character is left blank.
                shown.extend(std::iter::repeat_n(' ', columns - hidden));
                width += columns - hidden;
            }
            width <= room
        });
        let (x, _) = self.buffer.set_stringn(self.x, self.y, &shown, room, style);
        self.x = x;
    }
}
