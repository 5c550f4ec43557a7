//! Reads arguments back, on the writer's thread.

use super::encode::WORD;

/// Where arguments are read from.
///
/// Each value is read as the type with which it was written, so nothing can be missing. Bytes that
/// are missing all the same, in a fuzz target for example, read as zeros.
#[derive(Clone, Debug)]
pub struct Decoder<'w> {
    rest: &'w [u8],
}

impl<'w> Decoder<'w> {
    /// Returns a decoder of these bytes.
    #[must_use]
    pub fn new(bytes: &'w [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Returns whether everything was read.
    #[inline]
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads the first `N` bytes of the next words.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let Some((whole, rest)) = self.rest.split_at_checked(N.next_multiple_of(WORD)) else {
            self.rest = &[];
            return [0; N];
        };
        self.rest = rest;
        whole.first_chunk().copied().unwrap_or([0; N])
    }

    /// Reads text.
    pub(crate) fn text(&mut self) -> &'w [u8] {
        let length = u64::from_le_bytes(self.array());
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (text, _) = self.rest.split_at(length.min(self.rest.len()));
        let whole = text.len().next_multiple_of(WORD);
        self.rest = self.rest.get(whole..).unwrap_or_default();
        text
    }
}
