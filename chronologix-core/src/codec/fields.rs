//! Fields that are made apart from a record: those of a context, of a child logger, of the writer's own.
//!
//! How they travel, [`field_codec`](super::field_codec) says.

use std::{borrow::Cow, fmt};

use super::{
    encode::{Arg, AsRaw, RawNumber, RawText},
    encoding::{BufEncoder, Encoder},
    field_codec::{self, Typed},
};

/// As many fields as travel with a record.
const MOST: usize = 1_000;

/// Named values that many records have in common: see [`in_context`](crate::in_context) and [`Logger::with`](crate::Logger::with).
///
/// `chronologix::fields!` makes them in the syntax of `log!`: `fields! { request = id, user:% = name }`. Without it:
///
/// ```
/// use chronologix_core::Fields;
///
/// let request = Fields::new().with("request", 17).with("user", "ann");
/// assert_eq!(request.to_string(), "request=17 user=ann");
/// let same = Fields::from([("request", 17)]).with("user", "ann");
/// assert_eq!(request, same);
/// ```
///
/// No key is there twice: a later value takes the place of an earlier one. A key that is a part of every line (`timestamp`, `level`, `stream`,
/// `message`) gets an underscore behind it, and an empty one is an underscore. The first 1,000 fields travel with a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<(Cow<'static, str>, FieldValue)>);

/// The value of a field, with the type it has in JSON.
///
/// ```
/// use chronologix_core::FieldValue;
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
    /// Text, and whatever was formatted.
    Text(String),
}

impl Fields {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// These and one more.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<FieldValue>) -> Self {
        let key = field_codec::free(key);
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
        self
    }

    /// Keys and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These, and behind them the others with keys that are not among these.
    #[must_use]
    pub(crate) fn before(&self, others: &Self) -> Self {
        let is_new = |key: &str| self.iter().all(|(own, _)| own != key);
        let new = others.0.iter().filter(|(key, _)| is_new(key));
        Self(self.0.iter().chain(new).cloned().collect())
    }

    /// As they travel.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut to = BufEncoder::new(&mut bytes);
        for (key, value) in self.iter().take(MOST) {
            value.put(key, &mut to);
        }
        bytes
    }
}

impl FieldValue {
    fn put(&self, key: &str, to: &mut BufEncoder<'_>) {
        let value = match self {
            Self::Bool(value) => Typed::Bool(*value),
            Self::Integer(value) => match (u64::try_from(*value), i64::try_from(*value)) {
                (Ok(value), _) => Typed::Unsigned(value),
                (_, Ok(value)) => Typed::Signed(value),
                _ => Typed::WideSigned(*value),
            },
            Self::Float(value) => Typed::Float(*value),
            Self::Text(value) => Typed::Text(value.as_str()),
        };
        field_codec::put(to, key, value, |to, text| to.text(text));
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

/// As they stand in a text line, less its escapes.
impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (key, value)) in self.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{key}={value}")?;
        }
        Ok(())
    }
}

impl<K, V> FromIterator<(K, V)> for Fields
where
    K: Into<Cow<'static, str>>,
    V: Into<FieldValue>,
{
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        fields
            .into_iter()
            .fold(Self::new(), |fields, (key, value)| fields.with(key, value))
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

/// Numbers become values, and so do numbers on their way.
macro_rules! from_numbers {
    ($($type:ty: $from:expr,)*) => {$(
        impl From<$type> for FieldValue {
            fn from(value: $type) -> Self {
                $from(value)
            }
        }

        impl From<RawNumber<$type>> for FieldValue {
            fn from(value: RawNumber<$type>) -> Self {
                value.0.into()
            }
        }
    )*};
}

from_numbers! {
    bool: Self::Bool,
    i8: |value| Self::Integer(i128::from(value)),
    i16: |value| Self::Integer(i128::from(value)),
    i32: |value| Self::Integer(i128::from(value)),
    i64: |value| Self::Integer(i128::from(value)),
    isize: integer,
    i128: Self::Integer,
    u8: |value| Self::Integer(i128::from(value)),
    u16: |value| Self::Integer(i128::from(value)),
    u32: |value| Self::Integer(i128::from(value)),
    u64: |value| Self::Integer(i128::from(value)),
    usize: integer,
    u128: integer,
    f32: float,
    f64: Self::Float,
    char: |letter: char| Self::Text(letter.to_string()),
}

/// An integer of any width; as text if it is too large.
fn integer<T: TryInto<i128> + fmt::Display + Copy>(value: T) -> FieldValue {
    value
        .try_into()
        .map_or_else(|_| FieldValue::Text(value.to_string()), FieldValue::Integer)
}

/// The double that is written as the float is: 0.1, not 0.10000000149.
fn float(value: f32) -> FieldValue {
    let written = value.to_string().parse();
    FieldValue::Float(written.unwrap_or_else(|_| f64::from(value)))
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<fmt::Arguments<'_>> for FieldValue {
    fn from(formatted: fmt::Arguments<'_>) -> Self {
        Self::Text(formatted.to_string())
    }
}

impl From<RawText<'_>> for FieldValue {
    fn from(text: RawText<'_>) -> Self {
        text.0.into()
    }
}

/// A value in `fields!` that keeps its type. See [`RawArg`](super::encode::RawArg).
pub trait RawField {
    /// The value; the formatted form is not looked at.
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

/// Any other value in `fields!`: text.
pub trait FormattedField {
    /// The formatted form.
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue;
}

impl<T: ?Sized> FormattedField for &Arg<'_, T> {
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue {
        formatted.into()
    }
}
