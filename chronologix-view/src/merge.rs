//! Merges many streams into one timeline, each record once. Pure.
//!
//! The screen, the queries and the plain output share it. A mirror holds a copy of each record of
//! its source: k equal lines in a stream and k in its mirror are k records, not 2k.
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

/// A record, and the streams it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The line.
    pub(crate) line: Arc<LogLine>,
    /// The streams it was found in.
    pub(crate) streams: StreamSet,
}

impl Record {
    /// Wraps a line that was found in its own stream only.
    pub(crate) fn of(line: LogLine) -> Self {
        Self {
            streams: StreamSet::of(line.key.stream),
            line: Arc::new(line),
        }
    }
}

/// How many lines are remembered to detect later copies. The writer writes copies in one batch, so
/// they come soon.
const REMEMBERED: usize = 1 << 16;

/// The result of placing a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoldOutcome {
    /// A new record.
    New,
    /// A copy of the record with this key. The record belongs at the lower of both keys.
    CopyOf(Key),
}

/// Detects copies among lines of the same time and text. Lines may come in any order across
/// streams, but those of one stream must come in theirs.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    hasher: RandomState,
    /// The records of each fingerprint, oldest first.
    records: HashMap<u64, Vec<FoldedRecord>>,
    /// The fingerprints in the order they were first seen, to drop the oldest.
    seen: VecDeque<u64>,
}

/// A record, and the streams that copies of it were found in.
#[derive(Clone, Debug)]
struct FoldedRecord {
    key: Key,
    streams: StreamSet,
}

impl Fold {
    /// Drops all lines.
    pub(crate) fn forget(&mut self) {
        if !self.seen.is_empty() {
            self.records = HashMap::new();
            self.seen = VecDeque::new();
        }
    }

    /// Adds a record that was placed elsewhere.
    pub(crate) fn remember(&mut self, line: &LogLine, found: &StreamSet, streams: &Streams) {
        if !streams.may_have_copies(line.key.stream) {
            return;
        }
        let record = FoldedRecord {
            key: line.key,
            streams: found.clone(),
        };
        self.add(self.fingerprint(line), record);
    }

    /// Returns whether `line` is a new record or a copy of a known one.
    pub(crate) fn place(&mut self, line: &LogLine, streams: &Streams) -> FoldOutcome {
        let stream = line.key.stream;
        if !streams.may_have_copies(stream) {
            return FoldOutcome::New;
        }
        let fingerprint = self.fingerprint(line);
        let records = self.records.entry(fingerprint);
        // Most records have a fingerprint of their own.
        let records = records.or_insert_with(|| Vec::with_capacity(1));
        let twin = records.iter_mut().find(|record| {
            !record.streams.contains(stream) && streams.is_one_record(&record.streams.with(stream))
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

    /// Turns lines into records. The lines must be in the order of their keys. Copies of records
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

    /// Hashes what copies have in common: folder, time and text, but not the stream.
    fn fingerprint(&self, line: &LogLine) -> u64 {
        let (folder, instant) = (line.key.folder, line.key.instant);
        self.hasher.hash_one((folder, instant, &line.text))
    }

    fn add(&mut self, fingerprint: u64, record: FoldedRecord) {
        let records = self.records.entry(fingerprint);
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
