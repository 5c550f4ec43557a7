//! The header of a queued record: two words in front of its arguments.
//!
//! ```text
//! word 0   ticks of the clock
//! word 1   callsite (24 bits) | words of arguments (24 bits) | stream (16 bits)
//! word 2…  arguments
//! ```
//!
//! A callsite travels as its number in the table of callsites, so that the queue holds nothing but
//! numbers.

/// Words of a header.
pub(super) const HEADER_WORDS: u64 = 2;

/// Bits of a callsite's number, and of the number of words.
const BITS: u32 = 24;

/// The most words that the arguments of a record may take. It is 128 MiB, far more than they do.
pub(super) const MAX_WORDS: u64 = (1 << BITS) - 1;

/// The numbers of a record's callsite and stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// Below 2²⁴: each callsite is a place in the source of a program.
    pub callsite: u32,
    pub stream: u16,
}

impl RecordHeader {
    /// Returns the header for a logger that has so many streams before those of the declaration.
    #[inline]
    pub(crate) const fn after(self, first: u16) -> Self {
        Self {
            stream: first + self.stream,
            ..self
        }
    }

    /// Packs the header and the number of words that follow into one word.
    #[inline]
    pub(super) fn pack(self, words: u64) -> u64 {
        debug_assert!(words <= MAX_WORDS, "longer records are never pushed");
        debug_assert!(self.callsite >> BITS == 0, "no program has so many");
        u64::from(self.stream) | words << u16::BITS | u64::from(self.callsite) << (u16::BITS + BITS)
    }

    /// Unpacks the header and the number of words that follow.
    #[inline]
    pub(super) fn unpack(word: u64) -> (Self, u64) {
        let header = Self {
            callsite: u32::try_from(word >> (u16::BITS + BITS)).unwrap_or(0),
            stream: u16::try_from(word & u64::from(u16::MAX)).unwrap_or(0),
        };
        (header, word >> u16::BITS & MAX_WORDS)
    }
}
