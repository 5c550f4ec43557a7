//! The earliest line of several streams, each of which is in order by itself.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use chronologix_schema::layout::Folder;
use jiff::Timestamp;

use crate::{
    line::{Key, LogLine},
    streams::StreamId,
};

/// Where the lines of the streams come from, a block at a time.
pub(crate) trait Source {
    /// The next lines of `stream`, in order; none at its end.
    fn next_lines(&mut self, stream: StreamId) -> Vec<LogLine>;
}

/// The next line of each stream, and which of them is first. Holds one block of each stream.
#[derive(Debug)]
pub(crate) struct Heads<S> {
    source: S,
    /// Lines read but not yet taken, by stream.
    blocks: Vec<VecDeque<LogLine>>,
    /// The key of the first line of each stream that has one.
    firsts: BinaryHeap<Reverse<Key>>,
}

impl<S: Source> Heads<S> {
    /// Merges the first `streams` streams of `source`.
    pub(crate) fn new(source: S, streams: impl Iterator<Item = StreamId>) -> Self {
        let mut heads = Self {
            source,
            blocks: Vec::new(),
            firsts: BinaryHeap::new(),
        };
        for stream in streams {
            heads.blocks.push(VecDeque::new());
            heads.refill(stream);
        }
        heads
    }

    /// The folder and time of the line that [`Heads::next`] will give.
    pub(crate) fn time(&self) -> Option<(Folder, Timestamp)> {
        self.firsts
            .peek()
            .map(|Reverse(key)| (key.folder, key.instant))
    }

    /// The earliest line of all streams.
    pub(crate) fn next(&mut self) -> Option<LogLine> {
        let stream = self.firsts.pop()?.0.stream;
        let block = self.blocks.get_mut(stream.index())?;
        let line = block.pop_front();
        match block.front() {
            Some(next) => self.firsts.push(Reverse(next.key)),
            None => self.refill(stream),
        }
        line
    }

    fn refill(&mut self, stream: StreamId) {
        let Some(block) = self.blocks.get_mut(stream.index()) else {
            return;
        };
        block.extend(self.source.next_lines(stream));
        if let Some(first) = block.front() {
            self.firsts.push(Reverse(first.key));
        }
    }
}
