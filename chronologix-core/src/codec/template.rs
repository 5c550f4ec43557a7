//! The text of a `log!`: read once for each call site, filled in for each record.
//!
//! In the program it is one string with a `{}` for each argument. `{{` and `}}` are braces.

use super::{decode::Decoder, kind::Kind};
use crate::format::{
    message::MessageWriter,
    value::{Format, Number, Text, Value as _},
};

/// Writes an argument with its format spec.
pub(crate) type FormatArg = fn(&dyn Format, &mut MessageWriter<'_>);

/// Where an argument stands in a line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// In the message, as `{}` writes it.
    Message,
    /// In the message, with a format spec.
    Formatted(FormatArg),
    /// In a field with this key.
    Field(&'static str),
}

/// The bytes of text in a piece. All are copied, however few count: a copy of a fixed length takes
/// a third of one of any length.
const TEXT: usize = 32;

/// A part of a line, from its message on: text, and then an argument or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    text: [u8; TEXT],
    length: u8,
    then: Then,
}

/// What stands after the text of a piece. The usual arguments have names of their own, so that they
/// cost no call.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// The next piece.
    Next,
    /// An unsigned number of at most 64 bits, in the message and without a format spec.
    Unsigned,
    /// As before, of 64 bits with a sign.
    Signed,
    /// As before, a text.
    Text,
    Argument(Kind, Place),
}

impl Then {
    fn of(kind: Kind, place: Place) -> Self {
        match (place, kind) {
            (Place::Message, Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64 | Kind::Usize) => {
                Self::Unsigned
            }
            (Place::Message, Kind::I64) => Self::Signed,
            (Place::Message, Kind::Text | Kind::Formatted) => Self::Text,
            _ => Self::Argument(kind, place),
        }
    }
}

/// Splits a template into the pieces of a line. `arguments` are first those of the message, then
/// the fields. `formats` are those with a format spec, by number.
pub(crate) fn pieces(
    template: &str,
    formats: &[(usize, FormatArg)],
    keys: &'static [&'static str],
    arguments: &[Kind],
) -> Vec<Piece> {
    let (mut pieces, mut text, mut rest) = (Vec::new(), Vec::new(), template);
    let mut arguments = arguments.iter().copied().enumerate().peekable();
    while let Some(at) = rest.find(['{', '}']) {
        let is_argument = rest[at..].starts_with("{}");
        let (before, after) = rest.split_at(if is_argument { at } else { at + 1 });
        text.extend_from_slice(before.as_bytes());
        if let Some((number, kind)) = arguments.next_if(|_| is_argument) {
            let format = formats.iter().find(|(formatted, _)| *formatted == number);
            let place = format.map_or(Place::Message, |(_, format)| Place::Formatted(*format));
            push(&mut pieces, &mut text, Then::of(kind, place));
        }
        // The second brace of an escaped one, or both of an argument.
        rest = &after[if is_argument { 2 } else { 1 }.min(after.len())..];
    }
    text.extend_from_slice(rest.as_bytes());
    if !text.is_empty() {
        push(&mut pieces, &mut text, Then::Next);
    }
    for ((_, kind), key) in arguments.zip(keys) {
        push(&mut pieces, &mut text, Then::of(kind, Place::Field(key)));
    }
    pieces
}

/// Adds text and what stands after it: as many pieces as the text needs.
fn push(pieces: &mut Vec<Piece>, text: &mut Vec<u8>, then: Then) {
    loop {
        let part = text.len().min(TEXT);
        let mut piece = Piece {
            text: [0; TEXT],
            length: u8::try_from(part).unwrap_or_default(),
            then: Then::Next,
        };
        piece.text[..part].copy_from_slice(&text[..part]);
        text.drain(..part);
        if text.is_empty() {
            pieces.push(Piece { then, ..piece });
            return;
        }
        pieces.push(piece);
    }
}

/// Reads a record's arguments, and writes its message and fields.
#[inline]
pub(crate) fn render(pieces: &[Piece], from: &mut Decoder<'_>, out: &mut MessageWriter<'_>) {
    for piece in pieces {
        out.short_literal(&piece.text, piece.length);
        match piece.then {
            Then::Next => {}
            // Unsigned numbers are filled up with zeros, up to a word.
            Then::Unsigned => Number(u64::from_le_bytes(from.array())).plain(out),
            Then::Signed => Number(i64::from_le_bytes(from.array())).plain(out),
            Then::Text => Text(from.text()).plain(out),
            Then::Argument(kind, place) => kind.write(place, from, out),
        }
    }
}
