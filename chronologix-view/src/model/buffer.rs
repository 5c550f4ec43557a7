//! The rows of a pane, in order and bounded.

use std::{cell::OnceCell, ops::Range, sync::Arc};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use super::gap_buffer::GapBuffer;
use crate::{
    line::{Key, LogLine},
    query::Verdict,
    streams::StreamSet,
};

#[cfg(test)]
mod tests;

/// A row of a pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its position.
    pub(crate) key: Key,
    /// Its content.
    pub(crate) body: Body,
    /// The level of its record.
    pub(crate) level: Option<Level>,
    /// Whether the line has no line end yet.
    pub(crate) is_unfinished: bool,
    /// The result of the filter. Valid where the filter has been matched.
    pub(super) verdict: Verdict,
    /// Whether the search matches. Valid where the search has been matched.
    pub(super) is_found: bool,
    /// Whether the filter being typed keeps the row. Valid where it has been matched.
    pub(super) is_drafted: bool,
    /// A hash of what is shown behind the time, once it was asked for.
    pub(super) content: OnceCell<u64>,
}

/// The content of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// A line of a log, and the streams it was found in.
    Line(Arc<LogLine>, StreamSet),
    /// An incident of a file, as text.
    Mark(Arc<str>),
}

/// The number of the first row, so that rows can be put before it.
pub(super) const MIDDLE: u64 = 1 << 40;

/// The most lines on each side of a line that are looked at for its record.
const LONGEST_RECORD: u64 = 1 << 12;

/// The bounds of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Rows.
    pub(crate) rows: usize,
    /// Bytes, including the overhead of each row.
    pub(crate) bytes: usize,
}

/// Rows in the order of their keys. Drops the oldest if there are too many.
#[derive(Debug)]
pub(crate) struct RowBuffer {
    rows: GapBuffer<Row>,
    /// The number of the first row.
    first: u64,
    /// The bytes of the rows.
    bytes: usize,
    limit: Limit,
}

impl Row {
    /// A row that has not been matched yet.
    pub(crate) fn new(key: Key, body: Body, level: Option<Level>) -> Self {
        Self {
            key,
            body,
            level,
            is_unfinished: false,
            verdict: Verdict::Out,
            is_found: false,
            is_drafted: false,
            content: OnceCell::new(),
        }
    }

    /// A row of a last line without a line end.
    pub(crate) fn of_unfinished(line: &Arc<LogLine>, level: Option<Level>) -> Self {
        let streams = StreamSet::of(line.key.stream);
        Self {
            is_unfinished: true,
            ..Self::new(line.key, Body::Line(Arc::clone(line), streams), level)
        }
    }

    /// Returns whether it is the first line of a record with level error or critical.
    pub(crate) fn is_error(&self) -> bool {
        self.level >= Some(Level::Error) && self.line().is_some() && self.begins_record()
    }

    /// Returns whether a record begins here. An incident is one.
    pub(crate) fn begins_record(&self) -> bool {
        self.line().is_none_or(|line| line.begins_record)
    }

    /// Returns whether the row continues the record of the row before it.
    fn continues(&self, before: &Self) -> bool {
        let is_line = self.line().is_some() && before.line().is_some();
        let place = |row: &Self| (row.key.folder, row.key.stream);
        is_line && !self.begins_record() && place(self) == place(before)
    }

    /// Returns the line, if the row has one.
    pub(crate) fn line(&self) -> Option<&Arc<LogLine>> {
        match &self.body {
            Body::Line(line, _) => Some(line),
            Body::Mark(_) => None,
        }
    }

    /// Returns the bytes that a row takes.
    fn weight(&self) -> usize {
        let text = match &self.body {
            Body::Line(line, _) => size_of::<LogLine>() + line.text.len(),
            Body::Mark(text) => text.len(),
        };
        size_of::<Self>() + text
    }
}

impl RowBuffer {
    /// An empty buffer.
    pub(crate) fn new(limit: Limit) -> Self {
        Self {
            rows: GapBuffer::new(),
            first: MIDDLE,
            bytes: 0,
            limit,
        }
    }

    /// Returns the bounds.
    pub(crate) fn limit(&self) -> Limit {
        self.limit
    }

    /// Returns whether there is no room for `more` rows.
    pub(crate) fn is_full(&self, more: usize) -> bool {
        self.rows.len() + more > self.limit.rows || self.bytes >= self.limit.bytes
    }

    /// Returns the numbers of the rows.
    pub(crate) fn range(&self) -> Range<u64> {
        self.first..self.first + self.rows.len() as u64
    }

    /// Returns the row with this number.
    pub(crate) fn row(&self, number: u64) -> Option<&Row> {
        self.rows.get(self.index(number)?)
    }

    /// Returns the row with this number to be changed.
    pub(super) fn row_mut(&mut self, number: u64) -> Option<&mut Row> {
        let index = self.index(number)?;
        self.rows.get_mut(index)
    }

    /// Returns the rows of the record that a row belongs to.
    pub(crate) fn record(&self, number: u64) -> Range<u64> {
        let continues = |number: &u64| {
            let before = number.checked_sub(1).and_then(|before| self.row(before));
            let row = self.row(*number).zip(before);
            row.is_some_and(|(row, before)| row.continues(before))
        };
        let first = number.saturating_sub(LONGEST_RECORD);
        let start = (first..=number).rev().find(|number| !continues(number));
        let most = number.saturating_add(LONGEST_RECORD);
        let end = (number + 1..most).find(|number| !continues(number));
        start.unwrap_or(first)..end.unwrap_or(most)
    }

    /// Returns the number of the first row that is not before this key.
    pub(crate) fn position(&self, key: Key) -> u64 {
        self.first + self.rows.partition_point(|row| row.key < key) as u64
    }

    /// Returns the number after the last row of this folder and time, or of an earlier one.
    pub(crate) fn end_of(&self, time: (Folder, DateTime<Utc>)) -> u64 {
        let is_by_then = |row: &Row| (row.key.folder, row.key.instant) <= time;
        self.first + self.rows.partition_point(is_by_then) as u64
    }

    /// Returns the number of the first row of this folder, or of a later one.
    pub(crate) fn start_of_folder(&self, folder: Folder) -> u64 {
        self.first + self.rows.partition_point(|row| row.key.folder < folder) as u64
    }

    /// Returns the number after the last row of this folder, or of an earlier one.
    pub(crate) fn end_of_folder(&self, folder: Folder) -> u64 {
        self.first + self.rows.partition_point(|row| row.key.folder <= folder) as u64
    }

    /// Returns the number of the row with this key.
    pub(crate) fn find(&self, key: Key) -> Option<u64> {
        let index = self.rows.position(|row| row.key.cmp(&key))?;
        Some(self.first + index as u64)
    }

    /// Inserts a row by its key and returns its number. Rows of equal keys keep their order.
    pub(crate) fn insert(&mut self, row: Row) -> u64 {
        self.bytes += row.weight();
        let index = if self.rows.back().is_none_or(|last| last.key <= row.key) {
            self.rows.len()
        } else {
            self.rows.partition_point(|other| other.key <= row.key)
        };
        self.rows.insert(index, row);
        self.first + index as u64
    }

    /// Replaces the content of the row with the same key, if there is one.
    pub(super) fn replace(&mut self, new: &Row) {
        let number = self.find(new.key);
        let Some(row) = number.and_then(|number| self.row_mut(number)) else {
            return;
        };
        let before = row.weight();
        row.body = new.body.clone();
        row.content = OnceCell::new();
        let after = row.weight();
        self.bytes = self.bytes + after - before;
    }

    /// Inserts a row before all others.
    pub(crate) fn push_front(&mut self, row: Row) {
        self.bytes += row.weight();
        self.first = self.first.saturating_sub(1);
        self.rows.push_front(row);
    }

    /// Drops the rows before this one. Returns whether there were any.
    pub(crate) fn drop_before(&mut self, number: u64) -> bool {
        let before = self.first;
        while self.first < number
            && let Some(row) = self.rows.pop_front()
        {
            self.bytes -= row.weight();
            self.first += 1;
        }
        self.first > before
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Row> {
        let row = self.rows.remove(self.index(number)?)?;
        self.bytes -= row.weight();
        Some(row)
    }

    /// Sets the streams that the line of a row was found in.
    pub(crate) fn add_copy(&mut self, number: u64, streams: StreamSet) {
        if let Some(Row {
            body: Body::Line(_, found),
            ..
        }) = self.row_mut(number)
        {
            *found = streams;
        }
    }

    /// Sets the bounds.
    pub(crate) fn set_limit(&mut self, limit: Limit) {
        self.limit = limit;
    }

    /// Drops the newest rows until the bounds are kept. Returns whether there were too many.
    pub(crate) fn trim_back(&mut self) -> bool {
        let before = self.rows.len();
        while (self.rows.len() > self.limit.rows || self.bytes > self.limit.bytes)
            && let Some(row) = self.rows.pop_back()
        {
            self.bytes -= row.weight();
        }
        self.rows.len() < before
    }

    /// Drops the oldest rows until the bounds are kept. Returns whether there were too many.
    pub(crate) fn trim(&mut self) -> bool {
        let before = self.first;
        while (self.rows.len() > self.limit.rows || self.bytes > self.limit.bytes)
            && let Some(row) = self.rows.pop_front()
        {
            self.bytes -= row.weight();
            self.first += 1;
        }
        self.first > before
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }
}
