//! Computes which rows fit on the screen, and where they are on it.

use super::{
    buffer::Row,
    pane::Pane,
    scroll::{Held, Scroll},
};

#[cfg(test)]
mod tests;

/// The number of rows shown before the target of a jump.
const LEAD: u64 = 3;

/// A pane, and the room it has on the screen.
#[derive(Clone, Copy)]
pub(crate) struct Viewport<'a> {
    /// The pane.
    pub(crate) pane: &'a Pane,
    /// The number of screen rows.
    pub(crate) lines: u64,
    /// Returns the number of screen rows that a row takes, by its number.
    pub(crate) height: &'a dyn Fn(u64, &Row) -> u64,
}

/// A row on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlacedRow {
    /// Its number.
    pub(crate) number: u64,
    /// The screen row at which it begins, with its separator. Negative if it begins above the
    /// screen.
    pub(crate) y: i64,
}

impl Viewport<'_> {
    /// Returns the rows to draw.
    pub(crate) fn placed(&self) -> Vec<PlacedRow> {
        match self.pane.scroll {
            Scroll::Following => self.up_to_end(),
            Scroll::Held(held) => self.down_from(held.top),
        }
    }

    /// Returns the current position as one at which rows stand still.
    pub(crate) fn hold(&self) -> Option<Held> {
        if let Scroll::Held(held) = self.pane.scroll {
            return Some(held);
        }
        let cursor = self.pane.seen_before(u64::MAX)?;
        Some(Held {
            top: self.top_above(cursor),
            cursor,
            shown: self.pane.rows().end,
            new: 0,
            new_errors: 0,
        })
    }

    /// Returns the position with its cursor on a visible row that is on the screen.
    pub(crate) fn settle(&self, mut held: Held) -> Held {
        let pane = self.pane;
        let Some(cursor) = pane.nearest_seen(held.cursor) else {
            return held;
        };
        held.cursor = cursor;
        let last = pane.seen_before(u64::MAX).unwrap_or(cursor);
        let lowest = self.top_above(cursor);
        let top = pane.nearest_seen(held.top).unwrap_or(cursor);
        held.top = top
            .clamp(lowest, cursor)
            .min(self.top_above(last).max(lowest));
        held
    }

    /// Returns the position with its cursor on another row. A row that was not on the screen is
    /// shown with some rows before it.
    pub(crate) fn go_to(&self, mut held: Held, number: u64) -> Held {
        let is_in_sight = self
            .down_from(held.top)
            .iter()
            .any(|placed| placed.number == number);
        held.cursor = number;
        if is_in_sight {
            self.settle(held)
        } else {
            self.lead_to(held)
        }
    }

    /// Returns the position with some rows before its cursor.
    pub(crate) fn lead_to(&self, mut held: Held) -> Held {
        held.top = self.back(held.cursor, LEAD.min(self.lines / 3));
        self.settle(held)
    }

    /// Returns the row that is `lines` screen rows before another, or the first.
    pub(crate) fn back(&self, from: u64, lines: u64) -> u64 {
        let mut row = from;
        let mut left = lines;
        while left > 0
            && let Some(before) = self.pane.seen_before(row)
        {
            left = left.saturating_sub(self.cost(row));
            row = before;
        }
        row
    }

    /// Returns the row that is `lines` screen rows after another, or the last.
    pub(crate) fn ahead(&self, from: u64, lines: u64) -> u64 {
        let mut row = from;
        let mut left = lines;
        while left > 0
            && let Some(after) = self.pane.seen_from(row + 1)
        {
            left = left.saturating_sub(self.cost(after));
            row = after;
        }
        row
    }

    /// Returns the screen row at which a row begins, or 0 if it is not on the screen.
    pub(crate) fn row_of(&self, number: u64) -> i64 {
        let placed = self.placed();
        let row = placed.iter().find(|placed| placed.number == number);
        row.map_or(0, |placed| {
            placed.y + self.rows_before(number).cast_signed()
        })
    }

    /// Returns the rows to draw so that `number` begins at screen row `y`.
    pub(crate) fn around(&self, number: Option<u64>, y: i64) -> Vec<PlacedRow> {
        let Some(number) = number else {
            // All rows come after it.
            let mut placed = self.down_from(0);
            for placed in &mut placed {
                placed.y += y + 1;
            }
            return placed;
        };
        let before = self.rows_before(number).cast_signed();
        let mut top = PlacedRow {
            number,
            y: y - before,
        };
        while top.y > 0
            && let Some(number) = self.pane.seen_before(top.number)
        {
            let y = top.y - self.cost(number).cast_signed();
            top = PlacedRow { number, y };
        }
        let mut placed = self.down_from(top.number);
        for placed in &mut placed {
            placed.y += top.y;
        }
        placed
    }

    /// Returns the rows from `top` on, from the first screen row downwards.
    pub(crate) fn down_from(&self, top: u64) -> Vec<PlacedRow> {
        let mut placed = Vec::new();
        let mut y = 0;
        let mut next = self.pane.seen_from(top);
        while let Some(number) = next
            && y < self.lines
        {
            placed.push(PlacedRow {
                number,
                y: y.cast_signed(),
            });
            y += self.cost(number);
            next = self.pane.seen_from(number + 1);
        }
        placed
    }

    /// Returns the last rows, aligned with the bottom of the screen unless there are few.
    fn up_to_end(&self) -> Vec<PlacedRow> {
        let mut placed = Vec::new();
        let mut y = self.lines.cast_signed();
        let mut next = self.pane.seen_before(u64::MAX);
        while let Some(number) = next
            && y > 0
        {
            y -= self.cost(number).cast_signed();
            placed.push(PlacedRow { number, y });
            next = self.pane.seen_before(number);
        }
        placed.reverse();
        let spare = y.max(0);
        for placed in &mut placed {
            placed.y -= spare;
        }
        placed
    }

    /// Returns the first row of the screen if `bottom` is its last.
    fn top_above(&self, bottom: u64) -> u64 {
        let mut top = bottom;
        let mut left = self.lines.saturating_sub(self.cost(bottom));
        while let Some(before) = self.pane.seen_before(top) {
            let cost = self.cost(before);
            if cost > left {
                break;
            }
            left -= cost;
            top = before;
        }
        top
    }

    /// Returns the number of screen rows of the separator before a row.
    fn rows_before(&self, number: u64) -> u64 {
        u64::from(self.pane.separator(number).is_some())
    }

    /// Returns the number of screen rows of a row with its separator.
    fn cost(&self, number: u64) -> u64 {
        let height = self
            .pane
            .buffer
            .row(number)
            .map_or(1, |row| (self.height)(number, row));
        height + self.rows_before(number)
    }
}
