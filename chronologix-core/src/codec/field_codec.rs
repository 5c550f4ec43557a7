//! How fields travel that are not among a record's arguments, each with the type of its value.
//!
//! They follow the arguments: whatever the callsite does not read is fields up to the end. Each is
//! a word for the kind of its value, then its key and its value as [`encode`](super::encode) writes
//! them. So a record without such fields carries nothing for them.

use std::{borrow::Cow, collections::HashSet, fmt};

use super::{
    decode::Decoder,
    encode::{BufEncoder, Encode, Encoder, RawNumber, RawText},
};
use crate::format::message::MessageWriter;

/// The keys that every JSON line has.
const RESERVED_KEYS: [&str; 4] = ["timestamp", "level", "stream", "message"];

/// Up to so many fields, a key is searched among those before it. Beyond that, in a set.
const FEW_FIELDS: usize = 32;

/// The value of a field on its way into a queue. [`FieldValue`](super::fields::FieldValue) is its
/// owned form.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(any(feature = "log", feature = "tracing")),
    expect(dead_code, reason = "only other facades have all of these")
)]
pub(crate) enum FieldRef<'a> {
    Bool(bool),
    Integer(i128),
    Unsigned(u128),
    Float(f64),
    Text(&'a str),
    Formatted(fmt::Arguments<'a>),
}

/// The word in front of each field.
mod kind {
    pub(super) const UNSIGNED: u64 = 1;
    pub(super) const SIGNED: u64 = 2;
    pub(super) const WIDE_UNSIGNED: u64 = 3;
    pub(super) const WIDE_SIGNED: u64 = 4;
    pub(super) const FLOAT: u64 = 5;
    pub(super) const BOOL: u64 = 6;
    pub(super) const TEXT: u64 = 7;
}

/// Returns the key under which a field may stand in a line.
pub(crate) fn allowed_key<'k>(key: impl Into<Cow<'k, str>>) -> Cow<'k, str> {
    let mut key = key.into();
    if key.is_empty() || RESERVED_KEYS.contains(&&*key) {
        key.to_mut().push('_');
    }
    key
}

/// Writes a field. The key must be an [`allowed_key`].
pub(crate) fn encode_field(to: &mut BufEncoder<'_>, key: &str, value: FieldRef<'_>) {
    debug_assert!(!key.is_empty() && !RESERVED_KEYS.contains(&key));
    match value {
        FieldRef::Bool(truth) => encode_number(to, kind::BOOL, key, truth),
        // Most integers are small, and then take half of the bytes.
        FieldRef::Integer(number) => match (u64::try_from(number), i64::try_from(number)) {
            (Ok(number), _) => encode_number(to, kind::UNSIGNED, key, number),
            (_, Ok(number)) => encode_number(to, kind::SIGNED, key, number),
            _ => encode_number(to, kind::WIDE_SIGNED, key, number),
        },
        FieldRef::Unsigned(number) => match u64::try_from(number) {
            Ok(number) => encode_number(to, kind::UNSIGNED, key, number),
            Err(_) => encode_number(to, kind::WIDE_UNSIGNED, key, number),
        },
        FieldRef::Float(number) => encode_number(to, kind::FLOAT, key, number),
        FieldRef::Text(text) => {
            to.word(kind::TEXT);
            to.text(key);
            to.text(text);
        }
        FieldRef::Formatted(arguments) => {
            to.word(kind::TEXT);
            to.text(key);
            to.formatted(arguments);
        }
    }
}

fn encode_number<T>(to: &mut BufEncoder<'_>, kind: u64, key: &str, number: T)
where
    RawNumber<T>: Encode,
{
    to.word(kind);
    to.text(key);
    RawNumber(number).encode(to);
}

/// Writes the fields that `from` has left. Of several with one key only the first is written.
///
/// `own_keys` are those that the record's callsite has written itself. Without them, as in records
/// of other facades, the fields themselves may have a key twice.
pub(crate) fn write_fields(
    from: Decoder<'_>,
    own_keys: Option<&[&str]>,
    out: &mut MessageWriter<'_>,
) {
    let all = EncodedFields(from);
    let mut seen = None;
    for (at, field) in all.clone().enumerate() {
        let mut earlier = all.clone().take(at).map(|field| field.key);
        let is_new = match own_keys {
            // The fields of a context have no key twice.
            Some(own) => !own.contains(&field.key),
            None if at < FEW_FIELDS => earlier.all(|earlier| earlier != field.key),
            None => seen
                .get_or_insert_with(|| earlier.collect::<HashSet<_>>())
                .insert(field.key),
        };
        if is_new {
            field.write(out);
        }
    }
}

/// Returns the text of the first field with this key.
pub(crate) fn find_text<'w>(from: &Decoder<'w>, key: &str) -> Option<&'w str> {
    let mut field = EncodedFields(from.clone()).find(|field| field.key == key)?;
    let is_text = field.kind == kind::TEXT;
    is_text.then(|| std::str::from_utf8(field.value.text()).unwrap_or_default())
}

/// Returns the number of the first field with this key.
pub(crate) fn find_number(from: &Decoder<'_>, key: &str) -> Option<u64> {
    let mut field = EncodedFields(from.clone()).find(|field| field.key == key)?;
    (field.kind == kind::UNSIGNED).then(|| u64::from_le_bytes(field.value.array()))
}

/// The fields in front of a record's end.
#[derive(Clone)]
struct EncodedFields<'w>(Decoder<'w>);

struct EncodedField<'w> {
    key: &'w str,
    kind: u64,
    /// Stands in front of the value.
    value: Decoder<'w>,
}

impl<'w> Iterator for EncodedFields<'w> {
    type Item = EncodedField<'w>;

    fn next(&mut self) -> Option<Self::Item> {
        let from = &mut self.0;
        if from.is_at_end() {
            return None;
        }
        let kind = u64::from_le_bytes(from.array());
        let key = std::str::from_utf8(from.text()).unwrap_or_default();
        let value = from.clone();
        match kind {
            kind::TEXT => drop(from.text()),
            kind::WIDE_UNSIGNED | kind::WIDE_SIGNED => drop(from.array::<16>()),
            _ => drop(from.array::<8>()),
        }
        Some(EncodedField { key, kind, value })
    }
}

impl EncodedField<'_> {
    fn write(mut self, out: &mut MessageWriter<'_>) {
        let (key, from) = (self.key, &mut self.value);
        match self.kind {
            kind::UNSIGNED => out.field(key, &RawNumber::<u64>::decode(from)),
            kind::SIGNED => out.field(key, &RawNumber::<i64>::decode(from)),
            kind::WIDE_UNSIGNED => out.field(key, &RawNumber::<u128>::decode(from)),
            kind::WIDE_SIGNED => out.field(key, &RawNumber::<i128>::decode(from)),
            kind::FLOAT => out.field(key, &RawNumber::<f64>::decode(from)),
            kind::BOOL => out.field(key, &RawNumber::<bool>::decode(from)),
            _ => out.field(key, &RawText::decode(from)),
        }
    }
}
