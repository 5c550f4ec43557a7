//! Records whose fields are known only when they are made: those of other facades.
//!
//! They travel as the message, which is one text, and then the fields in the form of
//! [`field_codec`](crate::codec::field_codec).

use std::fmt;

use super::callsite::Callsite;
use crate::{
    Level,
    codec::{
        encode::{BufEncoder, Encode, Formatted},
        field_codec::{self, FieldRef, allowed_key},
    },
};

static CALLSITES: [Callsite; 6] = [
    Callsite::of_facade(Level::Trace),
    Callsite::of_facade(Level::Debug),
    Callsite::of_facade(Level::Info),
    Callsite::of_facade(Level::Warn),
    Callsite::of_facade(Level::Error),
    Callsite::of_facade(Level::Critical),
];

/// Returns the number of the callsite that all such records of a level share.
#[inline]
pub(crate) fn callsite(level: Level) -> u32 {
    CALLSITES[level as usize - 1].number(&(Formatted(format_args!("")), ()))
}

/// Writes the message. To be called before the fields are written.
pub(crate) fn encode_message(to: &mut BufEncoder<'_>, message: fmt::Arguments<'_>) {
    Formatted(message).encode(to);
}

/// Writes a field. A key that every line has, or an empty one, gets an underscore.
pub(crate) fn encode_field(to: &mut BufEncoder<'_>, key: &str, value: FieldRef<'_>) {
    let key = allowed_key(key.strip_prefix("r#").unwrap_or(key));
    field_codec::encode_field(to, &key, value);
}
