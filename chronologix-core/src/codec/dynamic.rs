//! Records whose fields are known only when they are made: those that come from other facades.
//!
//! They travel as the message, which is one text, and then the fields as [`field_codec`](super::field_codec) has them.

use std::fmt;

use super::{
    encode::{Encode, Formatted},
    encoding::{BufEncoder, Decoder, Encoder},
    field_codec::{self, Typed},
};
use crate::Level;
use crate::{
    format::{message::MessageWriter, value::Plain as _},
    frontend::callsite::Callsite,
};

/// Text on its way, as it is or yet to be formatted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DynamicText<'a> {
    Plain(&'a str),
    Formatted(fmt::Arguments<'a>),
}

static CALLSITES_BY_LEVEL: [Callsite; 6] = [
    Callsite::anywhere(Level::Trace),
    Callsite::anywhere(Level::Debug),
    Callsite::anywhere(Level::Info),
    Callsite::anywhere(Level::Warn),
    Callsite::anywhere(Level::Error),
    Callsite::anywhere(Level::Critical),
];

/// The number of the callsite that all such records of a level share.
#[inline]
pub(crate) fn callsite(level: Level) -> u32 {
    CALLSITES_BY_LEVEL[level as usize - 1].number(render)
}

/// Writes the message. Before the fields.
pub(crate) fn encode_message(to: &mut BufEncoder<'_>, message: fmt::Arguments<'_>) {
    Formatted(message).encode(to);
}

/// Writes a field. A key that is a part of every record, or empty, gets an underscore.
pub(crate) fn encode_field(to: &mut BufEncoder<'_>, key: &str, value: Typed<DynamicText<'_>>) {
    let key = field_codec::free(key.strip_prefix("r#").unwrap_or(key));
    field_codec::put(to, &key, value, |to, words| match words {
        DynamicText::Plain(text) => to.text(text),
        DynamicText::Formatted(arguments) => to.formatted(arguments),
    });
}

impl<T> Typed<T> {
    /// The same with borrowed text.
    #[cfg(feature = "tracing")]
    fn as_ref(&self) -> Typed<&T> {
        match self {
            Self::Unsigned(number) => Typed::Unsigned(*number),
            Self::Signed(number) => Typed::Signed(*number),
            Self::WideUnsigned(number) => Typed::WideUnsigned(*number),
            Self::WideSigned(number) => Typed::WideSigned(*number),
            Self::Float(number) => Typed::Float(*number),
            Self::Bool(truth) => Typed::Bool(*truth),
            Self::Text(text) => Typed::Text(text),
        }
    }

    /// The same with another kind of text.
    #[cfg(feature = "tracing")]
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Typed<U> {
        match self {
            Self::Unsigned(number) => Typed::Unsigned(number),
            Self::Signed(number) => Typed::Signed(number),
            Self::WideUnsigned(number) => Typed::WideUnsigned(number),
            Self::WideSigned(number) => Typed::WideSigned(number),
            Self::Float(number) => Typed::Float(number),
            Self::Bool(truth) => Typed::Bool(truth),
            Self::Text(text) => Typed::Text(change(text)),
        }
    }
}

impl<'a> Typed<DynamicText<'a>> {
    pub(crate) fn plain(text: &'a str) -> Self {
        Self::Text(DynamicText::Plain(text))
    }

    pub(crate) fn formatted(arguments: fmt::Arguments<'a>) -> Self {
        Self::Text(DynamicText::Formatted(arguments))
    }

    /// The same, to be kept.
    #[cfg(feature = "tracing")]
    pub(crate) fn into_owned(self) -> Typed<String> {
        self.map(|words| words.to_string())
    }
}

#[cfg(feature = "tracing")]
impl Typed<String> {
    /// A value that was kept, on its way.
    pub(crate) fn borrowed(&self) -> Typed<DynamicText<'_>> {
        self.as_ref().map(|text| DynamicText::Plain(text))
    }
}

#[cfg(feature = "tracing")]
impl fmt::Display for DynamicText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) => text.fmt(f),
            Self::Formatted(arguments) => arguments.fmt(f),
        }
    }
}

/// For a value that is the whole message.
#[cfg(feature = "tracing")]
impl<T: fmt::Display> fmt::Display for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned(number) => number.fmt(f),
            Self::Signed(number) => number.fmt(f),
            Self::WideUnsigned(number) => number.fmt(f),
            Self::WideSigned(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Bool(truth) => truth.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// Reads the message. The fields are read as those that any record carries.
fn render(from: &mut Decoder<'_>, out: &mut MessageWriter<'_>) {
    Formatted::decode(from).plain(out);
}
