//! Finds the statements of many messages of one stream.
//!
//! Messages of one statement begin alike, but for their arguments. So the statement of a message is
//! likely that of an earlier one that began alike. If the message is made of its template, and no
//! other statement has messages that begin as its own do, this is known for certain, and nothing
//! else is looked for.

use chronologix_schema::Level;

use super::{
    catalogue::StreamStatements,
    template::Message,
    words::{WORD, digits_of, letters_of, ones, word_at},
};

#[cfg(test)]
mod tests;

/// How many beginnings are remembered, as a power of two. A later one takes the place of an earlier
/// one.
const SLOT_BITS: u32 = 13;

/// Finds the statements of messages, and remembers what they begin with.
#[derive(Clone, Debug)]
pub(crate) struct StatementFinder<'c> {
    statements: StreamStatements<'c>,
    /// The places of the statements that were found last, counted from 1, by the hash of how
    /// messages begin. 0 if there was none.
    slots: Vec<u32>,
}

impl<'c> StatementFinder<'c> {
    /// Starts without messages.
    pub(crate) fn new(statements: StreamStatements<'c>) -> Self {
        Self {
            statements,
            slots: vec![0; 1 << SLOT_BITS],
        }
    }

    /// Returns the number of the statement that a message is of, with its fields. Same as
    /// [`StreamStatements::number_of`].
    pub(crate) fn number_of(&mut self, level: Option<Level>, message: &[u8]) -> Option<usize> {
        if self.statements.are_none() {
            return None;
        }
        let text = Message::of(message);
        if let Some(number) = self.statements.of_last_field(text) {
            return Some(number);
        }
        let slot = &mut self.slots[slot_of(message)];
        let last = usize::try_from(*slot).unwrap_or(0).checked_sub(1);
        let number = |known| self.statements.number_if_alone(known, level, text);
        if let Some(number) = last.and_then(number) {
            return Some(number);
        }
        let found = self.statements.find(level, text)?;
        *slot = u32::try_from(found + 1).unwrap_or(0);
        Some(self.statements.number(found))
    }
}

/// Returns the slot of messages that begin alike: with the same letters before the first digits,
/// and with the same ones behind these.
fn slot_of(message: &[u8]) -> usize {
    /// Odd numbers whose bits are irregular.
    const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f];
    let (one, two) = (word_at(message, 0), word_at(message, WORD));
    let mut at = letters_of(one);
    if at == WORD {
        at += letters_of(two);
    }
    let (one, two) = (one & ones(at), two & ones(at.saturating_sub(WORD)));
    let digits = digits_of(word_at(message, at));
    let next = word_at(message, at + digits);
    let next = next & ones(letters_of(next));
    let hash = (one ^ two.rotate_left(13)).wrapping_mul(FACTORS[0]);
    let hash = (hash ^ next.wrapping_mul(FACTORS[1])).wrapping_mul(FACTORS[0]);
    usize::try_from(hash >> (u64::BITS - SLOT_BITS)).unwrap_or(0)
}
