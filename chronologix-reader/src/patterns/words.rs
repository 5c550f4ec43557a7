//! Reads texts eight bytes at a time, without branches that depend on what stands in them.

#[cfg(test)]
mod tests;

/// How many bytes a word has.
pub(super) const WORD: usize = 8;

/// Returns the bytes of a text from a place on, the first one as the lowest, and zeros behind its
/// end.
pub(super) fn word_at(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    match (rest.first_chunk(), text.last_chunk()) {
        (Some(word), _) => u64::from_le_bytes(*word),
        (None, _) if rest.is_empty() => 0,
        // Most texts are longer than a word, so that the last one is moved.
        (None, Some(word)) => u64::from_le_bytes(*word) >> (8 * (WORD - rest.len())),
        (None, None) => word_of(rest),
    }
}

/// Returns up to eight bytes as a word.
pub(super) fn word_of(bytes: &[u8]) -> u64 {
    let first = bytes.iter().take(WORD).rev();
    first.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Returns a word whose first bytes are all ones.
pub(super) fn ones(bytes: usize) -> u64 {
    if bytes < WORD {
        (1 << (8 * bytes)) - 1
    } else {
        u64::MAX
    }
}

/// Returns how many bytes of a word are digits, from the first one on.
pub(super) fn digits_of(word: u64) -> usize {
    (no_digits(word).trailing_zeros() / 8) as usize
}

/// Returns how many bytes of a word are no digits, from the first one on. Bytes behind one that is
/// not of ASCII can count as digits.
pub(super) fn letters_of(word: u64) -> usize {
    ((no_digits(word) ^ each(0x80)).trailing_zeros() / 8) as usize
}

/// Sets the highest bit of each byte that is no digit. Bytes behind the first one of these can be
/// wrong.
fn no_digits(word: u64) -> u64 {
    // Digits become 0 to 9, and all others more. What is carried goes to the bytes behind.
    let values = word ^ each(b'0');
    (values | values.wrapping_add(each(0x7f - 9))) & each(0x80)
}

/// Returns a byte, eight times.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WORD])
}

/// Returns the length of the integer that a text begins with.
pub(super) fn integer(text: &[u8]) -> Option<usize> {
    let sign = usize::from(text.first() == Some(&b'-'));
    let mut end = sign;
    loop {
        let digits = digits_of(word_at(text, end));
        end += digits;
        if digits < WORD {
            return (end > sign).then_some(end);
        }
    }
}

/// Returns what stands behind the text that a message begins with. As `strip_prefix`, but without
/// a call for texts that are short.
pub(super) fn behind<'m>(message: &'m [u8], text: &[u8]) -> Option<&'m [u8]> {
    let (start, rest) = message.split_at_checked(text.len())?;
    // The first bytes and the last ones, which overlap.
    let are_equal = match text.len() {
        0..4 => start.iter().eq(text),
        4..8 => {
            start.first_chunk::<4>() == text.first_chunk()
                && start.last_chunk::<4>() == text.last_chunk()
        }
        8..=16 => {
            start.first_chunk::<8>() == text.first_chunk()
                && start.last_chunk::<8>() == text.last_chunk()
        }
        _ => start == text,
    };
    are_equal.then_some(rest)
}
