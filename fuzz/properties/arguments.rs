//! The arguments of a record: one of each type that `log!` lets travel, and texts that the caller
//! formats.

use std::fmt::{self, Write as _};

use chronologix_core::internals::{
    AsRaw, Decoder, Encode, Encoder, Formatted, MessageWriter, Value as _,
};

use super::feed::Feed;

/// What stands where a text was cut.
const CUT: &str = "… [cut at 1 MiB]";

/// What stands where a `Display` gave an error.
const FAILED: &str = "[its formatting failed]";

/// Bytes that each text gets in any case.
const LEAST: usize = 256;

/// Bytes that an argument takes beside its text: its length, what fills up the last word, and what
/// tells of a cut.
const BESIDE: usize = 8 + 7 + CUT.len();

/// A text whose `Display` writes it in pieces, and may give up.
#[derive(Debug)]
pub(crate) struct Shown {
    pieces: Vec<String>,
    fails: bool,
}

/// The room that a record has for text.
#[derive(Debug)]
pub(crate) struct Room(usize);

macro_rules! arguments {
    (
        numbers { $($kind:ident($type:ty): $($spec:literal)+;)+ }
        words { $($word:ident($word_type:ty) of $from:expr;)+ }
    ) => {
        #[derive(Debug)]
        pub(crate) enum Argument {
            $($kind($type),)+
            $($word($word_type),)+
            Text(String),
            Shown(Shown),
        }

        impl Argument {
            /// Any argument. One of text may have about as many bytes as there is room for.
            pub(crate) fn of(feed: &mut Feed<'_>, room: usize) -> Self {
                let numbers: &[fn(&mut Feed<'_>) -> Self] = &[
                    $(|feed| Self::$kind(<$type>::from_le_bytes(feed.array())),)+
                    $(|feed| Self::$word($from(feed)),)+
                ];
                match feed.below(numbers.len() + 6) {
                    0..=2 => Self::Text(text(feed, room)),
                    3..=4 => Self::Shown(Shown::of(feed, room)),
                    5 => {
                        // A decimal, as people log them, or a number with many bits behind its
                        // point.
                        let whole = i32::from_le_bytes(feed.array());
                        let base = [10_f64, 2.0][feed.below(2)];
                        Self::F64(f64::from(whole) / base.powi(i32::from(feed.byte() % 32)))
                    }
                    number => numbers[number - 6](feed),
                }
            }

            pub(crate) fn encode(&self, to: &mut impl Encoder) {
                match self {
                    $(Self::$kind(value) => value.as_raw().encode(to),)+
                    $(Self::$word(value) => value.as_raw().encode(to),)+
                    Self::Text(value) => value.as_raw().encode(to),
                    Self::Shown(value) => Formatted(format_args!("{value}")).encode(to),
                }
            }

            /// How many words it takes as it is; none if the caller formats it.
            pub(crate) fn words(&self) -> Option<usize> {
                match self {
                    $(Self::$kind(value) => Some(value.as_raw().words()),)+
                    $(Self::$word(value) => Some(value.as_raw().words()),)+
                    Self::Text(value) => Some(value.as_raw().words()),
                    Self::Shown(_) => None,
                }
            }

            /// Reads an argument of the same type, and writes it as the template of a `log!` might
            /// have it.
            pub(crate) fn render(&self, from: &mut Decoder<'_>, out: &mut MessageWriter<'_>) {
                match self {
                    $(Self::$kind(_) => {
                        let value = take::<<$type as AsRaw>::Raw<'_>>(from);
                        value.plain(out);
                        $(out.formatted(format_args!($spec, value));)+
                    })+
                    $(Self::$word(_) => {
                        let value = take::<<$word_type as AsRaw>::Raw<'_>>(from);
                        value.plain(out);
                        out.formatted(format_args!(" {value:?} {value:>6}"));
                    })+
                    Self::Text(_) => {
                        let value = take::<<str as AsRaw>::Raw<'_>>(from);
                        value.plain(out);
                        out.formatted(format_args!(" {value} {value:?} {value:é^9.3}"));
                    }
                    Self::Shown(_) => {
                        let value = take::<Formatted<'_>>(from);
                        value.plain(out);
                        out.formatted(format_args!(" {value} {value:?} {value:>9.3}"));
                    }
                }
            }

            /// Writes what [`Self::render`] should write, given the text that arrives.
            pub(crate) fn expect(&self, arriving: &str, out: &mut String) {
                let written = match self {
                    $(Self::$kind(value) => {
                        write!(out, "{value}")$(.and_then(|()| write!(out, $spec, value)))+
                    })+
                    $(Self::$word(value) => write!(out, "{value} {value:?} {value:>6}"),)+
                    Self::Text(_) => {
                        write!(out, "{arriving} {arriving} {arriving:?} {arriving:é^9.3}")
                    }
                    // It heeds a spec where it is formatted, and there alone.
                    Self::Shown(_) => write!(out, "{arriving} {arriving} {arriving} {arriving}"),
                };
                written.expect("memory takes everything");
            }

            /// Reads an argument of the same type, and writes it as a field.
            pub(crate) fn render_field(
                &self,
                name: &str,
                from: &mut Decoder<'_>,
                out: &mut MessageWriter<'_>,
            ) {
                match self {
                    $(Self::$kind(_) => out.field(name, &take::<<$type as AsRaw>::Raw<'_>>(from)),)+
                    $(Self::$word(_) => {
                        out.field(name, &take::<<$word_type as AsRaw>::Raw<'_>>(from));
                    })+
                    Self::Text(_) => out.field(name, &take::<<str as AsRaw>::Raw<'_>>(from)),
                    Self::Shown(_) => out.field(name, &take::<Formatted<'_>>(from)),
                }
            }

            /// What stands in a text line for it, given the text that arrives.
            pub(crate) fn plain(&self, arriving: &str) -> String {
                match self {
                    $(Self::$kind(value) => value.to_string(),)+
                    $(Self::$word(value) => value.to_string(),)+
                    Self::Text(_) | Self::Shown(_) => arriving.to_owned(),
                }
            }
        }
    };
}

arguments! {
    numbers {
        U8(u8): " {0:?} {0:#04x}" "{0:o}";
        U16(u16): " {0:>+7}" "{0:X?}";
        U32(u32): " {0:#b}" "{0:010}";
        U64(u64): " {0:?} {0:e}" "{0:x}";
        U128(u128): " {0:#X}" "{0:<42}";
        Usize(usize): " {0:^22}" "{0:?}";
        I8(i8): " {0:02x}" "{0:>+6}";
        I16(i16): " {0:?}" "{0:b}";
        I32(i32): " {0:+}" "{0:-^13}";
        I64(i64): " {0:E}" "{0:#o}";
        I128(i128): " {0:?}" "{0:#x}";
        Isize(isize): " {0:x?}" "{0:021}";
        F32(f32): " {0:?} {0:.0}" "{0:E}";
        F64(f64): " {0:?} {0:.3}" "{0:+012.1} {0:e}";
    }
    words {
        Bool(bool) of |feed: &mut Feed<'_>| feed.byte() % 2 == 1;
        Char(char) of |feed: &mut Feed<'_>| {
            feed.text().chars().next().unwrap_or('\0')
        };
    }
}

fn take<'w, W: Encode>(from: &mut Decoder<'w>) -> W::Value<'w> {
    W::decode(from)
}

impl Argument {
    /// The text that arrives of it: all there is room for.
    pub(crate) fn arriving(&self, room: &mut Room) -> String {
        match self {
            Self::Text(text) => room.take(text.clone()),
            Self::Shown(shown) => {
                let failed = if shown.fails { FAILED } else { "" };
                room.take(shown.pieces.concat() + failed)
            }
            _ => String::new(),
        }
    }

    /// What stands in a JSON line for it: numbers and truth values as they are, all else as a
    /// string.
    pub(crate) fn as_json(&self, arriving: &str) -> Result<String, String> {
        match self {
            Self::F32(value) if value.is_finite() => Ok(format!("{value:?}")),
            Self::F64(value) if value.is_finite() => Ok(format!("{value:?}")),
            Self::F32(_) | Self::F64(_) | Self::Char(_) | Self::Text(_) | Self::Shown(_) => {
                Err(self.plain(arriving))
            }
            integer_or_truth => Ok(integer_or_truth.plain("")),
        }
    }
}

impl Room {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Bytes that so many arguments take at most.
    pub(crate) fn bound(&self, arguments: usize) -> usize {
        self.0 + arguments * (LEAST + BESIDE)
    }

    fn take(&mut self, mut text: String) -> String {
        let left = self.0.max(LEAST);
        if text.len() <= left {
            self.0 = left - text.len();
        } else {
            let fits = (0..=left)
                .rev()
                .find(|&end| text.is_char_boundary(end))
                .unwrap_or(0);
            text.truncate(fits);
            text.push_str(CUT);
            self.0 = 0;
        }
        text
    }
}

impl Shown {
    fn of(feed: &mut Feed<'_>, room: usize) -> Self {
        let fails = feed.below(4) == 0;
        let more = feed.below(4);
        let mut pieces = vec![text(feed, room)];
        pieces.extend((0..more).map(|_| feed.text()));
        Self { pieces, fails }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces
            .iter()
            .try_for_each(|piece| f.write_str(piece))?;
        if self.fails { Err(fmt::Error) } else { Ok(()) }
    }
}

/// A text, which now and then is so often repeated that it fills the room nearly, or just too much.
fn text(feed: &mut Feed<'_>, room: usize) -> String {
    let fills = feed.below(5) == 0;
    let text = feed.text();
    if !fills || text.is_empty() {
        return text;
    }
    let times = room / text.len() + feed.below(3);
    text.repeat(times) + &feed.text()
}
