//! Arguments as the writer sees them, ready to be formatted.
//!
//! Every value has every formatting trait, so a template compiles whatever its arguments are. The
//! compiler has checked that the user's argument has the trait, at the caller's `format_args!`.
//! What it refuses there, `{:x}` of a float for example, is never reached here and writes nothing.

use std::{
    convert::identity,
    fmt::{self, Binary, Debug, Display, LowerExp, LowerHex, Octal, UpperExp, UpperHex},
};

use chronologix_schema::layout::{push_json_string, push_json_utf8};

use super::{float, message::MessageWriter, number};

/// A value the writer can write.
pub trait Value {
    /// Writes what `{}` writes, but faster. For arguments without a format spec.
    fn plain(&self, out: &mut MessageWriter<'_>);

    /// Writes the value as JSON, typed.
    fn json(&self, out: &mut Vec<u8>);
}

/// A value the writer can format with any spec.
pub trait Format:
    Value + Display + Debug + LowerHex + UpperHex + Octal + Binary + LowerExp + UpperExp
{
}

impl<V> Format for V where
    V: Value + Display + Debug + LowerHex + UpperHex + Octal + Binary + LowerExp + UpperExp
{
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

/// Forwards formatting traits to a value of std. The compiler must not suggest these impls to
/// users.
macro_rules! forward {
    ($value:ty, $inner:expr => $($name:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $name for $value {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $name::fmt(&$inner(self.0), f)
            }
        }
    )*};
}

/// Implements formatting traits by writing a text as it is, without applying a width twice. For
/// the traits that the compiler refuses for the caller's argument, the text is empty.
macro_rules! verbatim {
    ($value:ty, $text:expr => $($name:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $name for $value {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($text(self.0))
            }
        }
    )*};
}

/// Implements what is appended for `{}`, and as JSON.
macro_rules! value {
    ($value:ty, $plain:path, $json:path) => {
        impl Value for $value {
            #[inline]
            fn plain(&self, out: &mut MessageWriter<'_>) {
                $plain(out.line, self.0);
            }

            fn json(&self, out: &mut Vec<u8>) {
                $json(out, self.0);
            }
        }
    };
}

macro_rules! integers {
    ($($type:ty: $push:ident)*) => {$(
        forward!(Number<$type>, identity =>
            Display Debug LowerHex UpperHex Octal Binary LowerExp UpperExp);
        value!(Number<$type>, number::$push, number::$push);
    )*};
}

integers!(
    u8: push_unsigned u16: push_unsigned u32: push_unsigned u64: push_unsigned usize: push_wide u128: push_wide
    i8: push_signed i16: push_signed i32: push_signed i64: push_signed isize: push_wide i128: push_wide
);

macro_rules! floats {
    ($($type:ty)*) => {$(
        forward!(Number<$type>, identity => Display Debug LowerExp UpperExp);
        verbatim!(Number<$type>, nothing => LowerHex UpperHex Octal Binary);
        value!(Number<$type>, float::push_display, float::push_json);
    )*};
}

floats!(f32 f64);

forward!(Number<bool>, identity => Display Debug);
verbatim!(Number<bool>, nothing => LowerHex UpperHex Octal Binary LowerExp UpperExp);
value!(Number<bool>, push_bool, push_bool);

forward!(Number<char>, identity => Display Debug);
verbatim!(Number<char>, nothing => LowerHex UpperHex Octal Binary LowerExp UpperExp);
value!(Number<char>, push_char, push_json_char);

forward!(Text<'_>, as_str => Display Debug);
verbatim!(Text<'_>, nothing => LowerHex UpperHex Octal Binary LowerExp UpperExp);
value!(Text<'_>, Vec::extend_from_slice, push_json_utf8);

verbatim!(Preformatted<'_>, as_str =>
    Display Debug LowerHex UpperHex Octal Binary LowerExp UpperExp);
value!(Preformatted<'_>, Vec::extend_from_slice, push_json_utf8);

fn as_str(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

fn nothing<T>(_value: T) -> &'static str {
    ""
}

#[inline]
fn push_bool(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

#[inline]
fn push_char(out: &mut Vec<u8>, value: char) {
    out.extend_from_slice(value.encode_utf8(&mut [0; 4]).as_bytes());
}

fn push_json_char(out: &mut Vec<u8>, value: char) {
    push_json_string(out, value.encode_utf8(&mut [0; 4]));
}
