//! The types of arguments, by which the writer reads them.
//!
//! They are data and not functions, so that no `log!` brings code for its own types.

use chronologix_schema::layout::ValueKind;

use super::{
    decode::Decoder,
    encode::{Encode, Formatted, RawNumber, RawText},
    template::Place,
};
use crate::format::{message::MessageWriter, value::Value as _};

/// Lists the kinds, and what reads each.
macro_rules! kinds {
    ($($kind:ident: $raw:ty),* $(,)?) => {
        /// The type of an argument.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $(
                #[doc = stringify!($raw)]
                $kind,
            )*
        }

        impl Kind {
            /// Leaves an argument out.
            #[cold]
            pub(crate) fn skip(self, from: &mut Decoder<'_>) {
                match self {
                    $(Self::$kind => drop(<$raw>::decode(from)),)*
                }
            }

            /// Reads an argument and writes it where it stands.
            #[inline(never)]
            pub(crate) fn write(self, place: Place, from: &mut Decoder<'_>, out: &mut MessageWriter<'_>) {
                match self {
                    $(Self::$kind => {
                        let value = <$raw>::decode(from);
                        match place {
                            Place::Message => value.plain(out),
                            Place::Formatted(format) => format(&value, out),
                            Place::Field(key) => out.field(key, &value),
                        }
                    })*
                }
            }
        }
    };
}

impl Kind {
    /// Returns what a reader of the line takes it for.
    pub(crate) const fn of_value(self) -> ValueKind {
        match self {
            Self::F32 | Self::F64 => ValueKind::Float,
            Self::Bool => ValueKind::Bool,
            Self::Char | Self::Text => ValueKind::Text,
            Self::Formatted => ValueKind::Any,
            _ => ValueKind::Integer,
        }
    }
}

kinds! {
    U8: RawNumber<u8>,
    U16: RawNumber<u16>,
    U32: RawNumber<u32>,
    U64: RawNumber<u64>,
    U128: RawNumber<u128>,
    Usize: RawNumber<usize>,
    I8: RawNumber<i8>,
    I16: RawNumber<i16>,
    I32: RawNumber<i32>,
    I64: RawNumber<i64>,
    I128: RawNumber<i128>,
    Isize: RawNumber<isize>,
    F32: RawNumber<f32>,
    F64: RawNumber<f64>,
    Bool: RawNumber<bool>,
    Char: RawNumber<char>,
    Text: RawText<'_>,
    Formatted: Formatted<'_>,
}
