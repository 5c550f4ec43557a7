//! Fields on their way, each with the type of its value.
//!
//! They travel behind what the callsite of a record reads: what that leaves of the record's bytes is fields up to the end. Each is a word that says
//! of which kind its value is, its key, and its value as [`args`](super::encode) has it. A record without fields carries nothing for them.

use std::{borrow::Cow, collections::HashSet};

use super::{
    encode::{AsRaw, Encode, RawNumber, RawText},
    encoding::{BufEncoder, Decoder, Encoder},
};
use crate::{
    format::{
        message::MessageWriter,
        value::{Number, Text},
    },
    frontend::callsite::CallsiteEntry,
};

/// The keys of a JSON line that are not fields.
const RESERVED_KEYS: [&str; 4] = ["timestamp", "level", "stream", "message"];

/// As many fields as are looked through again for a key; with more of them it is sooner found in a set.
const FEW: usize = 32;

/// The value of a field. What is text, is a `T`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Typed<T> {
    Unsigned(u64),
    Signed(i64),
    WideUnsigned(u128),
    WideSigned(i128),
    Float(f64),
    Bool(bool),
    Text(T),
}

/// What stands before each field.
mod kind {
    pub(crate) const UNSIGNED: u64 = 1;
    pub(crate) const SIGNED: u64 = 2;
    pub(crate) const WIDE_UNSIGNED: u64 = 3;
    pub(crate) const WIDE_SIGNED: u64 = 4;
    pub(crate) const FLOAT: u64 = 5;
    pub(crate) const BOOL: u64 = 6;
    pub(crate) const TEXT: u64 = 7;
}

impl<T> Typed<T> {
    fn kind(&self) -> u64 {
        match self {
            Self::Unsigned(_) => kind::UNSIGNED,
            Self::Signed(_) => kind::SIGNED,
            Self::WideUnsigned(_) => kind::WIDE_UNSIGNED,
            Self::WideSigned(_) => kind::WIDE_SIGNED,
            Self::Float(_) => kind::FLOAT,
            Self::Bool(_) => kind::BOOL,
            Self::Text(_) => kind::TEXT,
        }
    }
}

/// The key under which a field may stand in a line.
pub(crate) fn free<'k>(key: impl Into<Cow<'k, str>>) -> Cow<'k, str> {
    let mut key = key.into();
    if key.is_empty() || RESERVED_KEYS.contains(&&*key) {
        key.to_mut().push('_');
    }
    key
}

/// Writes a field. `put_text` writes its value, if that is text.
pub(crate) fn put<T>(
    to: &mut BufEncoder<'_>,
    key: &str,
    value: Typed<T>,
    put_text: impl FnOnce(&mut BufEncoder<'_>, T),
) {
    to.word(value.kind());
    to.text(key);
    match value {
        Typed::Unsigned(number) => number.as_raw().encode(to),
        Typed::Signed(number) => number.as_raw().encode(to),
        Typed::WideUnsigned(number) => number.as_raw().encode(to),
        Typed::WideSigned(number) => number.as_raw().encode(to),
        Typed::Float(number) => number.as_raw().encode(to),
        Typed::Bool(truth) => truth.as_raw().encode(to),
        Typed::Text(text) => put_text(to, text),
    }
}

/// Reads fields to the end.
#[derive(Clone)]
struct Travelling<'w>(Decoder<'w>);

impl<'w> Iterator for Travelling<'w> {
    type Item = (&'w str, Typed<Text<'w>>);

    fn next(&mut self) -> Option<Self::Item> {
        let from = &mut self.0;
        if from.is_at_end() {
            return None;
        }
        let kind = u64::from_le_bytes(from.array());
        let key = std::str::from_utf8(from.text()).unwrap_or_default();
        let value = match kind {
            kind::UNSIGNED => Typed::Unsigned(number(from)),
            kind::SIGNED => Typed::Signed(number(from)),
            kind::WIDE_UNSIGNED => Typed::WideUnsigned(number(from)),
            kind::WIDE_SIGNED => Typed::WideSigned(number(from)),
            kind::FLOAT => Typed::Float(number(from)),
            kind::BOOL => Typed::Bool(number(from)),
            _ => Typed::Text(RawText::decode(from)),
        };
        Some((key, value))
    }
}

fn number<'w, T>(from: &mut Decoder<'w>) -> T
where
    RawNumber<T>: Encode<Value<'w> = Number<T>>,
{
    RawNumber::<T>::decode(from).0
}

/// Writes the message and the fields of a record, and whatever it carries besides. Of two fields with one key, the first is written.
pub(crate) fn render_record(kind: CallsiteEntry, bytes: &[u8], out: &mut MessageWriter<'_>) {
    let mut from = Decoder::new(bytes);
    (kind.render)(&mut from, out);
    let all = Travelling(from);
    let mut many = None;
    for (at, (key, value)) in all.clone().enumerate() {
        let mut earlier = all.clone().take(at).map(|(key, _)| key);
        let is_new = match kind.callsite.keys {
            // What travels with such a record has no key twice.
            Some(own) => !own.contains(&key),
            None if at < FEW => earlier.all(|earlier| earlier != key),
            None => many
                .get_or_insert_with(|| earlier.collect::<HashSet<_>>())
                .insert(key),
        };
        if is_new {
            render(key, value, out);
        }
    }
}

fn render(key: &str, value: Typed<Text<'_>>, out: &mut MessageWriter<'_>) {
    match value {
        Typed::Unsigned(number) => out.field(key, &Number(number)),
        Typed::Signed(number) => out.field(key, &Number(number)),
        Typed::WideUnsigned(number) => out.field(key, &Number(number)),
        Typed::WideSigned(number) => out.field(key, &Number(number)),
        Typed::Float(number) => out.field(key, &Number(number)),
        Typed::Bool(truth) => out.field(key, &Number(truth)),
        Typed::Text(text) => out.field(key, &text),
    }
}
