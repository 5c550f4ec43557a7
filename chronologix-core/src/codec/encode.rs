//! Arguments as words of eight bytes: written on the caller's thread, read on the writer's.
//!
//! A number takes one word (two, if it has 128 bits), text a word with its length and then its bytes, the last word filled up with
//! zeros. Arguments that travel as they are go straight into the queue; those the caller formats go by way of a buffer, because the
//! user's code, which may itself log, must not run while the queue is written.
//!
//! Primitives and strings travel as they are; everything else is formatted by the caller ([`Formatted`]), for only
//! the caller may run the user's code. Which of the two an argument is, the compiler decides where `log!` stands:
//! [`HoleRaw`] is found before [`HoleFormatted`], because it needs one `&` less.

use std::{borrow::Cow, fmt, rc::Rc, sync::Arc};

use super::encoding::{Decoder, MAX_RECORD_BYTES, Sink, WORD};
use crate::format::value::{Number, Ready, Text};

/// The largest record that goes straight into the queue, in words: no text in it can be too long.
pub(crate) const MOST_DIRECT_WORDS: usize = MAX_RECORD_BYTES / WORD;

/// One argument, or several, on their way to the writer.
pub trait Wire {
    /// What the writer gets.
    type Value<'w>;

    /// Whether it travels as it is: none of the user's code runs when it is put.
    const IS_RAW: bool;

    /// How many words a raw argument takes.
    fn words(&self) -> usize;

    /// Writes the argument.
    fn put<S: Sink>(&self, to: &mut S);

    /// Reads what [`Wire::put`] wrote.
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w>;
}

/// An argument of `log!`, before it is known how it travels.
#[derive(Debug)]
pub struct Hole<'a, T: ?Sized>(pub &'a T);

/// The way of arguments that travel as they are. The method's name keeps out of the way of the user's own traits.
pub trait HoleRaw {
    /// How they travel.
    type Wire;

    /// The argument as it is; the formatted form is not looked at.
    fn __wire(&self, formatted: fmt::Arguments<'_>) -> Self::Wire;
}

impl<'a, T: Raw + ?Sized> HoleRaw for Hole<'a, T> {
    type Wire = T::Wire<'a>;

    #[inline]
    fn __wire(&self, _formatted: fmt::Arguments<'_>) -> T::Wire<'a> {
        self.0.raw()
    }
}

/// The way of all other arguments: formatted on the spot.
pub trait HoleFormatted {
    /// The formatted form of the argument.
    fn __wire<'f>(&self, formatted: fmt::Arguments<'f>) -> Formatted<'f>;
}

impl<T: ?Sized> HoleFormatted for &Hole<'_, T> {
    #[inline]
    fn __wire<'f>(&self, formatted: fmt::Arguments<'f>) -> Formatted<'f> {
        Formatted(formatted)
    }
}

/// Types whose values travel as they are.
pub trait Raw {
    /// How a borrowed value travels.
    type Wire<'a>: Wire
    where
        Self: 'a;

    /// The value on its way.
    fn raw(&self) -> Self::Wire<'_>;
}

/// An argument the caller formats.
#[derive(Debug)]
pub struct Formatted<'f>(pub fmt::Arguments<'f>);

impl Wire for Formatted<'_> {
    type Value<'w> = Ready<'w>;

    const IS_RAW: bool = false;

    fn words(&self) -> usize {
        0
    }

    #[inline]
    fn put<S: Sink>(&self, to: &mut S) {
        to.formatted(self.0);
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Ready(from.text())
    }
}

/// Text on its way.
#[derive(Clone, Copy, Debug)]
pub struct RawText<'a>(pub(crate) &'a str);

impl Wire for RawText<'_> {
    type Value<'w> = Text<'w>;

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        1 + self.0.len().div_ceil(WORD)
    }

    #[inline]
    fn put<S: Sink>(&self, to: &mut S) {
        to.text(self.0);
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Text(from.text())
    }
}

/// A primitive on its way.
#[derive(Clone, Copy, Debug)]
pub struct RawNumber<T>(pub(crate) T);

/// No arguments.
impl Wire for () {
    type Value<'w> = ();

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        0
    }

    #[inline]
    fn put<S: Sink>(&self, _to: &mut S) {}

    #[inline]
    fn take(_from: &mut Decoder<'_>) {}
}

/// One argument before others.
impl<A: Wire, B: Wire> Wire for (A, B) {
    type Value<'w> = (A::Value<'w>, B::Value<'w>);

    const IS_RAW: bool = A::IS_RAW && B::IS_RAW;

    #[inline]
    fn words(&self) -> usize {
        // Two texts of half the address space do not exist.
        self.0.words() + self.1.words()
    }

    #[inline]
    fn put<S: Sink>(&self, to: &mut S) {
        self.0.put(to);
        self.1.put(to);
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        let first = A::take(from);
        (first, B::take(from))
    }
}

macro_rules! raw_numbers {
    ($($type:ty)*) => {$(
        impl Raw for $type {
            type Wire<'a> = RawNumber<$type>;

            #[inline]
            fn raw(&self) -> RawNumber<$type> {
                RawNumber(*self)
            }
        }
    )*};
}

raw_numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char);

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Wire for RawNumber<$type> {
            type Value<'w> = Number<$type>;

            const IS_RAW: bool = true;

            #[inline]
            fn words(&self) -> usize {
                size_of::<$type>().div_ceil(WORD)
            }

            #[inline]
            fn put<S: Sink>(&self, to: &mut S) {
                let bytes = self.0.to_le_bytes();
                for part in bytes.chunks(WORD) {
                    let mut word = [0; WORD];
                    word[..part.len()].copy_from_slice(part);
                    to.word(u64::from_le_bytes(word));
                }
            }

            #[inline]
            fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
                Number(<$type>::from_le_bytes(from.array()))
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

impl Wire for RawNumber<bool> {
    type Value<'w> = Number<bool>;

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        1
    }

    #[inline]
    fn put<S: Sink>(&self, to: &mut S) {
        to.word(u64::from(self.0));
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Number(from.array::<1>() != [0])
    }
}

impl Wire for RawNumber<char> {
    type Value<'w> = Number<char>;

    const IS_RAW: bool = true;

    #[inline]
    fn words(&self) -> usize {
        1
    }

    #[inline]
    fn put<S: Sink>(&self, to: &mut S) {
        to.word(u64::from(u32::from(self.0)));
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        let code = u32::from_le_bytes(from.array());
        Number(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl Raw for $type {
            type Wire<'a> = RawText<'a> where Self: 'a;

            #[inline]
            fn raw(&self) -> RawText<'_> {
                RawText(self)
            }
        }
    )*};
}

texts!(str String Box<str> Arc<str> Rc<str> Cow<'_, str>);

macro_rules! references {
    ($($type:ty)*) => {$(
        impl<T: Raw + ?Sized> Raw for $type {
            type Wire<'a> = T::Wire<'a> where Self: 'a;

            #[inline]
            fn raw(&self) -> Self::Wire<'_> {
                (**self).raw()
            }
        }
    )*};
}

references!(&T &mut T);
