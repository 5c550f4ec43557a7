//! The storage of a queue: a ring of 64-bit words.
//!
//! The words are atomic, so sharing them needs no `unsafe`. On the processors that we know, a
//! relaxed store of a word costs what a plain store costs. The words carry no ordering of their
//! own: the queue's `tail` and `head` hand them over. Positions count words from 0 and only grow.

use super::sync::{Arc, AtomicU64, Ordering};

/// A ring of words that both sides share. One pointer leads to the words.
#[derive(Clone, Debug)]
pub struct RingBuffer(Arc<[AtomicU64]>);

/// Writes one record into a ring.
#[derive(Debug)]
pub struct RingWriter<'a> {
    words: &'a [AtomicU64],
    at: u64,
}

impl RingBuffer {
    /// Creates a ring of at least this many words. Their number is a power of two.
    pub fn new(at_least: u64) -> Self {
        let words = at_least.max(1).next_power_of_two();
        Self((0..words).map(|_| AtomicU64::new(0)).collect())
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    #[inline]
    pub fn get(&self, at: u64) -> u64 {
        self.0[index(&self.0, at)].load(Ordering::Relaxed)
    }

    #[inline]
    pub fn writer(&self, at: u64) -> RingWriter<'_> {
        RingWriter { words: &self.0, at }
    }
}

/// Returns where in a ring a position is.
#[inline]
fn index(words: &[AtomicU64], at: u64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the length is a power of two, and only the bits below it count"
    )]
    let at = at as usize;
    at & (words.len() - 1)
}

impl RingWriter<'_> {
    #[inline]
    pub(crate) fn push(&mut self, word: u64) {
        self.words[index(self.words, self.at)].store(word, Ordering::Relaxed);
        self.at += 1;
    }

    /// Pushes bytes, the last word filled up with zeros.
    ///
    /// It is not inlined, because a `log!` of several texts would have the loop as often.
    #[inline(never)]
    pub(crate) fn push_bytes(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((word, behind)) = rest.split_first_chunk() {
            self.push(u64::from_le_bytes(*word));
            rest = behind;
        }
        if !rest.is_empty() {
            self.push(short_word(rest));
        }
    }

    /// Returns the position behind the last word.
    #[inline]
    pub(super) fn position(&self) -> u64 {
        self.at
    }
}

/// Makes a word of one to seven bytes. Two loads that overlap are faster than a copy whose length
/// is not known to the compiler.
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
