//! Which rows fit on a screen, and where they stand on it.

use super::{
    buffer::Row,
    pane::Pane,
    scroll::{Held, Scroll},
};

#[cfg(test)]
mod tests;

/// The rows a reader sees of those before the one that was gone to.
const LEAD: u64 = 3;

/// A pane with the room it has.
#[derive(Clone, Copy)]
pub(crate) struct Viewport<'a> {
    /// The rows.
    pub(crate) pane: &'a Pane,
    /// Lines on the screen.
    pub(crate) lines: u64,
    /// How many of them a row takes.
    pub(crate) height: &'a dyn Fn(&Row) -> u64,
}

/// A row on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlacedRow {
    /// The row.
    pub(crate) number: u64,
    /// The line on the screen where it and what stands before it begin; above the screen where
    /// there is no room for all of it.
    pub(crate) y: i64,
}

impl Viewport<'_> {
    /// The rows to draw.
    pub(crate) fn placed(&self) -> Vec<PlacedRow> {
        match self.pane.scroll {
            Scroll::Following => self.up_to_end(),
            Scroll::Held(held) => self.down_from(held.top),
        }
    }

    /// The position at which the rows stand still as they are.
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

    /// The same position with its cursor on a row that is seen, and on the screen.
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

    /// The same position with its cursor on another row; what is far is shown with some rows
    /// before it.
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

    /// The same position with some rows before its cursor.
    pub(crate) fn lead_to(&self, mut held: Held) -> Held {
        held.top = self.back(held.cursor, LEAD.min(self.lines / 3));
        self.settle(held)
    }

    /// The row so many lines on the screen before another one, or the first there is.
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

    /// The row so many lines on the screen after another one, or the last there is.
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

    /// The row of the screen on which a row begins, if it is in sight.
    pub(crate) fn row_of(&self, number: u64) -> i64 {
        let placed = self.placed();
        let row = placed.iter().find(|placed| placed.number == number);
        row.map_or(0, |placed| {
            placed.y + self.rows_before(number).cast_signed()
        })
    }

    /// The rows to draw so that one of them begins on a certain row of the screen.
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

    /// The rows from `top` on, from the first line of the screen downwards.
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

    /// The last rows, the last of them at the bottom of the screen unless there are few.
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

    /// The first row of the screen that has `bottom` as its last one.
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

    /// Lines on the screen that stand before a row.
    fn rows_before(&self, number: u64) -> u64 {
        u64::from(self.pane.separator(number).is_some())
    }

    /// Lines on the screen that a row takes with what stands before it.
    fn cost(&self, number: u64) -> u64 {
        let height = self
            .pane
            .buffer
            .row(number)
            .map_or(1, |row| (self.height)(row));
        height + self.rows_before(number)
    }
}
