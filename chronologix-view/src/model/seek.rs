//! Finds the next match or error among the rows that are loaded.

use super::{buffer::Row, pane::Pane, row_match::Criterion};
use crate::query::Direction;

/// The kind of row to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// A match of the search.
    Match,
    /// An error.
    Error,
}

/// A search for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seek {
    /// The kind of row.
    pub(crate) want: Want,
    /// The direction.
    pub(crate) direction: Direction,
    /// The first row to consider.
    pub(crate) from: u64,
    /// Whether the search continued from the other end.
    pub(crate) has_wrapped: bool,
    /// Whether the text of the search is still being typed.
    pub(crate) is_preview: bool,
}

/// The result of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// The row was found.
    Row(u64),
    /// Not found, but some rows have not been matched yet.
    NotYet,
    /// There is no such row up to the end.
    Nothing,
}

impl Seek {
    /// Searches the visible rows of a pane.
    pub(crate) fn through(&self, pane: &Pane) -> Sought {
        let rows = pane.rows();
        // A row that has not been matched yet may be the nearest, so the search must stop there.
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
