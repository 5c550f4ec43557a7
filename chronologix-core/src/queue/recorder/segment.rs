//! A part of what one thread keeps: records one behind the other, each as in a queue.

use crate::queue::{
    record_header::{HEADER_WORDS, RecordHeader},
    ring_buffer::{RingBuffer, RingWriter},
    sync::{Arc, AtomicU64, Ordering},
};

/// Words of which each is written once. Those in front of `filled` never change, so they may be
/// read at any time.
#[derive(Debug)]
pub(in crate::queue) struct Segment {
    words: RingBuffer,
    /// The position behind the last record, and in the upper half the number of records. One word,
    /// so that both are of the same moment.
    filled: AtomicU64,
}

/// The segment that a thread writes into, as the thread knows it.
#[derive(Debug)]
pub(in crate::queue) struct Recording {
    pub(super) segment: Arc<Segment>,
    /// The words of the segment, which are found sooner here.
    words: RingBuffer,
    /// The position behind the last record.
    at: u64,
    records: u64,
    /// The ticks of the last record.
    last: u64,
}

impl Segment {
    pub(super) fn new(words: u64) -> Self {
        Self {
            words: RingBuffer::new(words),
            filled: AtomicU64::new(0),
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.words.len()
    }

    /// Returns the position behind the last record, and the number of records.
    pub(super) fn filled(&self) -> (u64, u64) {
        let filled = self.filled.load(Ordering::Acquire);
        (filled & u64::from(u32::MAX), filled >> u32::BITS)
    }

    /// Returns the ticks of the record at a position.
    pub(super) fn ticks(&self, at: u64) -> u64 {
        self.words.get(at)
    }

    /// Returns the header of the record at a position, and the position behind that record.
    pub(super) fn header(&self, at: u64) -> (RecordHeader, u64) {
        let (header, words) = RecordHeader::unpack(self.words.get(at + 1));
        (header, at + HEADER_WORDS + words)
    }

    /// Appends the arguments between two positions.
    pub(super) fn append_to(&self, bytes: &mut Vec<u8>, from: u64, end: u64) {
        for at in from..end {
            bytes.extend_from_slice(&self.words.get(at).to_le_bytes());
        }
    }
}

impl Recording {
    /// Begins with an empty segment, after a record with these ticks.
    pub(in crate::queue) fn new(segment: Arc<Segment>, last: u64) -> Self {
        Self {
            words: segment.words.clone(),
            segment,
            at: 0,
            records: 0,
            last,
        }
    }

    /// Returns the ticks of the last record.
    pub(in crate::queue) fn last(&self) -> u64 {
        self.last
    }

    /// Returns whether a record of so many words, the header included, has room.
    #[inline]
    pub(in crate::queue) fn has_room(&self, words: u64) -> bool {
        self.at + words <= self.words.len()
    }

    /// Writes a record that has room. `fill` must write exactly `words` words.
    #[inline]
    pub(in crate::queue) fn write(
        &mut self,
        ticks: u64,
        header: RecordHeader,
        words: u64,
        fill: impl FnOnce(&mut RingWriter<'_>),
    ) {
        let mut writer = self.words.writer(self.at);
        // A thread may go on on another processor, whose counter is a little behind.
        self.last = self.last.max(ticks);
        writer.push(self.last);
        writer.push(header.pack(words));
        fill(&mut writer);
        self.at += HEADER_WORDS + words;
        debug_assert_eq!(
            writer.position(),
            self.at,
            "the arguments are as long as they said"
        );
        self.records += 1;
        // Released, so that what is in front of it is seen.
        let filled = self.records << u32::BITS | self.at;
        self.segment.filled.store(filled, Ordering::Release);
    }
}
