//! Many streams as one timeline, each record once. Pure; the screen, the queries and the plain
//! output share it.
//!
//! Which lines are copies of one record: k equal lines in one stream and k in its mirror are k
//! records, not 2k.
//!
//! ```text
//!   app     a1 e1 a2 ┐
//!   errors     e1    ┴► Fold ─► a1, e1 (errors→app), a2
//! ```

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use crate::{
    line::{Key, LogLine},
    streams::{StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// One record with the streams it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The line.
    pub(crate) line: Arc<LogLine>,
    /// Where it was found.
    pub(crate) streams: StreamSet,
}

impl Record {
    /// A line that was found in its own stream alone.
    pub(crate) fn of(line: LogLine) -> Self {
        Self {
            streams: StreamSet::of(line.key.stream),
            line: Arc::new(line),
        }
    }
}

/// How many lines are remembered while their copies may still come. Copies are written in one
/// batch, so they come soon.
const REMEMBERED: usize = 1 << 16;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoldOutcome {
    /// It is a record seen for the first time.
    New,
    /// It is a copy of the record that was placed at this key. The record belongs at the lower of
    /// the two keys.
    CopyOf(Key),
}

/// Finds the copies among lines of the same time and text. Lines may come in any order, as long
/// as those of one stream come in theirs.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    hasher: RandomState,
    /// The records of each fingerprint, oldest first.
    records: HashMap<u64, Vec<FoldedRecord>>,
    /// The fingerprints in the order they were first seen, to forget the oldest.
    seen: VecDeque<u64>,
}

/// One record and where copies of it were found.
#[derive(Clone, Copy, Debug)]
struct FoldedRecord {
    key: Key,
    streams: StreamSet,
}

impl Fold {
    /// Forgets all lines.
    pub(crate) fn forget(&mut self) {
        if !self.seen.is_empty() {
            self.records = HashMap::new();
            self.seen = VecDeque::new();
        }
    }

    /// Remembers a record that was placed elsewhere, with the streams it was found in.
    pub(crate) fn remember(&mut self, line: &LogLine, found: StreamSet, streams: &Streams) {
        if !streams.may_have_copies(line.key.stream) {
            return;
        }
        let record = FoldedRecord {
            key: line.key,
            streams: found,
        };
        self.add(self.fingerprint(line), record);
    }

    /// Says whether `line` is a new record or a copy of one that is known.
    pub(crate) fn place(&mut self, line: &LogLine, streams: &Streams) -> FoldOutcome {
        let stream = line.key.stream;
        if !streams.may_have_copies(stream) {
            return FoldOutcome::New;
        }
        let fingerprint = self.fingerprint(line);
        let records = self.records.entry(fingerprint);
        // Most records are alone, and there are many of them.
        let records = records.or_insert_with(|| Vec::with_capacity(1));
        let twin = records.iter_mut().find(|record| {
            !record.streams.contains(stream) && streams.is_one_record(record.streams.with(stream))
        });
        if let Some(record) = twin {
            let known = record.key;
            record.key = known.min(line.key);
            record.streams = record.streams.with(stream);
            return FoldOutcome::CopyOf(known);
        }
        let record = FoldedRecord {
            key: line.key,
            streams: StreamSet::of(stream),
        };
        self.add(fingerprint, record);
        FoldOutcome::New
    }

    /// The records of some lines, which are in order of their keys. Copies of records that were
    /// placed earlier are left out.
    pub(crate) fn records(&mut self, lines: Vec<LogLine>, streams: &Streams) -> Vec<Record> {
        let mut records: Vec<Record> = Vec::with_capacity(lines.len());
        for line in lines {
            match self.place(&line, streams) {
                FoldOutcome::New => records.push(Record::of(line)),
                FoldOutcome::CopyOf(key) => {
                    let found = records.binary_search_by_key(&key, |record| record.line.key);
                    if let Ok(index) = found {
                        let found = &mut records[index].streams;
                        *found = found.with(line.key.stream);
                    }
                }
            }
        }
        records
    }

    /// Tells equal lines of the same folder and time, in whatever stream, by one number.
    fn fingerprint(&self, line: &LogLine) -> u64 {
        let (folder, instant) = (line.key.folder, line.key.instant);
        self.hasher.hash_one((folder, instant, &line.text))
    }

    fn add(&mut self, fingerprint: u64, record: FoldedRecord) {
        let records = self.records.entry(fingerprint);
        // Most records are alone, and there are many of them.
        let records = records.or_insert_with(|| Vec::with_capacity(1));
        if records.is_empty() {
            self.seen.push_back(fingerprint);
        }
        records.push(record);
        if self.seen.len() > REMEMBERED
            && let Some(oldest) = self.seen.pop_front()
        {
            self.records.remove(&oldest);
        }
    }
}
