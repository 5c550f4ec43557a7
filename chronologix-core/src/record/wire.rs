//! Arguments as bytes: written on the caller's thread, read on the writer's.
//!
//! Primitives and strings travel as they are; everything else is formatted by the caller ([`Formatted`]), for only
//! the caller may run the user's code. Which of the two an argument is, the compiler decides where `log!` stands:
//! [`HoleRaw`] is found before [`HoleFormatted`], because it needs one `&` less.

use std::{borrow::Cow, fmt, rc::Rc, sync::Arc};

use super::value::{Number, Ready, Text};

/// Bytes of text one record may carry: 1 MiB. What goes beyond is cut, and says so.
pub(crate) const MAX_RECORD_BYTES: usize = 1 << 20;

/// Bytes that each argument gets in any case, so that one long one does not cost the others.
const LEAST_ARGUMENT_BYTES: usize = 256;

/// What stands where an argument was cut.
const CUT: &str = "… [cut at 1 MiB]";

/// One argument, or several, on their way to the writer.
pub trait Wire {
    /// What the writer gets.
    type Value<'w>;

    /// Writes the argument.
    fn put(&self, to: &mut Encoder<'_>);

    /// Reads what [`Wire::put`] wrote.
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w>;
}

/// Where arguments are written to.
#[derive(Debug)]
pub struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    /// Bytes of text that still fit.
    left: usize,
}

/// Where arguments are read from.
#[derive(Debug)]
pub struct Decoder<'w> {
    rest: &'w [u8],
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        out.clear();
        Self {
            out,
            left: MAX_RECORD_BYTES,
        }
    }

    /// Writes text whose length is only known afterwards.
    fn text(&mut self, write: impl FnOnce(&mut TextWriter<'_>)) {
        let length_at = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        let mut writer = TextWriter {
            out: self.out,
            left: self.left.max(LEAST_ARGUMENT_BYTES),
            cut: false,
        };
        write(&mut writer);
        self.left = writer.left;
        let text_at = length_at + 4;
        let length = u32::try_from(self.out.len() - text_at).unwrap_or(u32::MAX);
        self.out[length_at..text_at].copy_from_slice(&length.to_le_bytes());
    }
}

impl<'w> Decoder<'w> {
    pub(crate) fn new(bytes: &'w [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    #[cfg(test)]
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `N` bytes. Zeros if there are none, which [`Wire::put`] rules out.
    fn array<const N: usize>(&mut self) -> [u8; N] {
        let Some((head, rest)) = self.rest.split_first_chunk::<N>() else {
            self.rest = &[];
            return [0; N];
        };
        self.rest = rest;
        *head
    }

    fn text(&mut self) -> &'w [u8] {
        let length = u32::from_le_bytes(self.array()) as usize;
        let (text, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
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

    fn put(&self, to: &mut Encoder<'_>) {
        to.text(|writer| match self.0.as_str() {
            Some(text) => writer.push(text),
            None => {
                // The error can only be one that the user's own implementation made up.
                if fmt::write(writer, self.0).is_err() {
                    writer.push("[its formatting failed]");
                }
            }
        });
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Ready(from.text())
    }
}

/// Text on its way.
#[derive(Clone, Copy, Debug)]
pub struct RawText<'a>(&'a str);

impl Wire for RawText<'_> {
    type Value<'w> = Text<'w>;

    #[inline]
    fn put(&self, to: &mut Encoder<'_>) {
        to.text(|writer| writer.push(self.0));
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Text(from.text())
    }
}

/// A primitive on its way.
#[derive(Clone, Copy, Debug)]
pub struct RawNumber<T>(T);

/// No arguments.
impl Wire for () {
    type Value<'w> = ();

    #[inline]
    fn put(&self, _to: &mut Encoder<'_>) {}

    #[inline]
    fn take(_from: &mut Decoder<'_>) {}
}

/// One argument before others.
impl<A: Wire, B: Wire> Wire for (A, B) {
    type Value<'w> = (A::Value<'w>, B::Value<'w>);

    #[inline]
    fn put(&self, to: &mut Encoder<'_>) {
        self.0.put(to);
        self.1.put(to);
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        let first = A::take(from);
        (first, B::take(from))
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Raw for $type {
            type Wire<'a> = RawNumber<$type>;

            #[inline]
            fn raw(&self) -> RawNumber<$type> {
                RawNumber(*self)
            }
        }

        impl Wire for RawNumber<$type> {
            type Value<'w> = Number<$type>;

            #[inline]
            fn put(&self, to: &mut Encoder<'_>) {
                to.out.extend_from_slice(&self.0.to_le_bytes());
            }

            #[inline]
            fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
                Number(<$type>::from_le_bytes(from.array()))
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

impl Raw for bool {
    type Wire<'a> = RawNumber<bool>;

    #[inline]
    fn raw(&self) -> RawNumber<bool> {
        RawNumber(*self)
    }
}

impl Wire for RawNumber<bool> {
    type Value<'w> = Number<bool>;

    #[inline]
    fn put(&self, to: &mut Encoder<'_>) {
        to.out.push(u8::from(self.0));
    }

    #[inline]
    fn take<'w>(from: &mut Decoder<'w>) -> Self::Value<'w> {
        Number(from.array::<1>() != [0])
    }
}

impl Raw for char {
    type Wire<'a> = RawNumber<char>;

    #[inline]
    fn raw(&self) -> RawNumber<char> {
        RawNumber(*self)
    }
}

impl Wire for RawNumber<char> {
    type Value<'w> = Number<char>;

    #[inline]
    fn put(&self, to: &mut Encoder<'_>) {
        to.out.extend_from_slice(&u32::from(self.0).to_le_bytes());
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
