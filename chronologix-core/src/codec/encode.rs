//! Arguments as words of eight bytes: written on the caller's thread, read on the writer's.
//!
//! A number takes one word (two, if it has 128 bits), text a word with its length and then its bytes, the last word filled up with
//! zeros. Arguments that travel as they are go straight into the queue; those the caller formats go by way of a buffer, because the
//! user's code, which may itself log, must not run while the queue is written.
//!
//! Primitives and strings travel as they are; everything else is formatted by the caller ([`Formatted`]), for only
//! the caller may run the user's code. Which of the two an argument is, the compiler decides where `log!` stands:
//! [`RawArg`] is found before [`FormattedArg`], because it needs one `&` less.

use std::{borrow::Cow, fmt, rc::Rc, sync::Arc};

use super::encoding::{Decoder, Encoder, MAX_RECORD_BYTES, WORD};
use crate::format::value::{Number, Preformatted, Text};

/// The largest record that goes straight into the queue, in words: no text in it can be too long.
pub(crate) const MOST_DIRECT_WORDS: usize = MAX_RECORD_BYTES / WORD;

/// One argument, or several, on their way to the writer.
pub trait Encode {
    /// What the writer gets.
    type Value<'w>;

    /// Whether it travels as it is: none of the user's code runs when it is put.
    const IS_RAW: bool;

    /// How many words a raw argument takes.
    fn words(&self) -> usize;

    /// Writes the argument.
    fn encode<E: Encoder>(&self, to: &mut E);

    /// Reads what [`Encode::put`] wrote.
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w>;
}

/// An argument of `log!`, before it is known how it travels.
#[derive(Debug)]
pub struct Arg<'a, T: ?Sized>(pub &'a T);

/// The way of arguments that travel as they are. The method's name keeps out of the way of the user's own traits.
pub trait RawArg {
    /// How they travel.
    type Raw;

    /// The argument as it is; the formatted form is not looked at.
    fn __encode(&self, formatted: fmt::Arguments<'_>) -> Self::Raw;
}

impl<'a, T: AsRaw + ?Sized> RawArg for Arg<'a, T> {
    type Raw = T::Raw<'a>;

    #[inline]
    fn __encode(&self, _formatted: fmt::Arguments<'_>) -> T::Raw<'a> {
        self.0.as_raw()
    }
}

/// The way of all other arguments: formatted on the spot.
pub trait FormattedArg {
    /// The formatted form of the argument.
    fn __encode<'f>(&self, formatted: fmt::Arguments<'f>) -> Formatted<'f>;
}

impl<T: ?Sized> FormattedArg for &Arg<'_, T> {
    #[inline]
    fn __encode<'f>(&self, formatted: fmt::Arguments<'f>) -> Formatted<'f> {
        Formatted(formatted)
    }
}

/// Types whose values travel as they are.
pub trait AsRaw {
    /// How a borrowed value travels.
    type Raw<'a>: Encode
    where
        Self: 'a;

    /// The value on its way.
    fn as_raw(&self) -> Self::Raw<'_>;
}

/// An argument the caller formats.
#[derive(Debug)]
pub struct Formatted<'f>(pub fmt::Arguments<'f>);

impl Encode for Formatted<'_> {
    type Value<'w> = Preformatted<'w>;

    const IS_RAW: bool = false;

    fn words(&self) -> usize {
        0
    }

    #[inline]
    fn encode<E: Encoder>(&self, to: &mut E) {
        to.formatted(self.0);
    }

    #[inline]
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Preformatted(from.text())
    }
}

/// Text on its way.
#[derive(Clone, Copy, Debug)]
pub struct RawText<'a>(pub(crate) &'a str);

impl Encode for RawText<'_> {
    type Value<'w> = Text<'w>;

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        1 + self.0.len().div_ceil(WORD)
    }

    #[inline]
    fn encode<E: Encoder>(&self, to: &mut E) {
        to.text(self.0);
    }

    #[inline]
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Text(from.text())
    }
}

/// A primitive on its way.
#[derive(Clone, Copy, Debug)]
pub struct RawNumber<T>(pub(crate) T);

/// No arguments.
impl Encode for () {
    type Value<'w> = ();

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        0
    }

    #[inline]
    fn encode<E: Encoder>(&self, _to: &mut E) {}

    #[inline]
    fn decode(_from: &mut Decoder<'_>) {}
}

/// One argument before others.
impl<A: Encode, B: Encode> Encode for (A, B) {
    type Value<'w> = (A::Value<'w>, B::Value<'w>);

    const IS_RAW: bool = A::IS_RAW && B::IS_RAW;

    #[inline]
    fn words(&self) -> usize {
        // Two texts of half the address space do not exist.
        self.0.words() + self.1.words()
    }

    #[inline]
    fn encode<E: Encoder>(&self, to: &mut E) {
        self.0.encode(to);
        self.1.encode(to);
    }

    #[inline]
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        let first = A::decode(from);
        (first, B::decode(from))
    }
}

macro_rules! raw_numbers {
    ($($type:ty)*) => {$(
        impl AsRaw for $type {
            type Raw<'a> = RawNumber<$type>;

            #[inline]
            fn as_raw(&self) -> RawNumber<$type> {
                RawNumber(*self)
            }
        }
    )*};
}

raw_numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char);

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Encode for RawNumber<$type> {
            type Value<'w> = Number<$type>;

            const IS_RAW: bool = true;

            #[inline]
            fn words(&self) -> usize {
                size_of::<$type>().div_ceil(WORD)
            }

            #[inline]
            fn encode<E: Encoder>(&self, to: &mut E) {
                let bytes = self.0.to_le_bytes();
                for part in bytes.chunks(WORD) {
                    let mut word = [0; WORD];
                    word[..part.len()].copy_from_slice(part);
                    to.word(u64::from_le_bytes(word));
                }
            }

            #[inline]
            fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
                Number(<$type>::from_le_bytes(from.array()))
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

impl Encode for RawNumber<bool> {
    type Value<'w> = Number<bool>;

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        1
    }

    #[inline]
    fn encode<E: Encoder>(&self, to: &mut E) {
        to.word(u64::from(self.0));
    }

    #[inline]
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Number(from.array::<1>() != [0])
    }
}

impl Encode for RawNumber<char> {
    type Value<'w> = Number<char>;

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        1
    }

    #[inline]
    fn encode<E: Encoder>(&self, to: &mut E) {
        to.word(u64::from(u32::from(self.0)));
    }

    #[inline]
    fn decode<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        let code = u32::from_le_bytes(from.array());
        Number(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl AsRaw for $type {
            type Raw<'a> = RawText<'a> where Self: 'a;

            #[inline]
            fn as_raw(&self) -> RawText<'_> {
                RawText(self)
            }
        }
    )*};
}

texts!(str String Box<str> Arc<str> Rc<str> Cow<'_, str>);

macro_rules! references {
    ($($type:ty)*) => {$(
        impl<T: AsRaw + ?Sized> AsRaw for $type {
            type Raw<'a> = T::Raw<'a> where Self: 'a;

            #[inline]
            fn as_raw(&self) -> Self::Raw<'_> {
                (**self).as_raw()
            }
        }
    )*};
}

references!(&T &mut T);
