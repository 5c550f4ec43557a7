//! Fields that are made apart from a record: those of a context, of a child logger, of the writer's own.
//!
//! They travel behind the arguments of the record. What the arguments leave of its bytes is fields, each with its key and the kind of its
//! value, up to the end: a record without them carries nothing more than its arguments.

use std::{borrow::Cow, fmt};

use super::{
    encoding::{Decoder, Encoder, Sink},
    rendering::Rendering,
    wire::{Hole, Raw, RawNumber, RawText, Wire},
};

/// The keys of a JSON line that are not fields.
const RESERVED_KEYS: [&str; 4] = ["timestamp", "level", "stream", "message"];

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
/// `message`) gets an underscore behind it. The first 1,000 fields travel with a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<(Cow<'static, str>, FieldValue)>);

/// The value of a field, with the type it has in JSON.
///
/// ```
/// use chronologix_core::FieldValue;
///
/// assert_eq!(FieldValue::from(7_u8), FieldValue::U64(7));
/// assert_eq!(FieldValue::from("seven").to_string(), "seven");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer that may be negative.
    I64(i64),
    /// An integer that is not negative.
    U64(u64),
    /// A wide integer that may be negative.
    I128(i128),
    /// A wide integer that is not negative.
    U128(u128),
    /// A float of 32 bits.
    F32(f32),
    /// A float of 64 bits.
    F64(f64),
    /// Text.
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
        let mut key = key.into();
        if RESERVED_KEYS.contains(&&*key) {
            key.to_mut().push('_');
        }
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
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut to = Encoder::new(&mut bytes);
        for (key, value) in self.iter().take(MOST) {
            to.text(key);
            value.put(&mut to);
        }
        bytes
    }
}

/// Which value comes next.
mod kind {
    pub(super) const BOOL: u64 = 0;
    pub(super) const I64: u64 = 1;
    pub(super) const U64: u64 = 2;
    pub(super) const I128: u64 = 3;
    pub(super) const U128: u64 = 4;
    pub(super) const F32: u64 = 5;
    pub(super) const F64: u64 = 6;
    pub(super) const TEXT: u64 = 7;
}

impl FieldValue {
    fn put(&self, to: &mut Encoder<'_>) {
        fn put<W: Wire>(to: &mut Encoder<'_>, kind: u64, value: &W) {
            to.word(kind);
            value.put(to);
        }
        match self {
            Self::Bool(value) => put(to, kind::BOOL, &value.raw()),
            Self::I64(value) => put(to, kind::I64, &value.raw()),
            Self::U64(value) => put(to, kind::U64, &value.raw()),
            Self::I128(value) => put(to, kind::I128, &value.raw()),
            Self::U128(value) => put(to, kind::U128, &value.raw()),
            Self::F32(value) => put(to, kind::F32, &value.raw()),
            Self::F64(value) => put(to, kind::F64, &value.raw()),
            Self::Text(value) => put(to, kind::TEXT, &value.as_str().raw()),
        }
    }
}

/// Writes what [`Fields::encode`] has put behind the arguments, without the fields whose keys the record has itself.
pub(crate) fn render(from: &mut Decoder<'_>, own_keys: &[&str], out: &mut Rendering<'_>) {
    while !from.is_at_end() {
        let key = std::str::from_utf8(from.text()).unwrap_or_default();
        let kind = u64::from_le_bytes(from.array());
        let mut field = |value: &dyn Fn(&mut Rendering<'_>)| {
            if !own_keys.contains(&key) {
                value(out);
            }
        };
        macro_rules! number {
            ($type:ty) => {{
                let value = <RawNumber<$type>>::take(from);
                field(&|out| out.field(key, &value));
            }};
        }
        match kind {
            kind::BOOL => number!(bool),
            kind::I64 => number!(i64),
            kind::U64 => number!(u64),
            kind::I128 => number!(i128),
            kind::U128 => number!(u128),
            kind::F32 => number!(f32),
            kind::F64 => number!(f64),
            _ => {
                let value = <RawText<'_>>::take(from);
                field(&|out| out.field(key, &value));
            }
        }
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::I64(value) => value.fmt(f),
            Self::U64(value) => value.fmt(f),
            Self::I128(value) => value.fmt(f),
            Self::U128(value) => value.fmt(f),
            Self::F32(value) => value.fmt(f),
            Self::F64(value) => value.fmt(f),
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

macro_rules! from_numbers {
    ($($type:ty => $variant:ident as $wide:ty,)*) => {$(
        impl From<$type> for FieldValue {
            fn from(value: $type) -> Self {
                #[allow(
                    clippy::cast_possible_wrap,
                    clippy::cast_lossless,
                    trivial_numeric_casts,
                    reason = "each is at most as wide as its variant"
                )]
                Self::$variant(value as $wide)
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
    bool => Bool as bool,
    i8 => I64 as i64,
    i16 => I64 as i64,
    i32 => I64 as i64,
    i64 => I64 as i64,
    isize => I64 as i64,
    u8 => U64 as u64,
    u16 => U64 as u64,
    u32 => U64 as u64,
    u64 => U64 as u64,
    usize => U64 as u64,
    i128 => I128 as i128,
    u128 => U128 as u128,
    f32 => F32 as f32,
    f64 => F64 as f64,
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

impl From<char> for FieldValue {
    fn from(letter: char) -> Self {
        Self::Text(letter.to_string())
    }
}

impl From<fmt::Arguments<'_>> for FieldValue {
    fn from(formatted: fmt::Arguments<'_>) -> Self {
        Self::Text(formatted.to_string())
    }
}

impl From<RawNumber<char>> for FieldValue {
    fn from(letter: RawNumber<char>) -> Self {
        letter.0.into()
    }
}

impl From<RawText<'_>> for FieldValue {
    fn from(text: RawText<'_>) -> Self {
        text.0.into()
    }
}

/// A value in `fields!` that keeps its type. See [`HoleRaw`](super::wire::HoleRaw).
pub trait HoleTyped {
    /// The value; the formatted form is not looked at.
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue;
}

impl<'a, T> HoleTyped for Hole<'a, T>
where
    T: Raw + ?Sized,
    T::Wire<'a>: Into<FieldValue>,
{
    fn __value(&self, _formatted: fmt::Arguments<'_>) -> FieldValue {
        self.0.raw().into()
    }
}

/// Any other value in `fields!`: text.
pub trait HoleShown {
    /// The formatted form.
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue;
}

impl<T: ?Sized> HoleShown for &Hole<'_, T> {
    fn __value(&self, formatted: fmt::Arguments<'_>) -> FieldValue {
        formatted.into()
    }
}
