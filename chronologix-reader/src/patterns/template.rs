//! The template of a statement, and whether a message is made of it.

use chronologix_schema::layout::{Multiline, Statement, ValueKind, escape_text, quoted_length};
use memchr::memmem::Finder;

use super::prefix_tree::{INTEGER, behind, integer};

#[cfg(test)]
mod tests;

/// How many places of literals are tried for one statement. A message can have one many times.
const MOST_TRIES: usize = 500;

/// A template as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<Piece>,
    /// The number of bytes of all literals.
    literal_bytes: usize,
}

/// What all messages of a statement begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MessageBeginning {
    /// The text, with [`INTEGER`] in place of integers.
    pub(super) text: Vec<u8>,
    /// How many pieces of the template it is.
    pub(super) pieces: usize,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Literal),
    Argument(ValueKind),
    /// The value of a field: a word or a quoted text.
    Value(ValueKind),
}

/// A literal, ready to be searched for.
#[derive(Clone, Debug)]
struct Literal(Box<Finder<'static>>);

impl Literal {
    fn new(text: &[u8]) -> Self {
        Self(Box::new(Finder::new(text).into_owned()))
    }

    fn text(&self) -> &[u8] {
        self.0.needle()
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Literal {}

/// Whether the kinds of arguments count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinds {
    Count,
    Ignored,
}

/// A message that is looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    pub(super) text: &'a [u8],
    /// Where the last `=` stands. Without one there are no fields.
    pub(super) last_equals: Option<usize>,
}

impl<'a> Message<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        Self {
            text,
            last_equals: memchr::memrchr(b'=', text),
        }
    }
}

impl Template {
    /// Returns the template of a statement as text lines have it.
    pub(super) fn of(statement: &Statement) -> Self {
        let pieces = pieces(statement);
        let literals = pieces.iter().map(|piece| match piece {
            Piece::Literal(literal) => literal.text().len(),
            _ => 0,
        });
        Self {
            literal_bytes: literals.sum(),
            pieces,
        }
    }

    /// Returns what all messages begin with. If kinds count, integers are part of it.
    pub(super) fn beginning(&self, kinds: Kinds) -> MessageBeginning {
        let mut text = Vec::new();
        let mut left = self.pieces.as_slice();
        while let [piece, rest @ ..] = left {
            match (piece, rest.first()) {
                (Piece::Literal(literal), _)
                    if memchr::memchr(INTEGER, literal.text()).is_none() =>
                {
                    text.extend_from_slice(literal.text());
                }
                (Piece::Argument(ValueKind::Integer), Some(Piece::Literal(literal)))
                    if kinds == Kinds::Count && !literal.text()[0].is_ascii_digit() =>
                {
                    text.push(INTEGER);
                }
                _ => break,
            }
            left = rest;
        }
        MessageBeginning {
            text,
            pieces: self.pieces.len() - left.len(),
        }
    }

    /// Returns the number of bytes of all literals.
    pub(super) fn literal_bytes(&self) -> usize {
        self.literal_bytes
    }

    /// Returns the template with masks in place of arguments.
    pub(super) fn text(&self) -> String {
        let mask = |kind: ValueKind| match kind {
            ValueKind::Integer | ValueKind::Float => "<number>",
            _ => "<*>",
        };
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(literal) => String::from_utf8_lossy(literal.text()).into_owned(),
            Piece::Argument(kind) | Piece::Value(kind) => mask(*kind).to_owned(),
        });
        pieces.collect()
    }

    /// Returns whether a message consists of the pieces, perhaps with more fields behind them.
    pub(super) fn fits(&self, message: Message<'_>, kinds: Kinds) -> bool {
        self.fits_behind(0, message.text, message, kinds)
    }

    /// Returns whether a message that begins with the first `known` pieces consists of all of them.
    /// `rest` is what stands behind those.
    pub(super) fn fits_behind(
        &self,
        known: usize,
        rest: &[u8],
        message: Message<'_>,
        kinds: Kinds,
    ) -> bool {
        let text = message.text;
        // Most others are told apart here.
        if text.len() < self.literal_bytes {
            return false;
        }
        if let Some(Piece::Literal(last)) = self.pieces.last()
            && message.last_equals.is_none()
            && (text.last() != last.text().last() || !text.ends_with(last.text()))
        {
            return false;
        }
        let left = self.pieces.get(known..).unwrap_or_default();
        fits(left, rest, kinds, &mut { MOST_TRIES })
    }

    /// Returns how many bytes of a message that fits are known: those of the literals, and of the
    /// arguments as many as `known_bytes` says.
    pub(super) fn known_bytes(
        &self,
        message: Message<'_>,
        kinds: Kinds,
        tries: &mut usize,
        known_bytes: &ArgumentBytes<'_>,
    ) -> usize {
        let reading = Reading { kinds, known_bytes };
        let of_arguments = reading.most(&self.pieces, message.text, tries);
        self.literal_bytes + of_arguments.unwrap_or_default()
    }
}

/// How much of an argument is known. Takes one of the tries that are left.
pub(super) type ArgumentBytes<'a> = dyn Fn(&[u8], &mut usize) -> usize + 'a;

/// One template as it is found in a message.
struct Reading<'a> {
    kinds: Kinds,
    known_bytes: &'a ArgumentBytes<'a>,
}

impl Reading<'_> {
    /// Returns how many bytes of the arguments are known at most, of all ways in which a text can
    /// consist of the pieces.
    fn most(&self, pieces: &[Piece], text: &[u8], tries: &mut usize) -> Option<usize> {
        match pieces {
            [] => is_fields(text).then_some(0),
            [Piece::Literal(literal), rest @ ..] => {
                self.most(rest, text.strip_prefix(literal.text())?, tries)
            }
            [Piece::Value(kind), rest @ ..] => {
                let (value, behind) = text.split_at(value_length(text));
                let is_right = is_of(value, *kind, self.kinds);
                is_right.then(|| self.most(rest, behind, tries)).flatten()
            }
            [Piece::Argument(kind), rest @ ..] => {
                let mut most: Option<usize> = None;
                let mut ends_at = |end: usize| {
                    let (argument, behind) = text.split_at(end);
                    *tries = tries.saturating_sub(1);
                    if *tries > 0
                        && is_of(argument, *kind, self.kinds)
                        && let Some(others) = self.most(rest, behind, tries)
                    {
                        most = most.max(Some(others + self.known(argument, *kind, tries)));
                    }
                };
                match rest.first() {
                    None => {
                        ends_at(text.len());
                        if memchr::memchr(b'=', text).is_some() {
                            memchr::memchr_iter(b' ', text).for_each(ends_at);
                        }
                    }
                    Some(Piece::Literal(literal)) => literal.0.find_iter(text).for_each(ends_at),
                    Some(_) => (0..=text.len()).for_each(ends_at),
                }
                most
            }
        }
    }

    fn known(&self, argument: &[u8], kind: ValueKind, tries: &mut usize) -> usize {
        match kind {
            ValueKind::Integer | ValueKind::Float | ValueKind::Bool => 0,
            _ => (self.known_bytes)(argument, tries),
        }
    }
}

fn pieces(statement: &Statement) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = Vec::new();
    let end = |literal: &mut Vec<u8>, pieces: &mut Vec<Piece>| {
        if !literal.is_empty() {
            escape_text(literal, 0, Multiline::Escape, &mut Vec::new());
            pieces.push(Piece::Literal(Literal::new(literal)));
            literal.clear();
        }
    };
    let mut kinds = statement.arguments.iter().copied();
    let mut rest = statement.template.as_bytes();
    while let [byte, behind @ ..] = rest {
        match (byte, behind) {
            (b'{', [b'{', more @ ..]) | (b'}', [b'}', more @ ..]) => {
                literal.push(*byte);
                rest = more;
            }
            (b'{', behind) => {
                end(&mut literal, &mut pieces);
                pieces.push(Piece::Argument(kinds.next().unwrap_or_default()));
                let close = memchr::memchr(b'}', behind);
                rest = close.map_or(&[], |close| &behind[close + 1..]);
            }
            _ => {
                literal.push(*byte);
                rest = behind;
            }
        }
    }
    for field in &statement.fields {
        literal.extend_from_slice(format!(" {}=", field.key).as_bytes());
        end(&mut literal, &mut pieces);
        pieces.push(Piece::Value(field.kind));
    }
    end(&mut literal, &mut pieces);
    pieces
}

/// Returns whether a text consists of pieces, perhaps with more fields behind them.
fn fits(pieces: &[Piece], text: &[u8], kinds: Kinds, tries: &mut usize) -> bool {
    match pieces {
        [] => is_fields(text),
        [Piece::Literal(literal), rest @ ..] => {
            behind(text, literal.text()).is_some_and(|text| fits(rest, text, kinds, tries))
        }
        [Piece::Value(kind), rest @ ..] => {
            let (value, behind) = text.split_at(value_length(text));
            is_of(value, *kind, kinds) && fits(rest, behind, kinds, tries)
        }
        [Piece::Argument(kind)] => {
            is_of(text, *kind, kinds) || has_fields_behind(text, *kind, kinds)
        }
        [Piece::Argument(kind), rest @ ..] => {
            let mut goes_on = |end: usize| {
                *tries = tries.saturating_sub(1);
                *tries > 0
                    && is_of(&text[..end], *kind, kinds)
                    && fits(rest, &text[end..], kinds, tries)
            };
            let [Piece::Literal(literal), behind @ ..] = rest else {
                // Nothing says where the first of two arguments ends.
                return (0..=text.len()).any(goes_on);
            };
            if kinds == Kinds::Count
                && let Some(end) = only_end(text, *kind, literal.text())
            {
                return goes_on(end);
            }
            let at_the_end = text.strip_suffix(literal.text());
            let is_last = behind.is_empty();
            is_last && at_the_end.is_some_and(|before| goes_on(before.len()))
                || literal.0.find_iter(text).any(goes_on)
        }
    }
}

/// Returns where a value of a kind at the start of a text ends, if a literal behind it can stand
/// at one place only.
fn only_end(text: &[u8], kind: ValueKind, literal: &[u8]) -> Option<usize> {
    let first = literal.first()?;
    match kind {
        ValueKind::Integer if !first.is_ascii_digit() => integer(text),
        ValueKind::Float if !is_of_float(*first) => {
            // `inf` and `NaN` have letters.
            let length = integer(text)?;
            let rest = text[length..].iter();
            Some(length + rest.take_while(|byte| is_of_float(**byte)).count())
        }
        _ => None,
    }
}

/// Returns whether a value of a kind stands at the start of a text, with fields behind it.
fn has_fields_behind(text: &[u8], kind: ValueKind, kinds: Kinds) -> bool {
    if memchr::memchr(b'=', text).is_none() {
        return false;
    }
    let mut blanks = memchr::memchr_iter(b' ', text).take(MOST_TRIES);
    blanks.any(|end| is_of(&text[..end], kind, kinds) && is_fields(&text[end..]))
}

/// Returns whether a text is nothing, or fields: ` key=value`. A context or an id stands there.
fn is_fields(mut text: &[u8]) -> bool {
    while let [b' ', rest @ ..] = text {
        let is_of_key = |byte: &&u8| !b" =\"".contains(byte);
        let key = rest.iter().take_while(is_of_key).count();
        let Some(value) = rest[key..].strip_prefix(b"=").filter(|_| key > 0) else {
            return false;
        };
        text = &value[value_length(value)..];
    }
    text.is_empty()
}

/// Returns the length of the value of a field at the start of a text.
fn value_length(text: &[u8]) -> usize {
    if text.first() == Some(&b'"')
        && let Ok(text) = str::from_utf8(text)
        && let Some(length) = quoted_length(text)
    {
        return length;
    }
    memchr::memchr(b' ', text).unwrap_or(text.len())
}

/// Returns whether a text can be an argument of a kind.
fn is_of(text: &[u8], kind: ValueKind, kinds: Kinds) -> bool {
    if kinds == Kinds::Ignored {
        return true;
    }
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    match kind {
        ValueKind::Integer => !unsigned.is_empty() && unsigned.iter().all(u8::is_ascii_digit),
        ValueKind::Float => {
            matches!(unsigned, b"inf" | b"NaN")
                || unsigned.first().is_some_and(u8::is_ascii_digit)
                    && unsigned.iter().all(|byte| is_of_float(*byte))
        }
        ValueKind::Bool => matches!(text, b"true" | b"false"),
        _ => true,
    }
}

fn is_of_float(byte: u8) -> bool {
    byte.is_ascii_digit() || b".eE+-".contains(&byte)
}
