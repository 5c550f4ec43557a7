//! Merges the streams of one folder from a position on, in either direction, each record once.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::{blocks::Blocks, filter::Filter, request::Direction};
use crate::{
    line::{Key, LogLine},
    merge::{Fold, Record},
    streams::Streams,
    tree::TimestampReader,
};

/// The most lines of one time that are compared with each other. If there are more, copies that are
/// further apart in a file may be shown as records of their own.
const GROUP_LINES: usize = 1 << 17;

/// The most bytes of these lines.
const GROUP_BYTES: usize = 12 << 20;

/// The least number of records in a full batch.
const BATCH: usize = 256;

/// The result of a step.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Records, oldest first.
    Records(Vec<Record>),
    /// A block was read, but there are no records yet.
    Pending,
    /// A file could not be read. The rest of its stream is skipped.
    Trouble(String),
    /// There are no more records.
    End,
}

/// Merges the streams of a folder.
#[derive(Debug)]
pub(crate) struct FolderCursor {
    direction: Direction,
    cursors: Vec<StreamCursor>,
    /// Lines of one time, in the direction of the cursor.
    group: Vec<LogLine>,
    group_bytes: usize,
    /// The time of the lines in the fold, if part of them has been returned.
    folded: Option<DateTime<Utc>>,
    fold: Fold,
}

/// A stream.
#[derive(Debug)]
struct StreamCursor {
    blocks: Blocks,
    /// Lines that have been read but not returned, oldest first.
    lines: VecDeque<LogLine>,
    is_at_end: bool,
}

impl FolderCursor {
    /// Merges these streams.
    pub(crate) fn new(blocks: Vec<Blocks>, direction: Direction) -> Self {
        let cursor = |blocks| StreamCursor {
            blocks,
            lines: VecDeque::new(),
            is_at_end: false,
        };
        Self {
            direction,
            cursors: blocks.into_iter().map(cursor).collect(),
            group: Vec::new(),
            group_bytes: 0,
            folded: None,
            fold: Fold::default(),
        }
    }

    /// Returns a key that no record still to come lies on the other side of.
    pub(crate) fn reach(&self) -> Option<Key> {
        let group = self.group.iter().map(|line| line.key);
        let cursors = self
            .cursors
            .iter()
            .filter_map(|cursor| cursor.next(self.direction));
        let keys = cursors.map(|(key, _)| key).chain(group);
        match self.direction {
            Direction::Older => keys.max(),
            Direction::Newer => keys.min(),
        }
    }

    /// Reads a block, or returns records.
    pub(crate) fn step(
        &mut self,
        filter: &Filter,
        timestamps: &TimestampReader,
        streams: &Streams,
    ) -> Step {
        let mut ready = Vec::new();
        while ready.len() < BATCH {
            let Some(best) = self.best() else {
                self.give(streams, &mut ready);
                break;
            };
            let time = self.group.first().map(|line| line.key.instant);
            let is_full = self.group.len() >= GROUP_LINES || self.group_bytes >= GROUP_BYTES;
            if is_full || time.is_some_and(|time| time != best.instant) {
                self.give(streams, &mut ready);
                continue;
            }
            let cursor = &mut self.cursors[best.cursor];
            if best.is_line && self.group.is_empty() && best.others != Some(best.instant) {
                // No other stream has lines of these times, so there are no copies.
                self.folded = None;
                cursor.take_beyond(self.direction, best.others, &mut ready);
            } else if best.is_line {
                while cursor.time(self.direction) == Some(best.instant)
                    && self.group.len() < GROUP_LINES
                    && let Some(line) = cursor.take(self.direction)
                {
                    self.group_bytes += line.text.len();
                    self.group.push(line);
                }
            } else if !ready.is_empty() {
                break;
            } else if let Some(step) = cursor.read(filter, timestamps) {
                return step;
            }
        }
        if ready.is_empty() {
            return Step::End;
        }
        if self.direction == Direction::Older {
            ready.reverse();
        }
        Step::Records(ready)
    }

    /// Returns the stream that comes next. If a stream may still have lines of the same time, it is
    /// read before lines are taken.
    fn best(&self) -> Option<NextStream> {
        let direction = self.direction;
        let is_before = |one: (DateTime<Utc>, bool), other: (DateTime<Utc>, bool)| match direction {
            Direction::Older => (one.0, !one.1) > (other.0, !other.1),
            Direction::Newer => one < other,
        };
        let mut best: Option<NextStream> = None;
        for (index, cursor) in self.cursors.iter().enumerate() {
            let Some((key, is_line)) = cursor.next(direction) else {
                continue;
            };
            let instant = key.instant;
            match &mut best {
                Some(known) if !is_before((instant, is_line), (known.instant, known.is_line)) => {
                    let is_nearer = known.others.is_none_or(|others| match direction {
                        Direction::Older => instant > others,
                        Direction::Newer => instant < others,
                    });
                    if is_nearer {
                        known.others = Some(instant);
                    }
                }
                best => {
                    *best = Some(NextStream {
                        cursor: index,
                        instant,
                        is_line,
                        // The former first is now the nearest of the others.
                        others: best.as_ref().map(|known| known.instant),
                    });
                }
            }
        }
        best
    }

    /// Adds the records of the gathered lines.
    fn give(&mut self, streams: &Streams, ready: &mut Vec<Record>) {
        let mut group = std::mem::take(&mut self.group);
        self.group_bytes = 0;
        let Some(instant) = group.first().map(|line| line.key.instant) else {
            return;
        };
        if self.folded != Some(instant) {
            self.fold.forget();
            self.folded = Some(instant);
        }
        group.sort_by_key(|line| line.key);
        let mut records = self.fold.records(group, streams);
        if self.direction == Direction::Older {
            records.reverse();
        }
        ready.extend(records);
    }
}

/// The stream that comes next.
#[derive(Clone, Copy, Debug)]
struct NextStream {
    cursor: usize,
    instant: DateTime<Utc>,
    /// Whether its line has been read. If not, the time is a bound.
    is_line: bool,
    /// The nearest time of the other streams.
    others: Option<DateTime<Utc>>,
}

impl StreamCursor {
    /// Returns the key of the next line, or a bound if it has not been read.
    fn next(&self, direction: Direction) -> Option<(Key, bool)> {
        let line = match direction {
            Direction::Older => self.lines.back(),
            Direction::Newer => self.lines.front(),
        };
        match line {
            Some(line) => Some((line.key, true)),
            None if self.is_at_end => None,
            None => Some((self.blocks.reach(), false)),
        }
    }

    /// Returns the time of the next line that has been read.
    fn time(&self, direction: Direction) -> Option<DateTime<Utc>> {
        let (key, is_line) = self.next(direction)?;
        is_line.then_some(key.instant)
    }

    /// Takes the lines before the next time of the other streams.
    fn take_beyond(
        &mut self,
        direction: Direction,
        others: Option<DateTime<Utc>>,
        ready: &mut Vec<Record>,
    ) {
        while let Some(time) = self.time(direction)
            && others.is_none_or(|others| match direction {
                Direction::Older => time > others,
                Direction::Newer => time < others,
            })
            && let Some(line) = self.take(direction)
        {
            ready.push(Record::of(line));
        }
    }

    /// Reads a block. Returns `None` at the end of the stream.
    fn read(&mut self, filter: &Filter, timestamps: &TimestampReader) -> Option<Step> {
        match self.blocks.next(filter, timestamps) {
            Ok(Some(lines)) => {
                self.lines.extend(lines);
                Some(Step::Pending)
            }
            Ok(None) => {
                self.is_at_end = true;
                None
            }
            Err(error) => {
                self.is_at_end = true;
                let name = self.blocks.files().name();
                Some(Step::Trouble(format!("{name} cannot be read: {error}")))
            }
        }
    }

    fn take(&mut self, direction: Direction) -> Option<LogLine> {
        match direction {
            Direction::Older => self.lines.pop_back(),
            Direction::Newer => self.lines.pop_front(),
        }
    }
}
