//! Masks: what varies between the messages of one statement, replaced by a byte that says what it
//! is.

use std::borrow::Cow;

use super::masker::Masker;

#[cfg(test)]
mod tests;

/// The most words of a message that count.
const MOST_WORDS: usize = 60;

/// What a masked part of a message is. In a masked message, it is this byte.
///
/// No message has one of these bytes: [`mask`] leaves control characters out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mask {
    /// A number.
    Number = 1,
    /// Digits with letters, as hashes, UUIDs and hexadecimal numbers have them.
    Id = 2,
    /// An address in a network, or the name of a host.
    Address = 3,
    /// The path or the name of a file.
    Path = 4,
    /// The address of a resource.
    Url = 5,
    /// A quoted text.
    Text = 6,
    /// A date, or a time.
    Time = 7,
    /// A span of time.
    Duration = 8,
    /// A number of bytes.
    Size = 14,
    /// Anything.
    Any = 15,
    /// Any number of words.
    Rest = 16,
}

/// The largest byte of a mask.
const LAST: u8 = Mask::Rest as u8;

impl Mask {
    /// All of them.
    const ALL: [Self; 11] = [
        Self::Number,
        Self::Id,
        Self::Address,
        Self::Path,
        Self::Url,
        Self::Text,
        Self::Time,
        Self::Duration,
        Self::Size,
        Self::Any,
        Self::Rest,
    ];

    /// Returns how a mask is shown.
    fn name(self) -> &'static str {
        match self {
            Self::Number => "<number>",
            Self::Id => "<id>",
            Self::Address => "<address>",
            Self::Path => "<path>",
            Self::Url => "<url>",
            Self::Text => "<text>",
            Self::Time => "<time>",
            Self::Duration => "<duration>",
            Self::Size => "<size>",
            Self::Any => "<*>",
            Self::Rest => "<...>",
        }
    }
}

/// Returns whether a byte of a masked message is a mask.
pub(super) fn is_mask(byte: u8) -> bool {
    byte <= LAST
}

/// Appends the masked words of a message, with one blank between them. Lines after the first are
/// left out.
pub(crate) fn mask(message: &[u8], into: &mut Vec<u8>) {
    let first = memchr::memchr(b'\n', message).map_or(message, |end| &message[..end]);
    let mut masker = Masker::new(first, into);
    for _ in 0..MOST_WORDS {
        if !masker.next_word() {
            return;
        }
    }
    masker.rest();
}

/// Returns a masked message with the names of its masks.
pub(crate) fn shown(masked: &[u8]) -> String {
    let text = match std::str::from_utf8(masked) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(masked),
    };
    let mut shown = String::with_capacity(text.len() + 32);
    for letter in text.chars() {
        match Mask::ALL
            .iter()
            .find(|mask| char::from(**mask as u8) == letter)
        {
            Some(mask) => shown.push_str(mask.name()),
            None => shown.push(letter),
        }
    }
    shown
}

/// Returns the masked message that is shown as this text.
pub(super) fn of_shown(text: &str) -> Vec<u8> {
    let mut masked = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, behind @ ..] = rest {
        let named = Mask::ALL
            .iter()
            .find_map(|mask| Some((*mask, rest.strip_prefix(mask.name().as_bytes())?)));
        let (byte, behind) = match named {
            Some((mask, behind)) if *byte == b'<' => (mask as u8, behind),
            _ => (*byte, behind),
        };
        masked.push(byte);
        rest = behind;
    }
    masked
}
