//! Looking for the next row of a kind, as far as rows were looked at.

use super::{buffer::Row, pane::Pane, row_match::Criterion};
use crate::query::Direction;

/// What a row must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// It holds what is searched for.
    Match,
    /// It is of a record that failed.
    Error,
}

/// A row that is being looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seek {
    /// What it must be.
    pub(crate) want: Want,
    /// To which side.
    pub(crate) direction: Direction,
    /// The first row that counts.
    pub(crate) from: u64,
    /// Whether the end was passed and it goes on from the other one.
    pub(crate) has_wrapped: bool,
    /// Whether only the place is shown, since something is still being typed.
    pub(crate) is_preview: bool,
}

/// What came of looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// This row.
    Row(u64),
    /// Nothing so far, but not all rows were looked at.
    NotYet,
    /// Nothing up to the end.
    Nothing,
}

impl Seek {
    /// Looks through the rows of a pane that may be seen.
    pub(crate) fn through(&self, pane: &Pane) -> Sought {
        let rows = pane.rows();
        // Rows nobody looked at stand in the way: the nearest may be among them.
        let known = |number: &u64| {
            let is_searched =
                self.want != Want::Match || pane.scanned(Criterion::Search).contains(number);
            is_searched && pane.scanned(Criterion::Filter).contains(number)
        };
        let is_wanted = |number: u64| {
            let is_of_kind = match self.want {
                Want::Match => pane.is_found(number),
                Want::Error => pane.buffer.row(number).is_some_and(Row::is_error),
            };
            is_of_kind && pane.is_seen(number)
        };
        let look = |number: u64| {
            if !known(&number) {
                Some(Sought::NotYet)
            } else if is_wanted(number) {
                Some(Sought::Row(number))
            } else {
                None
            }
        };
        let sought = match self.direction {
            Direction::Newer => (self.from.max(rows.start)..rows.end).find_map(look),
            Direction::Older => {
                let end = self.from.saturating_add(1).clamp(rows.start, rows.end);
                (rows.start..end).rev().find_map(look)
            }
        };
        sought.unwrap_or(Sought::Nothing)
    }
}
