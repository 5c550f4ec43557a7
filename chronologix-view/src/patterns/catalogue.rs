//! The statements of a tree, and which of them a message is of.
//!
//! A message is of the statement whose literals it has in their order, from its beginning to its
//! end. If several fit, the one with the most literal bytes counts. The first literals stand in a
//! trie, so that few statements are compared.

use std::collections::HashMap;

use chronologix_schema::layout::{Multiline, Statement, ValueKind, escape_text, quoted_length};

#[cfg(test)]
mod tests;

/// How many places of literals are tried for one statement. A message can have one many times.
const MOST_TRIES: usize = 500;

/// The statements of a tree.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalogue {
    known: Vec<Known>,
    /// The last statement with each id.
    by_id: HashMap<Box<str>, usize>,
    /// The statements of each stream.
    streams: HashMap<Box<str>, Trie>,
    /// All of them: lines of mirrors are those of other streams.
    all: Trie,
}

/// A statement as it is looked for.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    id: Box<str>,
    /// How it is shown.
    text: Box<str>,
    /// Its file and line.
    place: Box<str>,
    pieces: Vec<Piece>,
    /// The number of bytes of all literals.
    literal_bytes: usize,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Box<[u8]>),
    Argument(ValueKind),
    /// The value of a field: a word or a quoted text.
    Value(ValueKind),
}

/// Whether the kinds of arguments count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kinds {
    Count,
    Ignored,
}

impl Catalogue {
    /// Reads a catalogue. Lines that cannot be read are left out.
    pub(crate) fn parse(text: &str) -> Self {
        let mut catalogue = Self::default();
        for line in text.lines() {
            if let Ok(statement) = Statement::from_json(line) {
                catalogue.add(&statement);
            }
        }
        catalogue
    }

    fn add(&mut self, statement: &Statement) {
        let pieces = pieces(statement);
        let index = self.known.len();
        // One id has few forms, and most have one.
        let has_id = self.by_id.contains_key(statement.id.as_str());
        let is_same = |it: &Known| *it.id == *statement.id && it.pieces == pieces;
        if has_id && self.known.iter().any(is_same) {
            return;
        }
        let first: &[u8] = match pieces.first() {
            Some(Piece::Literal(literal)) => literal,
            _ => &[],
        };
        self.all.add(first, index);
        let stream = self.streams.entry(statement.stream.as_str().into());
        stream.or_default().add(first, index);
        self.by_id.insert(statement.id.as_str().into(), index);
        let literals = pieces.iter().map(|piece| match piece {
            Piece::Literal(literal) => literal.len(),
            _ => 0,
        });
        self.known.push(Known {
            id: statement.id.as_str().into(),
            text: text(statement).into(),
            place: format!("{}:{}", statement.file, statement.line).into(),
            literal_bytes: literals.sum(),
            pieces,
        });
    }

    /// Returns whether there are no statements.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the id if there is a statement that has it.
    pub(crate) fn known_id(&self, id: &str) -> Option<&str> {
        Some(&*self.known[*self.by_id.get(id)?].id)
    }

    /// Returns the text of the statement with an id, with its arguments left out.
    pub(crate) fn text(&self, id: &str) -> Option<&str> {
        Some(&*self.known[*self.by_id.get(id)?].text)
    }

    /// Returns the file and the line of the statement with an id: `src/orders.rs:41`.
    pub(crate) fn place(&self, id: &str) -> Option<&str> {
        Some(&*self.known[*self.by_id.get(id)?].place)
    }

    /// Returns the ids of the statements that are shown as this text.
    pub(crate) fn ids_of_text<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let known = self.known.iter().filter(move |known| *known.text == *text);
        known.map(|known| &*known.id)
    }

    /// Returns the id of the statement that a message of a stream is of, with its fields.
    pub(crate) fn id_of(&self, stream: &str, message: &str) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        // A stream can write the id as the last field.
        let last = message.rsplit_once(" id=");
        if let Some(id) = last.and_then(|(_, id)| self.known_id(id)) {
            return Some(id);
        }
        let message = message.as_bytes();
        let of_stream = self.streams.get(stream);
        let tries = of_stream.into_iter().chain([&self.all]);
        let mut without_literals = None;
        for kinds in [Kinds::Count, Kinds::Ignored] {
            for trie in tries.clone() {
                let found = self.longest(trie, message, kinds);
                if let Some(found) = found.filter(|found| self.known[*found].literal_bytes > 0) {
                    return Some(&self.known[found].id);
                }
                without_literals = without_literals.or(found);
            }
        }
        // It fits every message, so any other is better.
        Some(&self.known[without_literals?].id)
    }

    /// Returns the statement with the most literal bytes that a message is of.
    fn longest(&self, trie: &Trie, message: &[u8], kinds: Kinds) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        trie.each_prefix(message, |index| {
            let known = &self.known[index];
            let is_longer = best.is_none_or(|(_, bytes)| known.literal_bytes > bytes);
            let mut tries = MOST_TRIES;
            if is_longer && fits(&known.pieces, message, kinds, &mut tries) {
                best = Some((index, known.literal_bytes));
            }
        });
        Some(best?.0)
    }
}

/// Statements by the bytes of their first literals.
#[derive(Debug, Default, PartialEq, Eq)]
struct Trie {
    nodes: Vec<TrieNode>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct TrieNode {
    next: Vec<(u8, usize)>,
    /// The statements whose first literal ends here.
    statements: Vec<usize>,
}

impl Trie {
    fn add(&mut self, literal: &[u8], statement: usize) {
        if self.nodes.is_empty() {
            self.nodes.push(TrieNode::default());
        }
        let mut node = 0;
        for byte in literal {
            let known = self.nodes[node].next.iter().find(|(own, _)| own == byte);
            let known = known.map(|(_, next)| *next);
            let next = known.unwrap_or(self.nodes.len());
            if known.is_none() {
                self.nodes.push(TrieNode::default());
                self.nodes[node].next.push((*byte, next));
            }
            node = next;
        }
        self.nodes[node].statements.push(statement);
    }

    /// Passes on the statements whose first literal a message begins with.
    fn each_prefix(&self, message: &[u8], mut found: impl FnMut(usize)) {
        let mut node = self.nodes.first();
        let mut bytes = message.iter();
        while let Some(TrieNode { next, statements }) = node {
            for statement in statements {
                found(*statement);
            }
            let Some(byte) = bytes.next() else { return };
            let step = next.iter().find(|(own, _)| own == byte);
            node = step.and_then(|(_, next)| self.nodes.get(*next));
        }
    }
}

/// Returns the pieces of a statement as a text line has them.
fn pieces(statement: &Statement) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = Vec::new();
    let end = |literal: &mut Vec<u8>, pieces: &mut Vec<Piece>| {
        if !literal.is_empty() {
            escape_text(literal, 0, Multiline::Escape, &mut Vec::new());
            pieces.push(Piece::Literal(std::mem::take(literal).into()));
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

/// Returns a statement as it is shown.
fn text(statement: &Statement) -> String {
    let mask = |kind: ValueKind| match kind {
        ValueKind::Integer | ValueKind::Float => "<number>",
        _ => "<*>",
    };
    let pieces = pieces(statement).into_iter().map(|piece| match piece {
        Piece::Literal(literal) => String::from_utf8_lossy(&literal).into_owned(),
        Piece::Argument(kind) | Piece::Value(kind) => mask(kind).to_owned(),
    });
    pieces.collect()
}

/// Returns whether a text consists of pieces, perhaps with more fields behind them.
fn fits(pieces: &[Piece], text: &[u8], kinds: Kinds, tries: &mut usize) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return is_fields(text);
    };
    match piece {
        Piece::Literal(literal) => text
            .strip_prefix(&**literal)
            .is_some_and(|text| fits(rest, text, kinds, tries)),
        Piece::Value(kind) => {
            let (value, behind) = text.split_at(value_length(text));
            is_of(value, *kind, kinds) && fits(rest, behind, kinds, tries)
        }
        Piece::Argument(kind) => match rest.first() {
            None => is_of(text, *kind, kinds) || has_fields_behind(text, *kind, kinds),
            Some(Piece::Literal(literal)) => {
                let mut ends = memchr::memmem::find_iter(text, literal);
                ends.any(|end| {
                    *tries = tries.saturating_sub(1);
                    *tries > 0
                        && is_of(&text[..end], *kind, kinds)
                        && fits(rest, &text[end..], kinds, tries)
                })
            }
            // Nothing says where the first of two arguments ends.
            Some(_) => (0..=text.len()).any(|end| {
                *tries = tries.saturating_sub(1);
                *tries > 0
                    && is_of(&text[..end], *kind, kinds)
                    && fits(rest, &text[end..], kinds, tries)
            }),
        },
    }
}

/// Returns whether a value of a kind stands at the start of a text, with fields behind it.
fn has_fields_behind(text: &[u8], kind: ValueKind, kinds: Kinds) -> bool {
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
            let is_of_float = |byte: &u8| byte.is_ascii_digit() || b".eE+-".contains(byte);
            matches!(unsigned, b"inf" | b"NaN")
                || unsigned.first().is_some_and(u8::is_ascii_digit)
                    && unsigned.iter().all(is_of_float)
        }
        ValueKind::Bool => matches!(text, b"true" | b"false"),
        _ => true,
    }
}
