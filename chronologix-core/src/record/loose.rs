//! Records whose fields are known only when they are made: those that come from other facades.
//!
//! They travel as the message, which is one text, and then for each field a word that says of which type it is, its key, and its value as
//! [`wire`](super::wire) has it.

use std::fmt;

use super::{
    encoding::{Decoder, Encoder, Sink},
    rendering::Rendering,
    site::Site,
    value::{Plain as _, Value},
    wire::{Formatted, Raw, RawNumber, RawText, Wire},
};
use crate::Level;

/// The value of a field. What is text, is a `T`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loose<T> {
    Unsigned(u64),
    Signed(i64),
    WideUnsigned(u128),
    WideSigned(i128),
    Float(f64),
    Bool(bool),
    Text(T),
}

/// Text on its way, as it is or yet to be formatted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words<'a> {
    Plain(&'a str),
    Formatted(fmt::Arguments<'a>),
}

/// What stands before each field. There is none behind the last, and what is read there is 0.
mod kind {
    pub(super) const UNSIGNED: u64 = 1;
    pub(super) const SIGNED: u64 = 2;
    pub(super) const WIDE_UNSIGNED: u64 = 3;
    pub(super) const WIDE_SIGNED: u64 = 4;
    pub(super) const FLOAT: u64 = 5;
    pub(super) const BOOL: u64 = 6;
    pub(super) const TEXT: u64 = 7;
}

static SITES: [Site; 6] = [
    Site::new(Some(Level::Trace), "", 0),
    Site::new(Some(Level::Debug), "", 0),
    Site::new(Some(Level::Info), "", 0),
    Site::new(Some(Level::Warn), "", 0),
    Site::new(Some(Level::Error), "", 0),
    Site::new(Some(Level::Critical), "", 0),
];

/// The number of the site that all such records of a level share.
#[inline]
pub(crate) fn site(level: Level) -> u32 {
    SITES[level as usize - 1].number(render)
}

/// Writes the message. Before the fields.
pub(crate) fn put_message(to: &mut Encoder<'_>, message: fmt::Arguments<'_>) {
    Formatted(message).put(to);
}

/// Writes a field. A key that is a part of every record, or empty, gets an underscore.
pub(crate) fn put_field(to: &mut Encoder<'_>, key: &str, value: Loose<Words<'_>>) {
    to.word(value.kind());
    to.text(free(key));
    match value {
        Loose::Unsigned(number) => number.raw().put(to),
        Loose::Signed(number) => number.raw().put(to),
        Loose::WideUnsigned(number) => number.raw().put(to),
        Loose::WideSigned(number) => number.raw().put(to),
        Loose::Float(number) => number.raw().put(to),
        Loose::Bool(truth) => truth.raw().put(to),
        Loose::Text(Words::Plain(text)) => to.text(text),
        Loose::Text(Words::Formatted(arguments)) => to.formatted(arguments),
    }
}

/// The key under which a field may stand in a line.
fn free(key: &str) -> &str {
    match key {
        "timestamp" => "timestamp_",
        "level" => "level_",
        "stream" => "stream_",
        "message" => "message_",
        "" => "_",
        free => free.strip_prefix("r#").unwrap_or(free),
    }
}

impl<T> Loose<T> {
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

    /// The same with borrowed text.
    #[cfg(feature = "tracing")]
    fn as_ref(&self) -> Loose<&T> {
        match self {
            Self::Unsigned(number) => Loose::Unsigned(*number),
            Self::Signed(number) => Loose::Signed(*number),
            Self::WideUnsigned(number) => Loose::WideUnsigned(*number),
            Self::WideSigned(number) => Loose::WideSigned(*number),
            Self::Float(number) => Loose::Float(*number),
            Self::Bool(truth) => Loose::Bool(*truth),
            Self::Text(text) => Loose::Text(text),
        }
    }

    /// The same with another kind of text.
    #[cfg(feature = "tracing")]
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Loose<U> {
        match self {
            Self::Unsigned(number) => Loose::Unsigned(number),
            Self::Signed(number) => Loose::Signed(number),
            Self::WideUnsigned(number) => Loose::WideUnsigned(number),
            Self::WideSigned(number) => Loose::WideSigned(number),
            Self::Float(number) => Loose::Float(number),
            Self::Bool(truth) => Loose::Bool(truth),
            Self::Text(text) => Loose::Text(change(text)),
        }
    }
}

impl<'a> Loose<Words<'a>> {
    pub(crate) fn plain(text: &'a str) -> Self {
        Self::Text(Words::Plain(text))
    }

    pub(crate) fn formatted(arguments: fmt::Arguments<'a>) -> Self {
        Self::Text(Words::Formatted(arguments))
    }

    /// The same, to be kept.
    #[cfg(feature = "tracing")]
    pub(crate) fn into_owned(self) -> Loose<String> {
        self.map(|words| words.to_string())
    }
}

#[cfg(feature = "tracing")]
impl Loose<String> {
    /// A value that was kept, on its way.
    pub(crate) fn borrowed(&self) -> Loose<Words<'_>> {
        self.as_ref().map(|text| Words::Plain(text))
    }
}

#[cfg(feature = "tracing")]
impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) => text.fmt(f),
            Self::Formatted(arguments) => arguments.fmt(f),
        }
    }
}

/// For a value that is the whole message.
#[cfg(feature = "tracing")]
impl<T: fmt::Display> fmt::Display for Loose<T> {
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

/// Reads what was written above.
fn render(from: &mut Decoder<'_>, out: &mut Rendering<'_>) {
    Formatted::take(from).plain(out);
    loop {
        let kind = u64::from_le_bytes(from.array());
        if kind == 0 {
            return;
        }
        let key = std::str::from_utf8(from.text()).unwrap_or_default();
        match kind {
            kind::UNSIGNED => field::<RawNumber<u64>>(key, from, out),
            kind::SIGNED => field::<RawNumber<i64>>(key, from, out),
            kind::WIDE_UNSIGNED => field::<RawNumber<u128>>(key, from, out),
            kind::WIDE_SIGNED => field::<RawNumber<i128>>(key, from, out),
            kind::FLOAT => field::<RawNumber<f64>>(key, from, out),
            kind::BOOL => field::<RawNumber<bool>>(key, from, out),
            _ => field::<RawText<'_>>(key, from, out),
        }
    }
}

fn field<'w, W>(key: &str, from: &mut Decoder<'w>, out: &mut Rendering<'_>)
where
    W: Wire,
    W::Value<'w>: Value,
{
    out.field(key, &W::take(from));
}
