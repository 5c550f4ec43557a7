//! Arguments as the writer sees them, ready to be formatted.
//!
//! Every value has every formatting trait, so a template compiles whatever its arguments are. The
//! compiler has checked that the user's argument has the trait, at the caller's `format_args!`.
//! What it refuses there, `{:x}` of a float for example, is never reached here and writes nothing.

use std::fmt::{self, Binary, Debug, Display, LowerExp, LowerHex, Octal, UpperExp, UpperHex};

use super::{float, message::MessageWriter, number};

/// A value the writer can format.
pub trait Value:
    Plain + Display + Debug + LowerHex + UpperHex + Octal + Binary + LowerExp + UpperExp
{
    /// Writes the value as JSON, typed.
    #[doc(hidden)]
    fn json(&self, out: &mut Vec<u8>);
}

/// Writes what `{}` writes, but faster. For arguments without a format spec.
pub trait Plain {
    /// Writes the value.
    fn plain(&self, out: &mut MessageWriter<'_>);
}

/// A primitive.
#[derive(Clone, Copy, PartialEq)]
pub struct Number<T>(pub(crate) T);

/// Text that is formatted like a `str`. It is UTF-8, because it left the caller as a `str`.
#[derive(Clone, Copy)]
pub struct Text<'w>(pub(crate) &'w [u8]);

/// Text that the caller has formatted. Any format spec writes it as it is.
#[derive(Clone, Copy)]
pub struct Preformatted<'w>(pub(crate) &'w [u8]);

impl Text<'_> {
    fn as_str(&self) -> &str {
        std::str::from_utf8(self.0).unwrap_or_default()
    }
}

impl Preformatted<'_> {
    fn as_str(&self) -> &str {
        std::str::from_utf8(self.0).unwrap_or_default()
    }
}

/// Forwards some traits to the value inside. The compiler must not suggest these impls to users,
/// nor those of the macros below.
macro_rules! forward {
    ($value:ty: $($name:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $name for $value {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $name::fmt(&self.0, f)
            }
        }
    )*};
}

/// Implements the traits that the compiler refuses for the caller's argument.
macro_rules! never {
    ($value:ty: $($name:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $name for $value {
            fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Ok(())
            }
        }
    )*};
}

macro_rules! integers {
    ($($type:ty: $push:ident)*) => {$(
        forward!(Number<$type>: Display Debug LowerHex UpperHex Octal Binary LowerExp UpperExp);

        impl Plain for Number<$type> {
            #[inline]
            fn plain(&self, out: &mut MessageWriter<'_>) {
                number::$push(out.utf8_out(), self.0);
            }
        }

        impl Value for Number<$type> {
            fn json(&self, out: &mut Vec<u8>) {
                number::$push(out, self.0);
            }
        }
    )*};
}

integers!(
    u8: push_unsigned u16: push_unsigned u32: push_unsigned u64: push_unsigned usize: push_wide u128: push_wide
    i8: push_signed i16: push_signed i32: push_signed i64: push_signed isize: push_wide i128: push_wide
);

macro_rules! floats {
    ($($type:ty)*) => {$(
        forward!(Number<$type>: Display Debug LowerExp UpperExp);
        never!(Number<$type>: LowerHex UpperHex Octal Binary);

        impl Plain for Number<$type> {
            #[inline]
            fn plain(&self, out: &mut MessageWriter<'_>) {
                float::push_display(out.utf8_out(), self.0);
            }
        }

        impl Value for Number<$type> {
            fn json(&self, out: &mut Vec<u8>) {
                float::push_json(out, self.0);
            }
        }
    )*};
}

floats!(f32 f64);

forward!(Number<bool>: Display Debug);
never!(Number<bool>: LowerHex UpperHex Octal Binary LowerExp UpperExp);

impl Plain for Number<bool> {
    #[inline]
    fn plain(&self, out: &mut MessageWriter<'_>) {
        out.literal(if self.0 { "true" } else { "false" });
    }
}

impl Value for Number<bool> {
    fn json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.0 { b"true" } else { b"false" });
    }
}

forward!(Number<char>: Display Debug);
never!(Number<char>: LowerHex UpperHex Octal Binary LowerExp UpperExp);

impl Plain for Number<char> {
    #[inline]
    fn plain(&self, out: &mut MessageWriter<'_>) {
        out.literal(self.0.encode_utf8(&mut [0; 4]));
    }
}

impl Value for Number<char> {
    fn json(&self, out: &mut Vec<u8>) {
        chronologix_schema::layout::push_json_string(out, self.0.encode_utf8(&mut [0; 4]));
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self.as_str(), f)
    }
}

impl Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(self.as_str(), f)
    }
}

never!(Text<'_>: LowerHex UpperHex Octal Binary LowerExp UpperExp);

impl Plain for Text<'_> {
    #[inline]
    fn plain(&self, out: &mut MessageWriter<'_>) {
        out.utf8(self.0);
    }
}

impl Value for Text<'_> {
    fn json(&self, out: &mut Vec<u8>) {
        chronologix_schema::layout::push_json_utf8(out, self.0);
    }
}

/// Implements traits to write the text as the caller formatted it, without applying a width twice.
macro_rules! as_it_is {
    ($($name:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $name for Preformatted<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

as_it_is!(Display Debug LowerHex UpperHex Octal Binary LowerExp UpperExp);

impl Plain for Preformatted<'_> {
    #[inline]
    fn plain(&self, out: &mut MessageWriter<'_>) {
        out.utf8(self.0);
    }
}

impl Value for Preformatted<'_> {
    fn json(&self, out: &mut Vec<u8>) {
        chronologix_schema::layout::push_json_utf8(out, self.0);
    }
}
