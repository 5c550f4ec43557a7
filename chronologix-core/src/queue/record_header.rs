//! What a record carries into the queue besides its time and its arguments, in one word.

/// RingBuffer in front of the arguments of a record: its time, and its header with the number of words that follow.
pub(super) const HEADER_WORDS: u64 = 2;

/// Bits of the number of words, and of the number of a callsite.
const BITS: u32 = 24;

/// The largest number of words that the arguments of a record may take: 128 MiB, far more than they do.
pub(super) const MOST_WORDS: u64 = (1 << BITS) - 1;

/// The number of a record's callsite, and the index of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    /// Below 2²⁴: each is a `log!` in the source of a program.
    pub(crate) callsite: u32,
    pub(crate) stream: u16,
}

impl RecordHeader {
    /// In one word with the number of words that follow.
    #[inline]
    pub(super) fn with_size(self, size: u64) -> u64 {
        u64::from(self.stream) | size << u16::BITS | u64::from(self.callsite) << (u16::BITS + BITS)
    }

    /// The header, and the number of words that follow.
    #[inline]
    pub(super) fn read(word: u64) -> (Self, u64) {
        let header = Self {
            callsite: u32::try_from(word >> (u16::BITS + BITS)).unwrap_or(0),
            stream: u16::try_from(word & u64::from(u16::MAX)).unwrap_or(0),
        };
        (header, word >> u16::BITS & MOST_WORDS)
    }
}
