//! How an argument of `log!` travels: as it is, or formatted by the caller.
//!
//! Primitives and strings travel as they are, and the writer formats them. Everything else is
//! formatted on the caller's thread, because the user's `Display` and `Debug` must not run on the
//! writer's. The compiler decides where `log!` stands, by *autoref specialisation*. The macro
//! writes `(&Arg(value)).__encode(format_args!(…))`, and two traits have a method of this name:
//!
//! - [`RawArg`] for `Arg<T>` where `T` is [`AsRaw`],
//! - [`FormattedArg`] for `&Arg<T>` with any `T`.
//!
//! Method lookup tries the receiver with fewer references first, so the first one is taken wherever
//! it exists, and the second one otherwise. This works on stable Rust, and in contrast to real
//! specialisation it looks at the type as the caller's function knows it: a generic argument is
//! formatted. [`RawField`] and [`FormattedField`] do the same for the values of `fields!`.

use std::{borrow::Cow, fmt, rc::Rc, sync::Arc};

use super::{
    encode::{Encode, Formatted, RawNumber, RawText},
    fields::FieldValue,
};

/// An argument of `log!`, before it is known how it travels.
#[derive(Debug)]
pub struct Arg<'a, T: ?Sized>(pub &'a T);

/// An argument that travels as it is. The method's name avoids those of the user's traits.
pub trait RawArg {
    /// How it travels.
    type Raw;

    /// Returns the argument as it is. The formatted form is not used.
    fn __encode(&self, formatted: fmt::Arguments<'_>) -> Self::Raw;
}

impl<'a, T: AsRaw + ?Sized> RawArg for Arg<'a, T> {
    type Raw = T::Raw<'a>;

    #[inline]
    fn __encode(&self, _formatted: fmt::Arguments<'_>) -> T::Raw<'a> {
        self.0.as_raw()
    }
}

/// Any other argument: formatted on the spot.
pub trait FormattedArg {
    /// Returns the formatted form of the argument.
    fn __encode<'f>(&self, formatted: fmt::Arguments<'f>) -> Formatted<'f>;
}

impl<T: ?Sized> FormattedArg for &Arg<'_, T> {
    #[inline]
    fn __encode<'f>(&self, formatted: fmt::Arguments<'f>) -> Formatted<'f> {
        Formatted(formatted)
    }
}

/// A value of `fields!` that keeps its type.
pub trait RawField {
    /// Returns the value. The formatted form is not used.
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue;
}

impl<'a, T> RawField for Arg<'a, T>
where
    T: AsRaw + ?Sized,
    T::Raw<'a>: Into<FieldValue>,
{
    fn __value(&self, _formatted: fmt::Arguments<'_>) -> FieldValue {
        self.0.as_raw().into()
    }
}

/// Any other value of `fields!`: text.
pub trait FormattedField {
    /// Returns the formatted form.
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue;
}

impl<T: ?Sized> FormattedField for &Arg<'_, T> {
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue {
        formatted.into()
    }
}

/// A type whose values travel as they are.
pub trait AsRaw {
    /// How a borrowed value travels.
    type Raw<'a>: Encode
    where
        Self: 'a;

    /// Returns the value in the form in which it travels.
    fn as_raw(&self) -> Self::Raw<'_>;
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

macro_rules! raw_texts {
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

raw_texts!(str String Box<str> Arc<str> Rc<str> Cow<'_, str>);

macro_rules! raw_references {
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

raw_references!(&T &mut T);
