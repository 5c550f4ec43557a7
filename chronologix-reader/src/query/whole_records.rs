//! Puts lines together that belong to one record: its first line and those that continue it.

use std::{collections::BTreeMap, mem};

use super::{filter::Filter, request::Direction};
use crate::{line::LogLine, merge::Record, streams::StreamId};

#[cfg(test)]
mod tests;

/// The most bytes of lines that are kept until their record passes a filter.
const MOST_KEPT: usize = 1 << 20;

/// Puts the lines of a cursor together. In the merged order, those of a record stand together.
#[derive(Debug)]
pub struct WholeRecords {
    direction: Direction,
    /// Lines of the last record, in the direction of the cursor.
    open: Vec<Record>,
    /// The record before, kept for its memory.
    whole: Vec<Record>,
}

impl WholeRecords {
    /// Starts at either end.
    pub fn new(direction: Direction) -> Self {
        Self {
            direction,
            open: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// Adds a line. Returns the lines of the record before it if that is complete, its first line
    /// first.
    pub fn add(&mut self, line: Record) -> Option<&[Record]> {
        let is_next = self.open.last().is_some_and(|last| {
            let place = |record: &Record| (record.line.key.folder, record.line.key.stream);
            let first = match self.direction {
                Direction::Newer => &line,
                Direction::Older => last,
            };
            first.line.begins_record || place(last) != place(&line)
        });
        if !is_next {
            self.open.push(line);
            return None;
        }
        self.close();
        self.open.push(line);
        Some(&self.whole)
    }

    /// Returns the lines of the last record.
    pub fn finish(&mut self) -> Option<&[Record]> {
        self.close();
        (!self.whole.is_empty()).then_some(&self.whole)
    }

    fn close(&mut self) {
        self.whole.clear();
        mem::swap(&mut self.open, &mut self.whole);
        if self.direction == Direction::Older {
            self.whole.reverse();
        }
    }
}

/// Filters the lines of records that are still being written.
#[derive(Debug, Default)]
pub struct LiveRecords {
    /// The last record of each stream.
    open: BTreeMap<StreamId, LiveRecord>,
}

/// A record that may get more lines.
#[derive(Debug, Default)]
struct LiveRecord {
    /// The lines so far, until they pass.
    lines: Vec<LogLine>,
    bytes: usize,
    /// The result so far.
    state: Passing,
}

/// Whether a record passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Passing {
    /// Not yet.
    #[default]
    Open,
    /// Yes.
    Taken,
    /// It never will.
    Dropped,
}

impl LiveRecords {
    /// Adds a line of its stream. Returns the lines that can be shown now: if a record passes with
    /// a later line, those before it as well.
    pub fn add(&mut self, line: LogLine, filter: &Filter) -> Vec<LogLine> {
        if filter.is_clear() {
            return vec![line];
        }
        let record = self.open.entry(line.key.stream).or_default();
        if line.begins_record {
            *record = LiveRecord::default();
        }
        let is_dropped = filter.drops(&line);
        match record.state {
            Passing::Dropped => return Vec::new(),
            _ if is_dropped => {
                *record = LiveRecord {
                    state: Passing::Dropped,
                    ..LiveRecord::default()
                };
                return Vec::new();
            }
            Passing::Taken => return vec![line],
            Passing::Open => {}
        }
        record.bytes += line.text.len();
        record.lines.push(line);
        if filter.takes_record(&record.lines) {
            record.state = Passing::Taken;
            return mem::take(&mut record.lines);
        }
        if record.bytes > MOST_KEPT {
            // The first line says the level.
            record.lines.truncate(1);
            record.bytes = 0;
        }
        Vec::new()
    }
}
