//! Records whose fields are known only when they are made: those of other facades.
//!
//! They travel as the message, which is one text, and then the fields in the form of
//! [`field_codec`](crate::codec::field_codec).

use std::fmt;

use super::{
    callsite::{Callsite, lock_callsites},
    facade::FacadeStatement,
    reentry,
};
use crate::{
    Level,
    codec::{
        encode::{BufEncoder, Encode, Formatted, TextPlace},
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

/// Returns the number of the callsite of records of a level that have no statement.
pub(crate) fn callsite(level: Level) -> u32 {
    CALLSITES[level as usize - 1].number(&(Formatted(format_args!("")), ()))
}

/// Calls what finds the number of a callsite. If the thread cannot wait for the table, it is that
/// of records without a statement, or 0: see [`reentry`].
pub(crate) fn number_inside(level: Level, find: impl FnOnce() -> u32) -> u32 {
    let without = callsite(level);
    reentry::enter().map_or(without, |_inside| find())
}

/// Returns the number of the callsite of a statement, or that of records that have none if there
/// are too many. The thread is inside.
#[cold]
pub(crate) fn callsite_of(statement: FacadeStatement) -> u32 {
    let level = statement.level;
    let of_level = &CALLSITES[level as usize - 1];
    let args = (Formatted(format_args!("")), ());
    let number = lock_callsites().number_of(statement, of_level, &args);
    number.unwrap_or_else(|| callsite(level))
}

/// Writes the message, and returns where it stands in memory: see [`BufEncoder::sole_text`]. To be
/// called before the fields are written.
pub(crate) fn encode_message(to: &mut BufEncoder<'_>, message: fmt::Arguments<'_>) -> TextPlace {
    Formatted(message).encode(to);
    to.sole_text()
}

/// Writes a field. A key that every line has, or an empty one, gets an underscore.
pub(crate) fn encode_field(to: &mut BufEncoder<'_>, key: &str, value: FieldRef<'_>) {
    let key = allowed_key(key.strip_prefix("r#").unwrap_or(key));
    field_codec::encode_field(to, &key, value);
}
