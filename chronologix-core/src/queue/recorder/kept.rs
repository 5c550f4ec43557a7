//! What was taken out of a recorder, record by record in the order of time.

use std::{cmp::Reverse, collections::BinaryHeap, ops::Range};

use super::segment::Segment;
use crate::queue::{
    record_header::{HEADER_WORDS, RecordHeader},
    sync::Arc,
};

/// Records of all threads, oldest first.
#[derive(Debug)]
pub(crate) struct Kept {
    runs: Vec<Run>,
    /// The runs with records left: ticks of the oldest, then index. Of one thread, the earlier run
    /// comes first.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    /// Older records that there was no room for.
    pub(crate) lost: u64,
    /// The arguments of the last record.
    bytes: Vec<u8>,
}

/// A record that was kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptRecord<'a> {
    pub(crate) ticks: u64,
    pub(crate) header: RecordHeader,
    pub(crate) bytes: &'a [u8],
    /// The name of the thread that made it, if streams name threads.
    pub(crate) thread: Option<&'a str>,
}

/// Records of one thread, in their order.
#[derive(Debug)]
pub(super) struct Run {
    /// `None` once all are read, so that the memory is free.
    segment: Option<Arc<Segment>>,
    thread: Option<Arc<str>>,
    records: Range<u64>,
}

impl Kept {
    pub(super) fn new(mut runs: Vec<Run>, lost: u64) -> Self {
        runs.retain(|run| run.next().is_some());
        let heads = runs.iter().enumerate();
        let heads = heads.filter_map(|(at, run)| Some(Reverse((run.next()?, at))));
        Self {
            heads: heads.collect(),
            runs,
            lost,
            bytes: Vec::new(),
        }
    }

    /// Returns whether all records are read.
    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Returns the next record.
    pub(crate) fn pop(&mut self) -> Option<KeptRecord<'_>> {
        let Reverse((ticks, at)) = self.heads.pop()?;
        let run = self.runs.get_mut(at)?;
        let header = run.read(&mut self.bytes)?;
        match run.next() {
            Some(next) => self.heads.push(Reverse((next, at))),
            None => run.segment = None,
        }
        Some(KeptRecord {
            ticks,
            header,
            bytes: &self.bytes,
            thread: run.thread.as_deref(),
        })
    }
}

impl Run {
    pub(super) fn new(
        segment: &Arc<Segment>,
        thread: Option<&Arc<str>>,
        records: Range<u64>,
    ) -> Self {
        Self {
            segment: Some(Arc::clone(segment)),
            thread: thread.cloned(),
            records,
        }
    }

    pub(super) fn begin(&self) -> u64 {
        self.records.start
    }

    pub(super) fn end(&self) -> u64 {
        self.records.end
    }

    /// Leaves out the records up to these ticks. Returns how many those are.
    pub(super) fn skip_to(&mut self, ticks: u64) -> u64 {
        let (behind, records) = self.behind(ticks);
        self.records.start = behind;
        records
    }

    /// Leaves out the records after these ticks. Returns how many are left.
    pub(super) fn cut_at(&mut self, ticks: u64) -> u64 {
        let (behind, records) = self.behind(ticks);
        self.records.end = behind;
        records
    }

    /// Returns the position behind the last record up to these ticks, and how many those are.
    fn behind(&self, ticks: u64) -> (u64, u64) {
        let (mut at, mut records) = (self.records.start, 0);
        if let Some(segment) = &self.segment {
            while at < self.records.end && segment.ticks(at) <= ticks {
                at = segment.header(at).1;
                records += 1;
            }
        }
        (at, records)
    }

    /// Returns the ticks of the next record.
    fn next(&self) -> Option<u64> {
        let segment = self.segment.as_ref()?;
        (!self.records.is_empty()).then(|| segment.ticks(self.records.start))
    }

    /// Reads the next record.
    fn read(&mut self, bytes: &mut Vec<u8>) -> Option<RecordHeader> {
        let segment = self.segment.as_ref()?;
        let (header, end) = segment.header(self.records.start);
        let from = self.records.start + HEADER_WORDS;
        bytes.clear();
        segment.append_to(bytes, from, end);
        self.records.start = end;
        Some(header)
    }
}
