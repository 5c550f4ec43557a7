//! Looks at many rows a few at a time, from where the reader is outwards, so that nobody waits.

use std::ops::Range;

#[cfg(test)]
mod tests;

/// Which rows were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct RowScan {
    done: Range<u64>,
}

impl RowScan {
    /// Begins anew at a row.
    pub(super) fn begin(&mut self, at: u64) {
        self.done = at..at;
    }

    /// Says that these rows are all done, as where there is nothing to look for.
    pub(super) fn finish(&mut self, rows: &Range<u64>) {
        self.done = rows.clone();
    }

    /// The rows that were looked at.
    pub(super) fn done(&self) -> &Range<u64> {
        &self.done
    }

    /// Whether every row was looked at.
    pub(super) fn is_finished(&self, rows: &Range<u64>) -> bool {
        rows.is_empty() || (self.done.start <= rows.start && self.done.end >= rows.end)
    }

    /// The next row to look at, which then counts as done: one ahead, one back, in turns.
    pub(super) fn advance(&mut self, rows: &Range<u64>) -> Option<u64> {
        let (start, end) = (self.done.start, self.done.end);
        let (has_back, has_ahead) = (start > rows.start, end < rows.end);
        let is_ahead = has_ahead && (!has_back || (end - start).is_multiple_of(2));
        if is_ahead {
            self.done.end += 1;
            Some(end)
        } else if has_back {
            self.done.start -= 1;
            Some(start - 1)
        } else {
            None
        }
    }

    /// A row was put in at `at`; says whether it is to be looked at now.
    pub(super) fn inserted(&mut self, at: u64) -> bool {
        if at < self.done.start {
            self.done.start += 1;
            self.done.end += 1;
            return false;
        }
        let is_inside = at <= self.done.end;
        self.done.end += u64::from(is_inside);
        is_inside
    }

    /// The row `at` was taken out.
    pub(super) fn removed(&mut self, at: u64) {
        self.done.start -= u64::from(at < self.done.start);
        self.done.end -= u64::from(at < self.done.end);
    }

    /// Only these rows are left.
    pub(super) fn cut(&mut self, rows: &Range<u64>) {
        self.done.start = self.done.start.clamp(rows.start, rows.end);
        self.done.end = self.done.end.clamp(rows.start, rows.end);
    }
}
