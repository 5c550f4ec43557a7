//! The merged lines of several streams, each record once.

use std::collections::VecDeque;

use chronologix_schema::layout::Folder;
use jiff::Timestamp;

use super::{
    fold::{Fold, FoldOutcome},
    heads::{Heads, Source},
};
use crate::{
    line::LogLine,
    streams::{StreamId, StreamSet, Streams},
};

/// The most lines of one time that are held back until their copies are known. A time with more
/// is given in parts; copies are still shown once, but may lack their tag.
const GROUP_LINES: usize = 1 << 14;

/// The most text held back likewise.
const GROUP_BYTES: usize = 4 << 20;

/// Walks the merged lines with the streams each was found in.
#[derive(Debug)]
pub(crate) struct Timeline<'a, S> {
    heads: Heads<S>,
    streams: &'a Streams,
    fold: &'a mut Fold,
    /// Whether more lines of the same times may come after this walk, so that the fold has to
    /// remember them.
    goes_on: bool,
    /// The folder and time that the lines in the fold have.
    time: Option<(Folder, Timestamp)>,
    /// Records of one time, in order.
    ready: VecDeque<(LogLine, StreamSet)>,
}

impl<'a, S: Source> Timeline<'a, S> {
    /// Merges all `ids` of `source`. What was walked over is remembered in `fold` if the streams
    /// go on.
    pub(crate) fn new(
        source: S,
        ids: impl Iterator<Item = StreamId>,
        streams: &'a Streams,
        fold: &'a mut Fold,
        goes_on: bool,
    ) -> Self {
        Self {
            heads: Heads::new(source, ids),
            streams,
            fold,
            goes_on,
            time: None,
            ready: VecDeque::new(),
        }
    }

    /// Takes the lines of the next time out of the heads.
    fn gather(&mut self) -> Option<()> {
        let time = self.heads.time()?;
        if !self.goes_on && self.time != Some(time) {
            self.time = Some(time);
            self.fold.forget();
            let line = self.heads.next()?;
            if self.heads.time() != Some(time) {
                // Most lines are alone in their time and need not be compared with anything.
                let streams = StreamSet::of(line.key.stream);
                self.ready.push_back((line, streams));
                return Some(());
            }
            self.place(line);
        }
        let (mut lines, mut bytes) = (0, 0);
        while self.heads.time() == Some(time) && lines < GROUP_LINES && bytes < GROUP_BYTES {
            let line = self.heads.next()?;
            lines += 1;
            bytes += line.text.len();
            self.place(line);
        }
        Some(())
    }

    /// Adds a line to those that are ready, or to the record it is a copy of.
    fn place(&mut self, line: LogLine) {
        match self.fold.place(&line, self.streams) {
            FoldOutcome::New => {
                let streams = StreamSet::of(line.key.stream);
                self.ready.push_back((line, streams));
            }
            FoldOutcome::CopyOf(key) => {
                let found = self
                    .ready
                    .binary_search_by_key(&key, |(record, _)| record.key);
                if let Ok(index) = found {
                    let (_, streams) = &mut self.ready[index];
                    *streams = streams.with(line.key.stream);
                }
            }
        }
    }
}

impl<S: Source> Iterator for Timeline<'_, S> {
    type Item = (LogLine, StreamSet);

    fn next(&mut self) -> Option<Self::Item> {
        // A part of a long group may consist of copies alone.
        while self.ready.is_empty() {
            self.gather()?;
        }
        self.ready.pop_front()
    }
}
