//! Fields that are made apart from a record: those of a context, of a child logger, of the writer.
//!
//! [`field_codec`](super::field_codec) says how they travel.

use std::{borrow::Cow, fmt, slice, vec};

use super::{
    encode::{BufEncoder, RawNumber, RawText},
    field_codec::{FieldRef, allowed_key, encode_field},
};

/// The most fields that travel with a record.
const MAX_FIELDS: usize = 1_000;

type Entry = (Cow<'static, str>, FieldValue);

/// Named values that many records have in common: see [`in_context`](crate::in_context) and
/// [`Logger::with`](crate::Logger::with).
///
/// `chronologix::fields!` makes them in the syntax of `log!`:
/// `fields! { request = id, user:% = name }`. Without it:
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{FieldValue, Fields};
///
/// let request = Fields::new().with("request", 17).with("user", "ann");
/// assert_eq!(request.to_string(), "request=17 user=ann");
/// assert_eq!(request.get("request"), Some(&FieldValue::Integer(17)));
///
/// let mut same = Fields::from([("request", 17)]);
/// same.extend([("user", "ann")]);
/// assert_eq!(request, same);
/// assert_eq!(same.len(), 2);
/// ```
///
/// Each key is there once: a later value replaces an earlier one. A key that every line has
/// (`timestamp`, `level`, `stream`, `message`) gets an underscore behind it, and an empty key
/// becomes an underscore. The first 1,000 fields travel with a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<Entry>);

/// The value of a field, with the type that it has in JSON.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::FieldValue;
///
/// assert_eq!(FieldValue::from(7_u8), FieldValue::Integer(7));
/// assert_eq!(FieldValue::from("seven").to_string(), "seven");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer. One that is too large for this type is text.
    Integer(i128),
    /// A number with a fraction.
    Float(f64),
    /// Text, and everything that was formatted.
    Text(String),
}

impl Fields {
    /// Creates a set of no fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns these fields and one more.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<FieldValue>) -> Self {
        self.set(key.into(), value.into());
        self
    }

    fn set(&mut self, key: Cow<'static, str>, value: FieldValue) {
        let key = allowed_key(key);
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
    }

    /// Returns the number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&FieldValue> {
        self.iter()
            .find_map(|(known, value)| (known == key).then_some(value))
    }

    /// Iterates over keys and values, in their order.
    #[must_use]
    pub fn iter(&self) -> FieldsIter<'_> {
        FieldsIter(self.0.iter())
    }

    /// Returns these fields, followed by those of the others whose keys are not among these.
    #[must_use]
    pub(crate) fn before(&self, others: &Self) -> Self {
        let new = others.0.iter().filter(|(key, _)| self.get(key).is_none());
        Self(self.0.iter().chain(new).cloned().collect())
    }

    /// Returns the bytes in which they travel.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut to = BufEncoder::new(&mut bytes);
        for (key, value) in self.iter().take(MAX_FIELDS) {
            encode_field(&mut to, key, value.as_ref());
        }
        bytes
    }
}

/// Iterates over the keys and values of [`Fields`].
#[derive(Clone, Debug)]
pub struct FieldsIter<'a>(slice::Iter<'a, Entry>);

impl<'a> Iterator for FieldsIter<'a> {
    type Item = (&'a str, &'a FieldValue);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (&**key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for FieldsIter<'_> {}

impl<'a> IntoIterator for &'a Fields {
    type Item = (&'a str, &'a FieldValue);
    type IntoIter = FieldsIter<'a>;

    fn into_iter(self) -> FieldsIter<'a> {
        self.iter()
    }
}

impl IntoIterator for Fields {
    type Item = (Cow<'static, str>, FieldValue);
    type IntoIter = vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K, V> Extend<(K, V)> for Fields
where
    K: Into<Cow<'static, str>>,
    V: Into<FieldValue>,
{
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, fields: I) {
        for (key, value) in fields {
            self.set(key.into(), value.into());
        }
    }
}

impl<K, V> FromIterator<(K, V)> for Fields
where
    K: Into<Cow<'static, str>>,
    V: Into<FieldValue>,
{
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        let mut collected = Self::new();
        collected.extend(fields);
        collected
    }
}

impl<K, V, const N: usize> From<[(K, V); N]> for Fields
where
    K: Into<Cow<'static, str>>,
    V: Into<FieldValue>,
{
    fn from(fields: [(K, V); N]) -> Self {
        fields.into_iter().collect()
    }
}

/// Writes the fields as they stand in a text line, without its escapes.
impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (key, value)) in self.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{key}={value}")?;
        }
        Ok(())
    }
}

impl FieldValue {
    /// Borrows the value, on its way into a queue.
    pub(crate) fn as_ref(&self) -> FieldRef<'_> {
        match self {
            Self::Bool(value) => FieldRef::Bool(*value),
            Self::Integer(value) => FieldRef::Integer(*value),
            Self::Float(value) => FieldRef::Float(*value),
            Self::Text(value) => FieldRef::Text(value),
        }
    }
}

/// Keeps a value, for the spans of `tracing`.
#[cfg(feature = "tracing")]
impl From<FieldRef<'_>> for FieldValue {
    fn from(value: FieldRef<'_>) -> Self {
        match value {
            FieldRef::Bool(value) => Self::Bool(value),
            FieldRef::Integer(value) => Self::Integer(value),
            FieldRef::Unsigned(value) => integer(value),
            FieldRef::Float(value) => Self::Float(value),
            FieldRef::Text(value) => value.into(),
            FieldRef::Formatted(value) => value.into(),
        }
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// Converts numbers and texts into values.
macro_rules! from_values {
    ($($($type:ty)*: $from:expr;)*) => {$($(
        impl From<$type> for FieldValue {
            fn from(value: $type) -> Self {
                $from(value)
            }
        }
    )*)*};
}

from_values! {
    bool: Self::Bool;
    i8 i16 i32 i64 u8 u16 u32 u64: |value| Self::Integer(i128::from(value));
    isize usize i128 u128: integer;
    f32: float;
    f64: Self::Float;
    char: text;
    fmt::Arguments<'_>: text;
    String: Self::Text;
    &str Cow<'_, str>: |text| Self::Text(String::from(text));
    RawText<'_>: |text: RawText<'_>| text.0.into();
}

/// Converts a number that has the form in which it travels.
impl<T: Into<FieldValue>> From<RawNumber<T>> for FieldValue {
    fn from(number: RawNumber<T>) -> Self {
        number.0.into()
    }
}

fn text(value: impl fmt::Display) -> FieldValue {
    FieldValue::Text(value.to_string())
}

/// Converts an integer of any width. One that is too large becomes text.
fn integer<T: TryInto<i128> + fmt::Display + Copy>(value: T) -> FieldValue {
    value
        .try_into()
        .map_or_else(|_| text(value), FieldValue::Integer)
}

/// Returns the double that is written as the float is: 0.1, and not 0.10000000149.
fn float(value: f32) -> FieldValue {
    let written = value.to_string().parse();
    FieldValue::Float(written.unwrap_or_else(|_| f64::from(value)))
}
