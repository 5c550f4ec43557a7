//! Replaces characters that could harm a terminal by visible marks.
//!
//! Chronologix writes no control characters into files, but a tree may come from elsewhere.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use unicode_width::UnicodeWidthChar as _;

#[cfg(test)]
mod tests;

/// The most characters without width in a row. More could hide the line.
const MOST_COMBINING: usize = 8;

/// Returns the text with control, bidi and zero-width characters as marks: `␛`, `‹202E›`. Tabs
/// stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len());
    for_each(text, |letter| {
        visible.push(letter);
        true
    });
    Cow::Owned(visible)
}

/// Like [`visible`], for text of several lines: line ends stay.
pub(crate) fn visible_lines(text: &str) -> String {
    let lines = text.split('\n').map(visible);
    lines.collect::<Vec<_>>().join("\n")
}

/// Writes a value as JSON on one line. All characters that [`visible`] replaces are escaped, so
/// that names and messages are harmless on a terminal and unchanged for a program.
///
/// # Errors
///
/// Fails if the output cannot be written.
pub(crate) fn write_json(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, EscapeHidden))?;
    Ok(())
}

/// Formats JSON without control, bidi and zero-width characters.
#[derive(Debug)]
struct EscapeHidden;

impl Formatter for EscapeHidden {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let is_hidden = |letter: char| letter == '\u{7f}' || is_hidden(letter);
        let mut rest = fragment;
        while let Some((before, hidden, after)) = split_at_letter(rest, is_hidden) {
            out.write_all(before.as_bytes())?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }
}

/// Splits a text at the first character of a kind.
fn split_at_letter(text: &str, is_kind: impl Fn(char) -> bool) -> Option<(&str, char, &str)> {
    // Most texts are plain ASCII, which is quick to see.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let (start, letter) = text.char_indices().find(|(_, letter)| is_kind(*letter))?;
    Some((&text[..start], letter, &text[start + letter.len_utf8()..]))
}

/// Columns from one tab stop to the next.
pub(crate) const TAB: usize = 8;

/// Returns the width of a character that begins in this column.
pub(crate) fn columns_of(letter: char, column: usize) -> usize {
    match letter {
        '\t' => TAB - column % TAB,
        _ => letter.width().unwrap_or(0),
    }
}

/// Returns the columns in which rows begin if the text is wrapped at this width. Wide characters
/// are not split, and combining characters stay with their base.
pub(crate) fn rows(text: &str, width: usize) -> Vec<usize> {
    let mut starts = vec![0];
    let (mut start, mut column) = (0, 0);
    if width > 0 {
        for_each(text, |letter| {
            let columns = columns_of(letter, column);
            if columns > 0 && column > start && column + columns - start > width {
                start = column;
                starts.push(start);
            }
            column += columns;
            true
        });
    }
    starts
}

/// Splits the sanitized text into pieces of at most this width.
pub(crate) fn broken(text: &str, width: usize) -> Vec<String> {
    let mut chunks = vec![String::new()];
    let mut column = 0;
    for_each(text, |letter| {
        let columns = columns_of(letter, column);
        if column + columns > width && column > 0 {
            chunks.push(String::new());
            column = 0;
        }
        column += columns;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(letter);
        }
        true
    });
    chunks
}

/// Passes the characters of [`visible`] to `take` until it returns false.
pub(crate) fn for_each(text: &str, mut take: impl FnMut(char) -> bool) {
    let mut combining = 0;
    for letter in text.chars() {
        let is_combining = !letter.is_ascii() && letter.width() == Some(0);
        combining = if is_combining { combining + 1 } else { 0 };
        let has_more = match picture(letter) {
            Some(picture) => take(picture),
            None if is_hidden(letter) || combining > MOST_COMBINING => {
                format!("‹{:02X}›", u32::from(letter))
                    .chars()
                    .all(&mut take)
            }
            None => take(letter),
        };
        if !has_more {
            return;
        }
    }
}

/// Returns the control picture of a control character.
fn picture(letter: char) -> Option<char> {
    match letter {
        '\t' => None,
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)),
        '\u{7f}' => Some('\u{2421}'),
        _ => None,
    }
}

/// Returns whether a character hides, reorders or breaks the text around it.
fn is_hidden(letter: char) -> bool {
    matches!(
        letter,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
