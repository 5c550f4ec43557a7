//! What the copies of a record have in common, whatever the options of their streams.

use std::borrow::Cow;

use chronologix_schema::{
    Level,
    layout::{Multiline, escape_text, quoted_length},
};

use super::{fields::split_fields, json, parse_text, with_fields};

#[cfg(test)]
mod tests;

/// The keys of the fields that an option adds behind those of the record.
const ADDED: [&str; 5] = ["module", "file", "line", "thread", "id"];

/// Returns a text line without the fields at its end that the options of its stream may have added.
pub(crate) fn without_added(line: &[u8]) -> &[u8] {
    let mut rest = line;
    while let Some(field) = added_field(rest) {
        rest = &rest[..field];
    }
    rest
}

/// Returns where the last field begins with the blank before it, if an option may have added it.
fn added_field(line: &[u8]) -> Option<usize> {
    let value_at = |at: usize| {
        let field = &line[at + 1..];
        let value_of = |key: &&str| field.strip_prefix(key.as_bytes())?.strip_prefix(b"=");
        ADDED.iter().find_map(value_of)
    };
    let mut blanks = memchr::memrchr_iter(b' ', line);
    if !line.ends_with(b"\"") {
        return blanks.next().filter(|at| value_at(*at).is_some());
    }
    blanks.find(|at| {
        let value = value_at(*at).filter(|value| value.starts_with(b"\""));
        let value = value.and_then(|value| str::from_utf8(value).ok());
        value.is_some_and(|value| quoted_length(value) == Some(value.len()))
    })
}

/// What a line of any shape says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Its level.
    pub level: Option<Level>,
    /// Message and fields as a text line has them.
    text: String,
    /// The length of the first line of the message.
    message: usize,
}

impl Copied {
    /// Takes a line of chronologix apart.
    pub(crate) fn of(line: &str) -> Self {
        let text = match json(line) {
            Some(line) => {
                let mut message = line.message.into_bytes();
                escape_text(&mut message, 0, Multiline::Escape, &mut Vec::new());
                let message = String::from_utf8_lossy(&message);
                let level = line
                    .level
                    .map_or(String::new(), |level| format!("[{level}] "));
                // A message can begin with what a text line has for a level.
                Cow::Owned(format!("[] {level}{}", with_fields(&message, &line.fields)))
            }
            None => Cow::Borrowed(line),
        };
        let parsed = parse_text(&text);
        let text = &parsed.message[..without_added(parsed.message.as_bytes()).len()];
        Self {
            level: parsed.level,
            text: text.to_owned(),
            message: first_line(text).len(),
        }
    }

    /// Returns message and fields as a text line has them.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the first line of the message.
    pub(crate) fn message(&self) -> &str {
        &self.text[..self.message]
    }
}

/// Returns the first line of a message, without fields.
fn first_line(message: &str) -> &str {
    let (message, _) = split_fields(message);
    match message.split_once("\\n") {
        Some((first, _)) => split_fields(first).0,
        None => message,
    }
}

/// Returns whether two messages can be those of one record. Before one of them may stand what a
/// template adds.
pub(crate) fn are_alike(one: &str, other: &str) -> bool {
    let is_end = |long: &str, short: &str| {
        let before = long.strip_suffix(short);
        before.is_some_and(|before| before.is_empty() || before.ends_with(' '))
    };
    is_end(one, other) || is_end(other, one)
}
