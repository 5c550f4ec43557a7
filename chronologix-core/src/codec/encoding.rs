//! The words themselves: where arguments are written to and read from.

use std::fmt;

use crate::queue::ring_buffer::RingWriter;

/// Bytes of a word.
pub(crate) const WORD: usize = 8;

/// Bytes of text one record may carry: 1 MiB. What goes beyond is cut, and says so.
pub(crate) const MAX_RECORD_BYTES: usize = 1 << 20;

/// Bytes that each argument gets in any case, so that one long one does not cost the others.
const LEAST_ARGUMENT_BYTES: usize = 256;

/// What stands where an argument was cut.
const CUT: &str = "… [cut at 1 MiB]";

/// Where arguments are written to.
pub trait Encoder {
    /// Takes one word.
    fn word(&mut self, word: u64);

    /// Takes text.
    fn text(&mut self, text: &str);

    /// Takes text that is yet to be formatted.
    fn formatted(&mut self, arguments: fmt::Arguments<'_>);
}

/// Arguments in a buffer of the caller.
#[derive(Debug)]
pub(crate) struct BufEncoder<'a> {
    out: &'a mut Vec<u8>,
    /// Bytes of text that still fit.
    left: usize,
}

/// Where arguments are read from.
#[derive(Clone, Debug)]
pub struct Decoder<'w> {
    rest: &'w [u8],
}

impl<'a> BufEncoder<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self::with_room(out, MAX_RECORD_BYTES)
    }

    /// With room for so many bytes of text.
    pub(crate) fn with_room(out: &'a mut Vec<u8>, room: usize) -> Self {
        out.clear();
        Self { out, left: room }
    }

    /// Writes text whose length is only known afterwards.
    fn measured(&mut self, write: impl FnOnce(&mut TextWriter<'_>)) {
        let length_at = self.out.len();
        self.word(0);
        let mut writer = TextWriter {
            out: self.out,
            left: self.left.max(LEAST_ARGUMENT_BYTES),
            cut: false,
        };
        write(&mut writer);
        self.left = writer.left;
        let text_at = length_at + WORD;
        let length = (self.out.len() - text_at) as u64;
        self.out[length_at..text_at].copy_from_slice(&length.to_le_bytes());
        self.out.resize(self.out.len().next_multiple_of(WORD), 0);
    }
}

impl Encoder for BufEncoder<'_> {
    fn word(&mut self, word: u64) {
        self.out.extend_from_slice(&word.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.measured(|writer| writer.push(text));
    }

    fn formatted(&mut self, arguments: fmt::Arguments<'_>) {
        self.measured(|writer| match arguments.as_str() {
            Some(text) => writer.push(text),
            None => {
                // The error can only be one that the user's own implementation made up.
                if fmt::write(writer, arguments).is_err() {
                    writer.push("[its formatting failed]");
                }
            }
        });
    }
}

impl Encoder for RingWriter<'_> {
    #[inline]
    fn word(&mut self, word: u64) {
        self.push(word);
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.push(text.len() as u64);
        self.push_bytes(text.as_bytes());
    }

    /// Not called: who puts it is not raw. Were it called, it would still be right.
    fn formatted(&mut self, arguments: fmt::Arguments<'_>) {
        self.text(&arguments.to_string());
    }
}

impl<'w> Decoder<'w> {
    pub(crate) fn new(bytes: &'w [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    #[inline]
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The first `N` bytes of the next words. Zeros if there are none, which [`Encode::put`](super::encode::Encode::put) rules out.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let Some((whole, rest)) = self.rest.split_at_checked(N.next_multiple_of(WORD)) else {
            self.rest = &[];
            return [0; N];
        };
        self.rest = rest;
        whole.first_chunk().copied().unwrap_or([0; N])
    }

    pub(crate) fn text(&mut self) -> &'w [u8] {
        let length = u64::from_le_bytes(self.array());
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (text, _) = self.rest.split_at(length.min(self.rest.len()));
        let whole = text.len().next_multiple_of(WORD);
        self.rest = self.rest.get(whole..).unwrap_or_default();
        text
    }
}

/// Writes text up to the bound.
struct TextWriter<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
    cut: bool,
}

impl TextWriter<'_> {
    #[inline]
    fn push(&mut self, text: &str) {
        if text.len() <= self.left && !self.cut {
            self.left -= text.len();
            self.out.extend_from_slice(text.as_bytes());
        } else {
            self.push_cut(text);
        }
    }

    #[cold]
    fn push_cut(&mut self, text: &str) {
        if self.cut {
            return;
        }
        let mut end = self.left.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.out.extend_from_slice(&text.as_bytes()[..end]);
        self.out.extend_from_slice(CUT.as_bytes());
        self.left = 0;
        self.cut = true;
    }
}

impl fmt::Write for TextWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}
