//! Keeps control characters out of lines, so that nothing logged can forge a line or reach a
//! terminal. The clean path is one scan and no copy.

use self::scan::{
    BACKSLASH, NEWLINE, QUOTE, QUOTED, RETURN, Special, TAB, TEXT, is_bare, is_surely_bare,
    next_special, special_at,
};
use crate::word::words;

mod scan;

words! {
    /// What becomes of a newline inside a message.
    chronologix_schema::layout: Multiline, "multiline":
    /// It is written as `\n`: one record is one physical line.
    Escape = "escape",
    /// It is written as a newline and a tab, so that a continuation never looks like a record.
    Indent = "indent",
}

/// Rewrites `out[from..]`, which holds UTF-8, so that no control character but tabs remains.
///
/// Besides C0, DEL and C1 these are the line and paragraph separators, bidi and zero-width
/// controls, interlinear annotations and tag characters. A backslash is left alone, so a text
/// that held the escape to begin with looks the same. `scratch` is memory to work in.
///
/// ```
/// use chronologix_schema::layout::{Multiline, escape_text};
///
/// let mut line = b"[15:00:00] ".to_vec();
/// let message = line.len();
/// line.extend_from_slice("red\x1b[31m\nand\u{202e} back".as_bytes());
/// escape_text(&mut line, message, Multiline::Escape, &mut Vec::new());
/// assert_eq!(line, br"[15:00:00] red\x1b[31m\nand\u{202e} back");
/// ```
#[inline]
pub fn escape_text(out: &mut Vec<u8>, from: usize, multiline: Multiline, scratch: &mut Vec<u8>) {
    if let Some(first) = next_special::<TEXT>(out, from) {
        move_tail(out, first.at, scratch);
        push_text(out, scratch, multiline);
    }
}

/// Rewrites `out[from..]`, which holds UTF-8, so that it can stand in a JSON string.
#[inline]
pub fn escape_json_with(out: &mut Vec<u8>, from: usize, scratch: &mut Vec<u8>) {
    if let Some(first) = next_special::<QUOTED>(out, from) {
        move_tail(out, first.at, scratch);
        push_json(out, scratch);
    }
}

/// Makes `out[from..]`, which holds UTF-8, what [`push_field_value`] would have made of it.
#[inline]
pub fn escape_field_with(out: &mut Vec<u8>, from: usize, scratch: &mut Vec<u8>) {
    if !out.get(from..).is_some_and(is_surely_bare) {
        move_tail(out, from, scratch);
        push_odd_field_value(out, scratch);
    }
}

#[cold]
fn move_tail(out: &mut Vec<u8>, from: usize, to: &mut Vec<u8>) {
    to.clear();
    to.extend_from_slice(out.get(from..).unwrap_or_default());
    out.truncate(from);
}

#[cold]
fn push_text(out: &mut Vec<u8>, text: &[u8], multiline: Multiline) {
    push_with(out, text, next_special::<TEXT>, |out, code| match code {
        NEWLINE if multiline == Multiline::Indent => out.extend_from_slice(b"\n\t"),
        code => push_text_escape(out, code),
    });
}

/// Appends the value of a field to a text line: as it is, or in quotes where it could not be told
/// from what follows.
///
/// ```
/// use chronologix_schema::layout::push_field_value;
///
/// let mut line = Vec::new();
/// push_field_value(&mut line, r"C:\logs");
/// line.push(b' ');
/// push_field_value(&mut line, "say \"hi\"\n");
/// assert_eq!(line, br#"C:\logs "say \"hi\"\n""#);
/// ```
pub fn push_field_value(out: &mut Vec<u8>, value: &str) {
    let bytes = value.as_bytes();
    if is_surely_bare(bytes) {
        out.extend_from_slice(bytes);
    } else {
        push_odd_field_value(out, bytes);
    }
}

/// Appends a value that holds more than the characters that never need quotes.
#[cold]
fn push_odd_field_value(out: &mut Vec<u8>, value: &[u8]) {
    if !value.is_empty() && is_bare(value) && next_special::<TEXT>(value, 0).is_none() {
        out.extend_from_slice(value);
        return;
    }
    out.push(b'"');
    push_with(out, value, next_special::<QUOTED>, |out, code| match code {
        TAB => out.push(b'\t'),
        QUOTE => out.extend_from_slice(b"\\\""),
        BACKSLASH => out.extend_from_slice(b"\\\\"),
        code => push_text_escape(out, code),
    });
    out.push(b'"');
}

/// Returns the length of the quoted value that a text begins with, with its quotes.
///
/// ```
/// use chronologix_schema::layout::quoted_length;
///
/// assert_eq!(quoted_length(r#""a \"b\"" c=1"#), Some(9));
/// assert_eq!(quoted_length(r#""a \""#), None);
/// ```
#[must_use]
pub fn quoted_length(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, letter)| {
        let is_end = *letter == '"' && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped;
        is_end
    });
    end.map(|(at, quote)| at + quote.len_utf8())
}

/// Appends a JSON string with its quotes. What [`escape_text`] rewrites is written as `\u`.
///
/// ```
/// use chronologix_schema::layout::push_json_string;
///
/// let mut line = Vec::new();
/// push_json_string(&mut line, "\"a\"\n\u{202e}\u{e0001}");
/// assert_eq!(line, br#""\"a\"\n\u202e\udb40\udc01""#);
/// ```
pub fn push_json_string(out: &mut Vec<u8>, value: &str) {
    push_json_utf8(out, value.as_bytes());
}

/// [`push_json_string`] for text that is known to be UTF-8.
pub fn push_json_utf8(out: &mut Vec<u8>, value: &[u8]) {
    out.push(b'"');
    push_json(out, value);
    out.push(b'"');
}

fn push_json(out: &mut Vec<u8>, text: &[u8]) {
    push_with(out, text, next_special::<QUOTED>, |out, code| match code {
        QUOTE => out.extend_from_slice(b"\\\""),
        BACKSLASH => out.extend_from_slice(b"\\\\"),
        NEWLINE => out.extend_from_slice(b"\\n"),
        RETURN => out.extend_from_slice(b"\\r"),
        TAB => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        code => {
            let mut units = [0; 2];
            let special = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            for unit in special.encode_utf16(&mut units) {
                out.extend_from_slice(b"\\u");
                push_hex(out, u32::from(*unit), 4);
            }
        }
    });
}

/// Whether [`escape_text`] rewrites the character.
pub(super) fn is_forbidden(character: char) -> bool {
    let mut bytes = [0; 4];
    special_at::<TEXT>(character.encode_utf8(&mut bytes).as_bytes()).is_some()
}

/// Appends `text`, its special characters by way of `push`.
fn push_with(
    out: &mut Vec<u8>,
    text: &[u8],
    next: impl Fn(&[u8], usize) -> Option<Special>,
    push: impl Fn(&mut Vec<u8>, u32),
) {
    let mut done = 0;
    while let Some(special) = next(text, done) {
        out.extend_from_slice(text.get(done..special.at).unwrap_or_default());
        push(out, special.code);
        done = special.at + special.length;
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
}

fn push_text_escape(out: &mut Vec<u8>, code: u32) {
    match code {
        NEWLINE => out.extend_from_slice(b"\\n"),
        RETURN => out.extend_from_slice(b"\\r"),
        0..=0x7f => {
            out.extend_from_slice(b"\\x");
            push_hex(out, code, 2);
        }
        _ => {
            out.extend_from_slice(b"\\u{");
            push_hex(out, code, 1);
            out.push(b'}');
        }
    }
}

/// Appends a number in lower-case hex, with at least so many digits.
fn push_hex(out: &mut Vec<u8>, number: u32, at_least: u32) {
    let needed = (u32::BITS - number.leading_zeros()).div_ceil(4);
    for place in (0..needed.max(at_least)).rev() {
        let digit = char::from_digit(number >> (4 * place) & 0xf, 16).unwrap_or('0');
        out.extend_from_slice(digit.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests;
