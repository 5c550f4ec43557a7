//! The rows of a pane, in order, up to a bound.

use std::{ops::Range, sync::Arc};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use super::gap_buffer::GapBuffer;
use crate::{
    line::{Key, LogLine},
    query::Verdict,
    record,
    streams::StreamSet,
};

#[cfg(test)]
mod tests;

/// One row of a pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where the row stands.
    pub(crate) key: Key,
    /// What it shows.
    pub(crate) body: Body,
    /// The level of its record.
    pub(crate) level: Option<Level>,
    /// What the filter makes of it, where it was looked through.
    pub(super) verdict: Verdict,
    /// Whether what is searched for is in it, where it was searched.
    pub(super) is_found: bool,
    /// Whether the filter that is being typed lets it be seen, where it was tried.
    pub(super) is_drafted: bool,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// A line of a log, and the streams it was found in.
    Line(Arc<LogLine>, StreamSet),
    /// Something that happened to a file, in words.
    Mark(Arc<str>),
}

/// The number of the first row, so that others can be put before it.
pub(super) const MIDDLE: u64 = 1 << 40;

/// The most a buffer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Rows.
    pub(crate) rows: usize,
    /// Bytes, with what each row costs beside its text.
    pub(crate) bytes: usize,
}

/// Rows in the order of their keys; the oldest are given up when there are too many.
#[derive(Debug)]
pub(crate) struct RowBuffer {
    rows: GapBuffer<Row>,
    /// The number of the first row.
    first: u64,
    /// What the rows take.
    bytes: usize,
    limit: Limit,
}

impl Row {
    /// A row that was looked at in no way.
    pub(crate) fn new(key: Key, body: Body, level: Option<Level>) -> Self {
        Self {
            key,
            body,
            level,
            verdict: Verdict::Out,
            is_found: false,
            is_drafted: false,
        }
    }

    /// Whether it is the first line of a record that failed.
    pub(crate) fn is_error(&self) -> bool {
        let has_timestamp = |line: &Arc<LogLine>| record::level(&line.text).1;
        self.level >= Some(Level::Error) && self.line().is_some_and(has_timestamp)
    }

    /// The line, if it shows one.
    pub(crate) fn line(&self) -> Option<&Arc<LogLine>> {
        match &self.body {
            Body::Line(line, _) => Some(line),
            Body::Mark(_) => None,
        }
    }

    /// Bytes a row takes.
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

    /// The most it holds.
    pub(crate) fn limit(&self) -> Limit {
        self.limit
    }

    /// Whether there is no room for so many rows more.
    pub(crate) fn is_full(&self, more: usize) -> bool {
        self.rows.len() + more > self.limit.rows || self.bytes >= self.limit.bytes
    }

    /// The numbers of the rows.
    pub(crate) fn range(&self) -> Range<u64> {
        self.first..self.first + self.rows.len() as u64
    }

    /// The row with this number.
    pub(crate) fn row(&self, number: u64) -> Option<&Row> {
        self.rows.get(self.index(number)?)
    }

    /// The row with this number, to be looked at.
    pub(super) fn row_mut(&mut self, number: u64) -> Option<&mut Row> {
        let index = self.index(number)?;
        self.rows.get_mut(index)
    }

    /// The number of the first row that is not before this key.
    pub(crate) fn position(&self, key: Key) -> u64 {
        self.first + self.rows.partition_point(|row| row.key < key) as u64
    }

    /// The number after the last row of this folder and time, or of an earlier one.
    pub(crate) fn end_of(&self, time: (Folder, DateTime<Utc>)) -> u64 {
        let is_by_then = |row: &Row| (row.key.folder, row.key.instant) <= time;
        self.first + self.rows.partition_point(is_by_then) as u64
    }

    /// The number of the first row of this folder, or of a later one.
    pub(crate) fn start_of_folder(&self, folder: Folder) -> u64 {
        self.first + self.rows.partition_point(|row| row.key.folder < folder) as u64
    }

    /// The number after the last row of this folder, or of an earlier one.
    pub(crate) fn end_of_folder(&self, folder: Folder) -> u64 {
        self.first + self.rows.partition_point(|row| row.key.folder <= folder) as u64
    }

    /// The number of the row with this key.
    pub(crate) fn find(&self, key: Key) -> Option<u64> {
        let index = self.rows.position(|row| row.key.cmp(&key))?;
        Some(self.first + index as u64)
    }

    /// Puts a row where it belongs and gives its number. Rows of equal keys stay in the order
    /// they came.
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

    /// Puts a row before all others.
    pub(crate) fn push_front(&mut self, row: Row) {
        self.bytes += row.weight();
        self.first = self.first.saturating_sub(1);
        self.rows.push_front(row);
    }

    /// Gives up the rows before this one; says whether there were any.
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

    /// Takes a row out.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Row> {
        let row = self.rows.remove(self.index(number)?)?;
        self.bytes -= row.weight();
        Some(row)
    }

    /// Notes that the line of a row was found in one more stream.
    pub(crate) fn add_copy(&mut self, number: u64, streams: StreamSet) {
        if let Some(Row {
            body: Body::Line(_, found),
            ..
        }) = self.row_mut(number)
        {
            *found = streams;
        }
    }

    /// Changes the bound.
    pub(crate) fn set_limit(&mut self, limit: Limit) {
        self.limit = limit;
    }

    /// Gives up the newest rows until the bound is kept; says whether there were too many.
    pub(crate) fn trim_back(&mut self) -> bool {
        let before = self.rows.len();
        while (self.rows.len() > self.limit.rows || self.bytes > self.limit.bytes)
            && let Some(row) = self.rows.pop_back()
        {
            self.bytes -= row.weight();
        }
        self.rows.len() < before
    }

    /// Gives up the oldest rows until the bound is kept; says whether there were too many.
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
