//! The rows of a pane, in order, up to a bound.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use chronologix_core::layout::Folder;

use crate::{
    line::{Key, LogLine},
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
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// A line of a log, and the streams it was found in.
    Line(Arc<LogLine>, StreamSet),
    /// Where a new interval folder begins.
    Rule(Folder),
    /// Something that happened to a file, in words.
    Mark(Arc<str>),
}

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
pub(crate) struct Buffer {
    rows: VecDeque<Row>,
    /// The number of the first row.
    first: u64,
    /// What the rows take.
    bytes: usize,
    limit: Limit,
}

impl Row {
    /// Bytes a row takes.
    fn weight(&self) -> usize {
        let text = match &self.body {
            Body::Line(line, _) => size_of::<LogLine>() + line.text.len(),
            Body::Mark(text) => text.len(),
            Body::Rule(_) => 0,
        };
        size_of::<Self>() + text
    }
}

impl Buffer {
    /// An empty buffer.
    pub(crate) fn new(limit: Limit) -> Self {
        Self {
            rows: VecDeque::new(),
            first: 0,
            bytes: 0,
            limit,
        }
    }

    /// The numbers of the rows.
    pub(crate) fn range(&self) -> Range<u64> {
        self.first..self.first + self.rows.len() as u64
    }

    /// The row with this number.
    pub(crate) fn row(&self, number: u64) -> Option<&Row> {
        self.rows.get(self.index(number)?)
    }

    /// The key of the last row.
    pub(crate) fn last(&self) -> Option<Key> {
        self.rows.back().map(|row| row.key)
    }

    /// The number of the row with this key.
    pub(crate) fn find(&self, key: Key) -> Option<u64> {
        let index = self.rows.binary_search_by_key(&key, |row| row.key).ok()?;
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

    /// Takes a row out.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Row> {
        let row = self.rows.remove(self.index(number)?)?;
        self.bytes -= row.weight();
        Some(row)
    }

    /// Notes that the line of a row was found in one more stream.
    pub(crate) fn add_copy(&mut self, number: u64, streams: StreamSet) {
        let row = self
            .index(number)
            .and_then(|index| self.rows.get_mut(index));
        if let Some(Row {
            body: Body::Line(_, found),
            ..
        }) = row
        {
            *found = streams;
        }
    }

    /// Changes the bound.
    pub(crate) fn set_limit(&mut self, limit: Limit) {
        self.limit = limit;
        self.trim();
    }

    /// Gives up the oldest rows until the bound is kept.
    pub(crate) fn trim(&mut self) {
        while (self.rows.len() > self.limit.rows || self.bytes > self.limit.bytes)
            && let Some(row) = self.rows.pop_front()
        {
            self.bytes -= row.weight();
            self.first += 1;
        }
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }
}
