//! What one tab shows: a stream, or all of them merged.

use std::sync::Arc;

use chronologix_core::layout::Folder;
use jiff::Timestamp;

use super::{
    buffer::{Body, Buffer, Limit, Row},
    scroll::Scroll,
};
use crate::{
    line::{Key, LogLine},
    merge::{Fold, Placed},
    streams::{StreamId, StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// The rows of one tab and the position in them.
#[derive(Debug)]
pub(crate) struct Pane {
    /// What there is to see.
    pub(crate) buffer: Buffer,
    /// Which of it is seen.
    pub(crate) scroll: Scroll,
    /// How many columns are scrolled out at the left.
    pub(crate) left: usize,
}

impl Pane {
    /// An empty pane that follows.
    pub(crate) fn new(limit: Limit) -> Self {
        Self {
            buffer: Buffer::new(limit),
            scroll: Scroll::Following,
            left: 0,
        }
    }

    /// Adds a line of a stream.
    pub(crate) fn add(&mut self, line: &Arc<LogLine>) {
        let streams = StreamSet::of(line.key.stream);
        self.rule(line.key.folder);
        self.insert(Row {
            key: line.key,
            body: Body::Line(Arc::clone(line), streams),
        });
    }

    /// Adds something that happened to a file.
    pub(crate) fn mark(&mut self, key: Key, text: &Arc<str>) {
        self.rule(key.folder);
        self.insert(Row {
            key,
            body: Body::Mark(Arc::clone(text)),
        });
    }

    /// Adds a line of any stream, unless it is a copy of one that is here.
    pub(crate) fn merge(&mut self, line: &Arc<LogLine>, fold: &mut Fold, streams: &Streams) {
        let Placed::CopyOf(key) = fold.place(line, streams) else {
            return self.add(line);
        };
        let Some(number) = self.buffer.find(key) else {
            return;
        };
        let Some(Row {
            body: Body::Line(_, found),
            ..
        }) = self.buffer.row(number)
        else {
            return;
        };
        let found = found.with(line.key.stream);
        if line.key > key {
            return self.buffer.add_copy(number, found);
        }
        self.buffer.remove(number);
        self.scroll.removed(number);
        self.insert(Row {
            key: line.key,
            body: Body::Line(Arc::clone(line), found),
        });
    }

    /// Draws a line under the folder before, if this is a later one.
    fn rule(&mut self, folder: Folder) {
        if self.buffer.last().is_some_and(|last| last.folder < folder) {
            let first = Key {
                folder,
                instant: Timestamp::MIN,
                stream: StreamId(0),
                sequence: 0,
            };
            self.insert(Row {
                key: first,
                body: Body::Rule(folder),
            });
        }
    }

    fn insert(&mut self, row: Row) {
        let number = self.buffer.insert(row);
        self.scroll.inserted(number);
        self.buffer.trim();
    }
}
