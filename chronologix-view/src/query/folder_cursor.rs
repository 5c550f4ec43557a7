//! The merged lines of one folder from a place on, either way, each record once.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::{blocks::Blocks, filter::Filter, request::Direction};
use crate::{
    line::{Key, LogLine},
    merge::{Fold, Record},
    streams::Streams,
    tree::TimestampReader,
};

/// The most lines of one time that are compared with each other at once. Of a time with more, copies
/// that are further apart in a file than this may be shown where they lie.
const GROUP_LINES: usize = 1 << 17;

/// The most text held for it.
const GROUP_BYTES: usize = 12 << 20;

/// How many records are given at once, or a few more.
const BATCH: usize = 256;

/// What one step of a walk came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Records, oldest first.
    Records(Vec<Record>),
    /// A block was read; there is more.
    Pending,
    /// A file could not be read, and is left out from here on.
    Trouble(String),
    /// There are no more.
    End,
}

/// Walks over the streams of a folder.
#[derive(Debug)]
pub(crate) struct FolderCursor {
    direction: Direction,
    cursors: Vec<StreamCursor>,
    /// Lines of one time, in the direction of the walk.
    group: Vec<LogLine>,
    group_bytes: usize,
    /// The time of the lines in the fold: a part of it was given.
    folded: Option<DateTime<Utc>>,
    fold: Fold,
}

/// One stream.
#[derive(Debug)]
struct StreamCursor {
    blocks: Blocks,
    /// Lines read but not yet taken, oldest first.
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

    /// No record that is still to come lies on the other side of this.
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

    /// Reads a block, or gives records.
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
                // No other stream has lines of these times, and so no copies.
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

    /// The stream whose next line, or what is known of it, is first in the direction. What may still
    /// be of the same time is read before lines are taken.
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
                        // The one that was first is the first of the others now.
                        others: best.as_ref().map(|known| known.instant),
                    });
                }
            }
        }
        best
    }

    /// Adds the records of the lines that were gathered.
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

/// The stream that is next.
#[derive(Clone, Copy, Debug)]
struct NextStream {
    cursor: usize,
    instant: DateTime<Utc>,
    /// Whether it is that of a line; otherwise what comes next was not read yet.
    is_line: bool,
    /// The next time of all others.
    others: Option<DateTime<Utc>>,
}

impl StreamCursor {
    /// The key of the next line, or how far was read without finding one.
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

    /// The time of the next line that was read.
    fn time(&self, direction: Direction) -> Option<DateTime<Utc>> {
        let (key, is_line) = self.next(direction)?;
        is_line.then_some(key.instant)
    }

    /// Takes the lines before the next time of the others.
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

    /// Reads a block; `None` if there was none.
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
