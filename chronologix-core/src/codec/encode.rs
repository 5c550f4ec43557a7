//! Writes arguments as words of eight bytes, on the caller's thread.
//!
//! A number takes one word, or two if it has 128 bits. Text takes a word with its length and then
//! its bytes, the last word filled up with zeros. A record whose arguments all travel as they are
//! goes straight into the ring. Otherwise the arguments go into a buffer first: formatting runs the
//! user's code, which may log, and must not do that in the middle of a push.

use std::fmt;

use super::{decode::Decoder, kind::Kind};
use crate::{
    format::value::{Number, Preformatted, Text, Value},
    queue::ring_buffer::RingWriter,
};

/// Bytes of a word.
pub(crate) const WORD: usize = 8;

/// The most bytes of text in a record: 1 MiB. Longer text is cut, with a note.
pub(crate) const MAX_RECORD_BYTES: usize = 1 << 20;

/// The most words of a record that goes straight into the ring. No text in it is too long then.
pub(crate) const MAX_DIRECT_WORDS: usize = MAX_RECORD_BYTES / WORD;

/// The bytes that each argument may have in any case, so that one long text does not cost the
/// others.
const MIN_ARGUMENT_BYTES: usize = 256;

/// What stands where text was cut.
const CUT: &str = "… [cut at 1 MiB]";

/// An argument on the way to the writer.
pub trait Encode {
    /// What the writer gets.
    type Value<'w>: Value;

    /// Its type.
    const KIND: Kind;

    /// Returns how many words it takes, or `usize::MAX` if it is not raw.
    fn words(&self) -> usize;

    /// Writes the argument, and says before which type it is.
    fn encode<E: Encoder + ?Sized>(&self, to: &mut E);

    /// Reads what [`Encode::encode`] wrote.
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w>;
}

/// The arguments of one record: `()`, or one in front of others.
///
/// Behind a reference they are of one type for all call sites. So a `log!` adds no code to a
/// program but these two functions, and shares them with all others that have such arguments.
pub trait Arguments {
    /// Returns how many words they take, or `usize::MAX` if they are not raw.
    fn words(&self) -> usize
    where
        Self: Sized;

    /// Writes them to a ring. They must be raw.
    fn encode_raw(&self, to: &mut RingWriter<'_>);

    /// Writes them to anything, and says before each of which type it is.
    fn encode(&self, to: &mut dyn Encoder);
}

/// The words of an argument that runs code of users when it is encoded. It does not go straight
/// into the ring.
pub(crate) const NOT_RAW: usize = usize::MAX;

/// Where arguments are written to.
pub trait Encoder {
    /// Notes the type of the next argument.
    fn next(&mut self, _kind: Kind) {}

    /// Writes one word.
    fn word(&mut self, word: u64);

    /// Writes the first word of a number, after its type.
    fn number(&mut self, kind: Kind, word: u64) {
        self.next(kind);
        self.word(word);
    }

    /// Writes text.
    fn text(&mut self, text: &str);

    /// Formats and writes text.
    fn formatted(&mut self, arguments: fmt::Arguments<'_>);
}

/// An argument that the caller formats.
#[derive(Debug)]
pub struct Formatted<'f>(pub fmt::Arguments<'f>);

impl Encode for Formatted<'_> {
    type Value<'w> = Preformatted<'w>;

    const KIND: Kind = Kind::Formatted;

    #[inline]
    fn words(&self) -> usize {
        NOT_RAW
    }

    #[inline]
    fn encode<E: Encoder + ?Sized>(&self, to: &mut E) {
        to.next(Self::KIND);
        to.formatted(self.0);
    }

    #[inline]
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Preformatted(from.text())
    }
}

/// Text that travels as it is.
#[derive(Clone, Copy, Debug)]
pub struct RawText<'a>(pub(crate) &'a str);

impl Encode for RawText<'_> {
    type Value<'w> = Text<'w>;

    const KIND: Kind = Kind::Text;

    #[inline]
    fn words(&self) -> usize {
        1 + self.0.len().div_ceil(WORD)
    }

    #[inline]
    fn encode<E: Encoder + ?Sized>(&self, to: &mut E) {
        to.next(Self::KIND);
        to.text(self.0);
    }

    #[inline]
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Text(from.text())
    }
}

/// A primitive that travels as it is.
#[derive(Clone, Copy, Debug)]
pub struct RawNumber<T>(pub(crate) T);

impl Arguments for () {
    #[inline]
    fn words(&self) -> usize {
        0
    }

    #[inline]
    fn encode_raw(&self, _to: &mut RingWriter<'_>) {}

    #[inline]
    fn encode(&self, _to: &mut dyn Encoder) {}
}

impl<A: Encode, B: Arguments> Arguments for (A, B) {
    #[inline]
    fn words(&self) -> usize {
        self.0.words().saturating_add(self.1.words())
    }

    #[inline]
    fn encode_raw(&self, to: &mut RingWriter<'_>) {
        self.0.encode(to);
        self.1.encode_raw(to);
    }

    #[expect(
        clippy::inline_always,
        reason = "one function for all arguments, not one for each of them in turn"
    )]
    #[inline(always)]
    fn encode(&self, to: &mut dyn Encoder) {
        self.0.encode(to);
        self.1.encode(to);
    }
}

/// Makes a word of at most eight bytes.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; WORD];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

/// Implements [`Encode`] for primitives: how many words they take, and how those are made and read.
macro_rules! numbers {
    ($($type:ty, $kind:ident: |$number:ident, $to:ident| $encode:expr, |$from:ident| $decode:expr;)*) => {$(
        impl Encode for RawNumber<$type> {
            type Value<'w> = Number<$type>;

            const KIND: Kind = Kind::$kind;

            #[inline]
            fn words(&self) -> usize {
                size_of::<$type>().div_ceil(WORD)
            }

            #[inline]
            fn encode<E: Encoder + ?Sized>(&self, $to: &mut E) {
                let $number = self.0;
                $encode;
            }

            #[inline]
            fn decode<'w>($from: &mut Decoder<'w>) -> Self::Value<'w> {
                Number($decode)
            }
        }
    )*};
}

macro_rules! numbers_with_bytes {
    ($($type:ty, $kind:ident;)*) => {
        numbers! {$(
            $type, $kind:
                |number, to| {
                    let bytes = number.to_le_bytes();
                    let mut words = bytes.chunks(WORD).map(word);
                    to.number(Self::KIND, words.next().unwrap_or_default());
                    words.for_each(|word| to.word(word));
                },
                |from| <$type>::from_le_bytes(from.array());
        )*}
    };
}

numbers_with_bytes! {
    u8, U8; u16, U16; u32, U32; u64, U64; u128, U128; usize, Usize;
    i8, I8; i16, I16; i32, I32; i64, I64; i128, I128; isize, Isize;
    f32, F32; f64, F64;
}

numbers! {
    bool, Bool: |truth, to| to.number(Self::KIND, u64::from(truth)), |from| from.array::<1>() != [0];
    char, Char:
        |letter, to| to.number(Self::KIND, u64::from(u32::from(letter))),
        |from| char::from_u32(u32::from_le_bytes(from.array())).unwrap_or(char::REPLACEMENT_CHARACTER);
}

/// Encodes into a buffer of the caller.
#[derive(Debug)]
pub struct BufEncoder<'a> {
    out: &'a mut Vec<u8>,
    /// The bytes of text that still fit.
    left: usize,
    /// Whether the text that is being written was cut.
    is_cut: bool,
    /// The address and the length of the text that was written last.
    last_text: TextPlace,
}

/// Where a text stands in memory: its address and its length.
pub(crate) type TextPlace = (usize, usize);

impl<'a> BufEncoder<'a> {
    /// Returns an encoder that appends to `out`, with room for a record.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self::with_room(out, MAX_RECORD_BYTES)
    }

    /// Creates an encoder with room for so many bytes of text.
    pub fn with_room(out: &'a mut Vec<u8>, room: usize) -> Self {
        out.clear();
        Self {
            out,
            left: room,
            is_cut: false,
            last_text: (0, 0),
        }
    }

    /// Returns where the text stands that the last argument was copied from as a whole. Its length
    /// is 0 if that was written in several pieces.
    #[cfg(any(feature = "log", feature = "tracing"))]
    #[inline]
    pub(crate) fn sole_text(&self) -> TextPlace {
        self.last_text
    }

    /// Returns the text of the first argument, which must be text.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn first_text(&self) -> &str {
        std::str::from_utf8(Decoder::new(self.out).text()).unwrap_or_default()
    }

    /// Writes text whose length is known only afterwards.
    fn measured(&mut self, write: impl FnOnce(&mut Self)) {
        let length_at = self.out.len();
        self.word(0);
        self.left = self.left.max(MIN_ARGUMENT_BYTES);
        self.is_cut = false;
        write(self);
        let text_at = length_at + WORD;
        let length = self.out.len() - text_at;
        if length != self.last_text.1 {
            self.last_text = (0, 0);
        }
        self.out[length_at..text_at].copy_from_slice(&(length as u64).to_le_bytes());
        self.out.resize(self.out.len().next_multiple_of(WORD), 0);
    }

    #[inline]
    fn push(&mut self, text: &str) {
        if text.len() <= self.left && !self.is_cut {
            self.left -= text.len();
            self.last_text = (text.as_ptr().addr(), text.len());
            self.out.extend_from_slice(text.as_bytes());
        } else {
            self.push_cut(text);
        }
    }

    #[cold]
    fn push_cut(&mut self, text: &str) {
        if self.is_cut {
            return;
        }
        let mut end = self.left.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.out.extend_from_slice(&text.as_bytes()[..end]);
        self.out.extend_from_slice(CUT.as_bytes());
        self.last_text = (0, 0);
        self.left = 0;
        self.is_cut = true;
    }
}

/// Appends to the text that is being written.
impl fmt::Write for BufEncoder<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
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
                // The writer itself never fails, so this is an error of the user's implementation.
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

    /// Never called, because arguments that need it are not raw. It is correct all the same.
    fn formatted(&mut self, arguments: fmt::Arguments<'_>) {
        debug_assert!(false, "formatted arguments do not go straight into a ring");
        self.text(&arguments.to_string());
    }
}
