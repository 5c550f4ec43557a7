//! Repeats: records that say the same as the one shown before them. They are counted, not shown.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{
    buffer::{Body, Row},
    pane::Pane,
};

#[cfg(test)]
mod tests;

/// The first record of so many rows is always shown, so that looking back ends. Half of it is the
/// remainder of such rows, because the first rows that are loaded are around a multiple of it.
const LONGEST_RUN: u64 = 1 << 10;

impl Row {
    /// Returns a hash of what is shown behind the time. It is computed once.
    fn content_hash(&self) -> u64 {
        *self.content.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            match &self.body {
                Body::Line(line, _) => line.parts().message.hash(&mut hasher),
                Body::Mark(text) => text.hash(&mut hasher),
            }
            hasher.finish()
        })
    }

    /// Returns whether another line says the same, whatever its time is.
    fn says_the_same(&self, other: &Self) -> bool {
        let is_whole = |row: &Self| {
            let line = row.line().filter(|_| !row.is_unfinished);
            line.is_some_and(|line| !line.is_cut)
        };
        self.key.stream == other.key.stream
            && self.level == other.level
            // What the search has found must be shown.
            && self.is_found == other.is_found
            && is_whole(self)
            && is_whole(other)
            && self.content_hash() == other.content_hash()
    }
}

impl Pane {
    /// Returns whether the record of a row is counted instead of shown: it says the same as the
    /// one shown before it, and nothing parts them. With context, every record is shown.
    pub(super) fn is_repeat(&self, number: u64) -> bool {
        if !self.counts_repeats || self.context > 0 {
            return false;
        }
        let record = self.buffer.record(number);
        if record.start % LONGEST_RUN == LONGEST_RUN / 2 {
            return false;
        }
        let Some(last) = self.kept_before(record.start) else {
            return false;
        };
        let before = self.buffer.record(last);
        let row = |number| self.buffer.row(number);
        let is_same = |(one, other)| {
            let rows = row(one).zip(row(other));
            rows.is_some_and(|(one, other)| one.says_the_same(other))
        };
        before.end - before.start == record.end - record.start
            && before.zip(record.clone()).all(is_same)
            && self.parting(last, record.start).is_none()
    }

    /// Returns the first rows of the records that are counted with the record of a row.
    pub(crate) fn repeats(&self, number: u64) -> impl Iterator<Item = u64> + '_ {
        let mut next = self.buffer.record(number).end;
        std::iter::from_fn(move || {
            let first = self.kept_from(next)?;
            next = self.buffer.record(first).end;
            self.is_repeat(first).then_some(first)
        })
    }

    /// Returns the first row of the last record that is counted with that of a row, or `number`.
    pub(crate) fn last_repeat(&self, number: u64) -> u64 {
        self.repeats(number).last().unwrap_or(number)
    }

    /// Returns what stands before the message of a row: how many records it stands for, if several.
    pub(crate) fn count_before(&self, number: u64) -> String {
        if !self.begins_record(number) {
            return String::new();
        }
        match self.repeats(number).count() {
            0 => String::new(),
            more => format!("x{} ", more + 1),
        }
    }
}
