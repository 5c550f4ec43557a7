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
    record::{Copied, are_alike, without_added},
    streams::{StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// A record, and the streams it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The line.
    pub line: Arc<LogLine>,
    /// The streams it was found in.
    pub streams: StreamSet,
}

impl Record {
    /// Wraps a line that was found in its own stream only.
    pub fn of(line: LogLine) -> Self {
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
pub enum FoldOutcome {
    /// A new record.
    New,
    /// A copy of the record with this key. The record belongs at the lower of both keys.
    CopyOf(Key),
}

/// Detects copies among lines of the same time and text. Lines may come in any order across
/// streams, but those of one stream must come in theirs.
#[derive(Debug, Default)]
pub struct Fold {
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
    print: Print,
}

/// What a line is compared with others by.
#[derive(Clone, Debug)]
struct Print {
    /// A hash of what all copies have in common: folder, time and text, but not the stream.
    common: u64,
    /// A hash of the text. Of several records with the same `common`, a line is a copy of the one
    /// with the same text.
    text: u64,
    /// The message, if lines of different shapes are compared.
    message: Option<Box<str>>,
}

impl Print {
    fn is_like(&self, other: &Self) -> bool {
        match (&self.message, &other.message) {
            (Some(one), Some(other)) => are_alike(one, other),
            _ => true,
        }
    }
}

impl Fold {
    /// Drops all lines.
    pub fn forget(&mut self) {
        if !self.seen.is_empty() {
            self.records = HashMap::new();
            self.seen = VecDeque::new();
        }
    }

    /// Adds a record that was placed elsewhere.
    pub fn remember(&mut self, line: &LogLine, found: &StreamSet, streams: &Streams) {
        if !streams.may_have_copies(line.key.stream) {
            return;
        }
        let record = FoldedRecord {
            key: line.key,
            streams: found.clone(),
            print: self.print(line, streams),
        };
        self.add(record);
    }

    /// Returns whether `line` is a new record or a copy of a known one.
    pub fn place(&mut self, line: &LogLine, streams: &Streams) -> FoldOutcome {
        let stream = line.key.stream;
        if !streams.may_have_copies(stream) {
            return FoldOutcome::New;
        }
        let print = self.print(line, streams);
        let records = self.records.entry(print.common);
        // Most records have a fingerprint of their own.
        let records = records.or_insert_with(|| Vec::with_capacity(1));
        let is_twin = |record: &FoldedRecord| {
            !record.streams.contains(stream)
                && streams.is_one_record(&record.streams.with(stream))
                && record.print.is_like(&print)
        };
        let is_same = |record: &FoldedRecord| record.print.text == print.text && is_twin(record);
        let twin = records.iter().position(is_same);
        let twin = twin.or_else(|| records.iter().position(is_twin));
        if let Some(record) = twin.and_then(|twin| records.get_mut(twin)) {
            let known = record.key;
            record.key = known.min(line.key);
            record.streams = record.streams.with(stream);
            return FoldOutcome::CopyOf(known);
        }
        let record = FoldedRecord {
            key: line.key,
            streams: StreamSet::of(stream),
            print,
        };
        self.add(record);
        FoldOutcome::New
    }

    /// Turns lines into records. The lines must be in the order of their keys. Copies of records
    /// placed earlier are left out.
    pub fn records(&mut self, lines: Vec<LogLine>, streams: &Streams) -> Vec<Record> {
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

    fn print(&self, line: &LogLine, streams: &Streams) -> Print {
        let place = (line.key.folder, line.key.instant);
        if !streams.has_unlike_copies(line.key.stream) {
            return Print {
                common: self
                    .hasher
                    .hash_one((place, without_added(line.text.as_bytes()))),
                text: self.hasher.hash_one(&line.text),
                message: None,
            };
        }
        let copied = Copied::of(&line.text);
        // What a template adds stands before the message.
        let last_word = copied.message().rsplit(' ').next();
        Print {
            common: self.hasher.hash_one((place, copied.level, last_word)),
            text: self.hasher.hash_one(copied.text()),
            message: Some(copied.message().into()),
        }
    }

    fn add(&mut self, record: FoldedRecord) {
        let fingerprint = record.print.common;
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
