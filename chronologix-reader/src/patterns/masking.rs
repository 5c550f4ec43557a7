//! Masks many messages, each spelling once.
//!
//! What a mask stands for depends on which bytes are digits, not on which digits they are. So
//! messages that differ in their digits alone have one masked form, which is remembered.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use super::mask::mask;

#[cfg(test)]
mod tests;

/// How many spellings are remembered. A later one takes the place of an earlier one. With spellings
/// that are as long as can be, that is 5 MB.
const SLOTS: usize = 1 << 13;

/// The longest message that is remembered. Longer ones are seldom spelled the same.
const LONGEST: usize = 256;

/// The masked messages that were seen last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Masking {
    /// By the hash of the spelling.
    slots: Vec<MaskedSpelling>,
    /// The spelling of the message at hand.
    spelling: Vec<u8>,
    hasher: FixedState,
}

/// A spelling, and what it is masked as.
#[derive(Clone, Debug, Default)]
struct MaskedSpelling {
    spelling: Vec<u8>,
    masked: Vec<u8>,
}

impl Masking {
    /// Returns a message as [`mask`] writes it.
    pub(super) fn masked(&mut self, message: &[u8]) -> &[u8] {
        self.slots.resize_with(SLOTS + 1, MaskedSpelling::default);
        let Some(hash) = self.spell(message) else {
            // The last slot remembers nothing.
            let masked = &mut self.slots[SLOTS].masked;
            masked.clear();
            mask(message, masked);
            return masked;
        };
        let slot = &mut self.slots[hash];
        if slot.spelling != self.spelling {
            slot.masked.clear();
            mask(message, &mut slot.masked);
            slot.spelling.clone_from(&self.spelling);
        }
        &slot.masked
    }

    /// Spells a message with one digit for all. Returns its slot, or `None` if it is not
    /// remembered.
    fn spell(&mut self, message: &[u8]) -> Option<usize> {
        let mut letters = memchr::memchr2_iter(b'x', b'X', message);
        // `0x1f` is a number, and `1x1f` is none.
        let has_hex = letters.any(|at| at > 0 && message[at - 1] == b'0');
        if has_hex || message.is_empty() || message.len() > LONGEST {
            return None;
        }
        self.spelling.clear();
        let spelled = message.iter().map(|byte| match byte {
            b'0'..=b'9' => b'1',
            other => *other,
        });
        self.spelling.extend(spelled);
        let hash = self.hasher.hash_one(self.spelling.as_slice());
        usize::try_from(hash % SLOTS as u64).ok()
    }
}
