//! From one row that is seen to the next.

use chrono::TimeDelta;

use chronologix_schema::layout::Folder;

use super::{buffer::Row, pane::Pane, scroll::Scroll};
use crate::{line::Key, query::Verdict};

#[cfg(test)]
mod tests;

/// The shortest time without a line that is told.
pub(crate) const SHORTEST_GAP: TimeDelta = TimeDelta::seconds(60);

/// What stands between two rows and is none itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Separator {
    /// The interval folder that begins there, if one does.
    pub(crate) folder: Option<Folder>,
    /// How long nothing is seen, if that is long.
    pub(crate) gap: Option<TimeDelta>,
}

impl Pane {
    /// The end of the rows that may be shown.
    pub(crate) fn end(&self) -> u64 {
        let rows = self.rows();
        match self.scroll {
            Scroll::Following => rows.end,
            Scroll::Held(held) => held.shown.clamp(rows.start, rows.end),
        }
    }

    /// Whether a row is seen.
    pub(crate) fn is_seen(&self, number: u64) -> bool {
        match self.verdict(number) {
            Verdict::Kept => true,
            Verdict::Out => false,
            Verdict::Near => {
                let around = number.saturating_sub(self.context)..=number + self.context;
                self.context > 0
                    && around
                        .into_iter()
                        .any(|near| self.verdict(near) == Verdict::Kept)
            }
        }
    }

    /// The first row from `number` on that is seen.
    pub(crate) fn seen_from(&self, number: u64) -> Option<u64> {
        (number.max(self.rows().start)..self.end()).find(|number| self.is_seen(*number))
    }

    /// The last row before `number` that is seen.
    pub(crate) fn seen_before(&self, number: u64) -> Option<u64> {
        let mut rows = self.rows().start..number.min(self.end());
        rows.rfind(|number| self.is_seen(*number))
    }

    /// The row that is seen at `number`, or else the nearest before, or else the nearest after.
    pub(crate) fn nearest_seen(&self, number: u64) -> Option<u64> {
        self.seen_before(number.saturating_add(1))
            .or_else(|| self.seen_from(number))
    }

    /// The last row that is seen of those up to the time of this key.
    pub(crate) fn last_by(&self, key: Key) -> Option<u64> {
        let time = (key.folder, key.instant);
        self.seen_before(self.buffer.end_of(time))
    }

    /// What stands before a row, given the row that is seen before it.
    pub(crate) fn separator(&self, number: u64) -> Option<Separator> {
        let before = self.buffer.row(self.seen_before(number)?)?;
        let row = self.buffer.row(number)?;
        let folder = row.key.folder;
        let separator = Separator {
            folder: (before.key.folder != folder).then_some(folder),
            gap: gap(before, row),
        };
        (separator.folder.is_some() || separator.gap.is_some()).then_some(separator)
    }
}

/// How long nothing is seen between two rows, if it is long.
fn gap(before: &Row, row: &Row) -> Option<TimeDelta> {
    let gap = row.key.instant - before.key.instant;
    let are_lines = before.line().is_some() && row.line().is_some();
    (are_lines && gap >= SHORTEST_GAP).then_some(gap)
}
