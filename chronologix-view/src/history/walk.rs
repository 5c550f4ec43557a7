//! The merged lines of one folder from a place on, either way, each record once.

use std::{collections::VecDeque, io, sync::Arc};

use jiff::Timestamp;

use super::{blocks::Blocks, filter::Sieve, reply::Record, request::Direction};
use crate::{
    files::Stamps,
    line::{Key, LogLine},
    merge::{Fold, Placed},
    streams::{StreamSet, Streams},
};

/// The most lines of one time that are compared with each other at once. Of a time with more, copies
/// that are further apart in a file than this may be shown where they lie.
const GROUP_LINES: usize = 1 << 17;

/// The most text held for it.
const GROUP_BYTES: usize = 12 << 20;

/// What one step of a walk came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The records of one time, oldest first.
    Records(Vec<Record>),
    /// A block was read; there is more.
    Reading,
    /// A file could not be read, and is left out from here on.
    Trouble(String),
    /// There are no more.
    End,
}

/// Walks over the streams of a folder.
#[derive(Debug)]
pub(crate) struct Walk {
    direction: Direction,
    ways: Vec<Way>,
    /// Lines of one time, in the direction of the walk.
    group: Vec<LogLine>,
    group_bytes: usize,
    /// The time of the lines in the fold: a part of it was given.
    folded: Option<Timestamp>,
    fold: Fold,
}

/// One stream.
#[derive(Debug)]
struct Way {
    blocks: Blocks,
    /// Lines read but not yet taken, oldest first.
    lines: VecDeque<LogLine>,
    is_at_end: bool,
}

impl Walk {
    /// Merges these streams.
    pub(crate) fn new(blocks: Vec<Blocks>, direction: Direction) -> Self {
        let way = |blocks| Way {
            blocks,
            lines: VecDeque::new(),
            is_at_end: false,
        };
        Self {
            direction,
            ways: blocks.into_iter().map(way).collect(),
            group: Vec::new(),
            group_bytes: 0,
            folded: None,
            fold: Fold::default(),
        }
    }

    /// Bytes read.
    pub(crate) fn spent(&self) -> u64 {
        let spent = |way: &Way| way.blocks.strand().spent;
        self.ways.iter().map(spent).sum()
    }

    /// No record that is still to come lies on the other side of this.
    pub(crate) fn reach(&self) -> Option<Key> {
        let group = self.group.iter().map(|line| line.key);
        let ways = self.ways.iter().filter_map(|way| way.next(self.direction));
        let keys = ways.map(|(key, _)| key).chain(group);
        match self.direction {
            Direction::Older => keys.max(),
            Direction::Newer => keys.min(),
        }
    }

    /// Reads a block, or gives the records of one time.
    pub(crate) fn step(&mut self, sieve: &Sieve, stamps: &Stamps, streams: &Streams) -> Step {
        let ways_count = self.ways.len();
        loop {
            let direction = self.direction;
            let ahead = |way: &&mut Way| way.next(direction).is_some();
            let next = |way: &&mut Way| {
                let (key, is_line) = way.next(direction).unwrap_or((way.blocks.reach(), false));
                // What may still be of the same time is read before lines are taken.
                (key.instant, is_line)
            };
            let ways = self.ways.iter_mut().filter(ahead);
            let way = match direction {
                Direction::Older => ways.max_by_key(|way| {
                    let (instant, is_line) = next(way);
                    (instant, !is_line)
                }),
                Direction::Newer => ways.min_by_key(next),
            };
            let Some(way) = way else {
                return self.give(streams).unwrap_or(Step::End);
            };
            let (key, is_line) = way.next(direction).unwrap_or((way.blocks.reach(), false));
            let time = self.group.first().map(|line| line.key.instant);
            // A stream alone has no copies to wait for.
            let is_full = self.group.len() >= GROUP_LINES
                || self.group_bytes >= GROUP_BYTES
                || (ways_count < 2 && !self.group.is_empty());
            if time.is_some_and(|time| time != key.instant) || is_full {
                if let Some(step) = self.give(streams) {
                    return step;
                }
                continue;
            }
            if !is_line {
                return match way.blocks.next(sieve, stamps) {
                    Ok(Some(lines)) => {
                        way.lines.extend(lines);
                        Step::Reading
                    }
                    Ok(None) => {
                        way.is_at_end = true;
                        continue;
                    }
                    Err(error) => {
                        way.is_at_end = true;
                        let strand = way.blocks.strand();
                        Step::Trouble(format!("{} cannot be read: {error}", strand.name()))
                    }
                };
            }
            while way.lines_left(direction) == Some(key.instant) && self.group.len() < GROUP_LINES {
                let Some(line) = way.take(direction) else {
                    break;
                };
                self.group_bytes += line.text.len();
                self.group.push(line);
            }
        }
    }

    /// The records of the lines that were gathered, unless all are copies of what was given before.
    fn give(&mut self, streams: &Streams) -> Option<Step> {
        let mut group = std::mem::take(&mut self.group);
        self.group_bytes = 0;
        let instant = group.first()?.key.instant;
        if self.folded != Some(instant) {
            self.fold.forget();
            self.folded = Some(instant);
        }
        group.sort_by_key(|line| line.key);
        let is_alone = self.ways.len() < 2;
        let mut records: Vec<Record> = Vec::with_capacity(group.len());
        for line in group {
            let stream = line.key.stream;
            let placed = if is_alone {
                Placed::New
            } else {
                self.fold.place(&line, streams)
            };
            match placed {
                Placed::New => records.push(Record {
                    line: Arc::new(line),
                    streams: StreamSet::of(stream),
                }),
                Placed::CopyOf(key) => {
                    let found = records.binary_search_by_key(&key, |record| record.line.key);
                    if let Ok(index) = found {
                        let found = &mut records[index].streams;
                        *found = found.with(stream);
                    }
                }
            }
        }
        (!records.is_empty()).then_some(Step::Records(records))
    }
}

impl Way {
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
    fn lines_left(&self, direction: Direction) -> Option<Timestamp> {
        let (key, is_line) = self.next(direction)?;
        is_line.then_some(key.instant)
    }

    fn take(&mut self, direction: Direction) -> Option<LogLine> {
        match direction {
            Direction::Older => self.lines.pop_back(),
            Direction::Newer => self.lines.pop_front(),
        }
    }
}
