//! The storage of a queue: a ring of words.
//!
//! The words are atomic, so that sharing them needs no `unsafe`; on the machines we know a relaxed store of one costs what any store
//! costs. What is in them is handed over by the positions of the queue alone, which count words from 0 and only grow.

use super::sync::{Arc, AtomicU64, Ordering};

/// A ring of words, shared by both sides: one pointer leads to the words.
#[derive(Clone, Debug)]
pub(crate) struct RingBuffer(Arc<[AtomicU64]>);

/// The record_id of one record in a ring.
#[derive(Debug)]
pub(crate) struct RingWriter<'a> {
    words: &'a RingBuffer,
    at: u64,
}

impl RingBuffer {
    /// A ring with room for this many words, or somewhat more: their number is a power of two.
    pub(crate) fn new(at_least: u64) -> Self {
        let number = at_least.max(1).next_power_of_two();
        Self((0..number).map(|_| AtomicU64::new(0)).collect())
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    #[inline]
    pub(crate) fn get(&self, at: u64) -> u64 {
        self.0[self.index(at)].load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn slot(&self, at: u64) -> RingWriter<'_> {
        RingWriter { words: self, at }
    }

    #[inline]
    fn index(&self, at: u64) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the length is a power of two, and only the bits below it count"
        )]
        let at = at as usize;
        at & (self.0.len() - 1)
    }
}

impl RingWriter<'_> {
    #[inline]
    pub(crate) fn put(&mut self, word: u64) {
        self.words.0[self.words.index(self.at)].store(word, Ordering::Relaxed);
        self.at += 1;
    }

    /// Puts bytes, the last word filled up with zeros.
    #[inline]
    pub(crate) fn put_bytes(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((word, behind)) = rest.split_first_chunk() {
            self.put(u64::from_le_bytes(*word));
            rest = behind;
        }
        if !rest.is_empty() {
            self.put(short_word(rest));
        }
    }
}

/// One to seven bytes as a word. Two loads that overlap are quicker than a copy of unknown length.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4));
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    bytes
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}
