//! Progress of matching many rows in small steps, from the cursor outwards.

use std::ops::Range;

#[cfg(test)]
mod tests;

/// The range of rows that have been matched.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct RowScan {
    done: Range<u64>,
}

impl RowScan {
    /// Starts again at a row.
    pub(super) fn begin(&mut self, at: u64) {
        self.done = at..at;
    }

    /// Marks all these rows as matched.
    pub(super) fn finish(&mut self, rows: &Range<u64>) {
        self.done = rows.clone();
    }

    /// Returns the rows that have been matched.
    pub(super) fn done(&self) -> &Range<u64> {
        &self.done
    }

    /// Returns whether all rows have been matched.
    pub(super) fn is_finished(&self, rows: &Range<u64>) -> bool {
        rows.is_empty() || (self.done.start <= rows.start && self.done.end >= rows.end)
    }

    /// Marks rows as matched that lie beside or around the last one.
    pub(super) fn include(&mut self, rows: &Range<u64>) {
        if !self.done.is_empty() && rows.start <= self.done.end && rows.end >= self.done.start {
            self.done.start = self.done.start.min(rows.start);
            self.done.end = self.done.end.max(rows.end);
        }
    }

    /// Returns the next row to match and marks it. Alternates between newer and older rows.
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

    /// Adjusts to an inserted row. Returns whether it must be matched now.
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

    /// Adjusts to a removed row.
    pub(super) fn removed(&mut self, at: u64) {
        self.done.start -= u64::from(at < self.done.start);
        self.done.end -= u64::from(at < self.done.end);
    }

    /// Adjusts to dropped rows: only these are left.
    pub(super) fn cut(&mut self, rows: &Range<u64>) {
        self.done.start = self.done.start.clamp(rows.start, rows.end);
        self.done.end = self.done.end.clamp(rows.start, rows.end);
    }
}
