//! The template of a statement, and whether a message is made of it.

use chronologix_schema::layout::{Multiline, Statement, ValueKind, escape_text, quoted_length};
use memchr::memmem::Finder;

use super::{
    prefix_tree::INTEGER,
    words::{WORD, behind, integer, ones, word_at, word_of},
};

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
    /// How the pieces are found in a message, if kinds count.
    steps: Box<[FitStep]>,
}

/// A step through a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FitStep {
    /// It goes on with some bytes.
    Bytes { word: u64, mask: u64, length: usize },
    /// An integer follows, and then no digit.
    Integer,
    /// A float follows, and then nothing of one. If it is no number, the pieces from this one on
    /// are looked for.
    Float(usize),
    /// All that is left is an argument of any kind.
    Rest,
    /// What is left consists of the pieces from this one on.
    Pieces(usize),
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
struct Literal {
    text: Box<[u8]>,
    finder: Box<Finder<'static>>,
}

impl Literal {
    fn new(text: &[u8]) -> Self {
        Self {
            text: text.into(),
            finder: Box::new(Finder::new(text).into_owned()),
        }
    }

    fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns where the literal stands in a text.
    fn places<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        self.finder.find_iter(text)
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
            steps: steps(&pieces),
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

    /// Returns whether a message of which nothing is known fits, if kinds count. Same as
    /// [`fits`](Self::fits), but faster if it does.
    pub(super) fn fits_at_once(&self, text: &[u8]) -> bool {
        let mut at = 0;
        for step in &self.steps {
            match *step {
                FitStep::Bytes { word, mask, length } => {
                    if word_at(text, at) & mask != word {
                        return false;
                    }
                    at += length;
                }
                FitStep::Integer => match integer(text.get(at..).unwrap_or_default()) {
                    Some(length) => at += length,
                    None => return false,
                },
                FitStep::Float(piece) => match float(text.get(at..).unwrap_or_default()) {
                    Some(length) => at += length,
                    None => return self.goes_on(piece, text, at),
                },
                FitStep::Rest => return true,
                FitStep::Pieces(piece) => return self.goes_on(piece, text, at),
            }
        }
        false
    }

    /// Returns whether a text consists of the pieces from this one on behind a place, if kinds
    /// count.
    fn goes_on(&self, piece: usize, text: &[u8], at: usize) -> bool {
        let left = self.pieces.get(piece..).unwrap_or_default();
        let rest = text.get(at..).unwrap_or_default();
        let is_end = left.is_empty() && rest.is_empty();
        is_end || fits(left, rest, Kinds::Count, &mut { MOST_TRIES })
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
        let left = self.pieces.get(known..).unwrap_or_default();
        // Most others are told apart here.
        if text.len() < self.literal_bytes {
            return false;
        }
        if let [_, _, .., Piece::Literal(last)] = left
            && message.last_equals.is_none()
            && !text.ends_with(last.text())
        {
            return false;
        }
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
                    Some(Piece::Literal(literal)) => literal.places(text).for_each(ends_at),
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

/// Returns how pieces are found in a message, if kinds count.
fn steps(pieces: &[Piece]) -> Box<[FitStep]> {
    let mut steps = Vec::new();
    let mut left = pieces;
    loop {
        let piece = pieces.len() - left.len();
        left = match left {
            // Behind the end of a message, words have zeros.
            [Piece::Literal(literal), rest @ ..] if !literal.text().contains(&0) => {
                let parts = literal.text().chunks(WORD);
                steps.extend(parts.map(|part| FitStep::Bytes {
                    word: word_of(part),
                    mask: ones(part.len()),
                    length: part.len(),
                }));
                rest
            }
            [Piece::Argument(ValueKind::Integer), rest @ ..] if matches!(rest, [Piece::Literal(it), ..] if !it.text()[0].is_ascii_digit()) =>
            {
                steps.push(FitStep::Integer);
                rest
            }
            [Piece::Argument(ValueKind::Float), rest @ ..] if matches!(rest, [Piece::Literal(it), ..] if !is_of_float(it.text()[0])) =>
            {
                steps.push(FitStep::Float(piece));
                rest
            }
            [Piece::Argument(ValueKind::Any | ValueKind::Text)] => {
                steps.push(FitStep::Rest);
                break;
            }
            _ => {
                steps.push(FitStep::Pieces(piece));
                break;
            }
        };
    }
    steps.into()
}

/// Returns whether a text consists of pieces, perhaps with more fields behind them.
fn fits(mut pieces: &[Piece], mut text: &[u8], kinds: Kinds, tries: &mut usize) -> bool {
    while let [piece, rest @ ..] = pieces {
        let behind = match piece {
            Piece::Literal(literal) => behind(text, literal.text()),
            Piece::Value(kind) => {
                let (value, behind) = text.split_at(value_length(text));
                is_of(value, *kind, kinds).then_some(behind)
            }
            Piece::Argument(kind) => match ends(*kind, rest, text, kinds) {
                Ends::Rest => {
                    return is_of(text, *kind, kinds) || has_fields_behind(text, *kind, kinds);
                }
                Ends::At(end) => {
                    *tries = tries.saturating_sub(1);
                    text.get(end..).filter(|_| *tries > 0)
                }
                Ends::Nowhere => None,
                Ends::Several => return ends_somewhere(*kind, rest, text, kinds, tries),
            },
        };
        let Some(behind) = behind else {
            return false;
        };
        (pieces, text) = (rest, behind);
    }
    is_fields(text)
}

/// Where an argument at the start of a text can end.
enum Ends {
    /// At the end of the text, or where fields begin.
    Rest,
    /// Here, and it is of its kind.
    At(usize),
    Nowhere,
    /// At several places.
    Several,
}

/// Returns where an argument can end that these pieces follow.
fn ends(kind: ValueKind, rest: &[Piece], text: &[u8], kinds: Kinds) -> Ends {
    let literal = match rest.first() {
        None => return Ends::Rest,
        Some(Piece::Literal(literal)) if kinds == Kinds::Count => literal.text(),
        Some(_) => return Ends::Several,
    };
    match (kind, literal) {
        (ValueKind::Integer, [first, ..]) if !first.is_ascii_digit() => {
            integer(text).map_or(Ends::Nowhere, Ends::At)
        }
        (ValueKind::Float, [first, ..]) if !is_of_float(*first) => {
            // `inf` and `NaN` have letters.
            float(text).map_or(Ends::Several, Ends::At)
        }
        _ => Ends::Several,
    }
}

/// Returns whether a text consists of an argument and of pieces behind it, wherever it ends.
fn ends_somewhere(
    kind: ValueKind,
    rest: &[Piece],
    text: &[u8],
    kinds: Kinds,
    tries: &mut usize,
) -> bool {
    let mut goes_on = |end: usize| {
        *tries = tries.saturating_sub(1);
        *tries > 0 && is_of(&text[..end], kind, kinds) && fits(rest, &text[end..], kinds, tries)
    };
    let [Piece::Literal(literal), behind @ ..] = rest else {
        // Nothing says where the first of two arguments ends.
        return (0..=text.len()).any(goes_on);
    };
    let at_the_end = text.strip_suffix(literal.text());
    let is_last = behind.is_empty();
    is_last && at_the_end.is_some_and(|before| goes_on(before.len()))
        || literal.places(text).any(goes_on)
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
    match kind {
        ValueKind::Integer => integer(text) == Some(text.len()),
        ValueKind::Float => {
            let unsigned = text.strip_prefix(b"-").unwrap_or(text);
            matches!(unsigned, b"inf" | b"NaN")
                || unsigned.first().is_some_and(u8::is_ascii_digit)
                    && unsigned.iter().all(|byte| is_of_float(*byte))
        }
        ValueKind::Bool => matches!(text, b"true" | b"false"),
        _ => true,
    }
}

/// Returns the length of the number that a text begins with, with all that floats have.
fn float(text: &[u8]) -> Option<usize> {
    let length = integer(text)?;
    let rest = text[length..].iter();
    Some(length + rest.take_while(|byte| is_of_float(**byte)).count())
}

fn is_of_float(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
}
