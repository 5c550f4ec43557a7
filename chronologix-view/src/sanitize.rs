//! Replaces characters that could harm a terminal by visible marks.
//!
//! Chronologix writes no control characters into files, but a tree may come from elsewhere.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use ratatui::buffer::CellWidth as _;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use unicode_segmentation::UnicodeSegmentation as _;

#[cfg(test)]
mod tests;

/// The most characters without width in a cluster. More could hide the line.
const MOST_COMBINING: usize = 8;

/// The bytes that most values take as JSON.
const USUAL_JSON: usize = 512;

/// Joins emoji and letters to one cluster.
const JOINER: char = '\u{200d}';

/// Returns the text with control, bidi and zero-width characters as marks: `␛`, `‹202E›`. Tabs
/// stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if is_harmless(text, |byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len());
    for_each(text, |cluster| {
        visible.push_str(cluster);
        true
    });
    Cow::Owned(visible)
}

/// Like [`visible`], for text in an unknown encoding: bytes that are not UTF-8 stay, unless a
/// terminal could take them for control characters.
pub(crate) fn visible_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        shown.extend_from_slice(visible(chunk.valid()).as_bytes());
        for byte in chunk.invalid() {
            match byte {
                0x80..0xa0 => shown.extend_from_slice(format!("‹{byte:02X}›").as_bytes()),
                _ => shown.push(*byte),
            }
        }
    }
    shown
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
pub(crate) fn write_json(mut out: impl Write, value: &impl Serialize) -> io::Result<()> {
    // A value is written in many small pieces.
    let mut json = Vec::with_capacity(USUAL_JSON);
    value.serialize(&mut Serializer::with_formatter(&mut json, EscapeHidden))?;
    out.write_all(&json)
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

/// Returns whether all bytes of a text are of a kind. Most texts are plain ASCII, which is quick to
/// see: a chunk is tested without a branch for each byte.
fn is_harmless(text: &str, is_of_kind: impl Fn(u8) -> bool) -> bool {
    let is_whole = |chunk: &[u8]| chunk.iter().fold(true, |all, byte| all & is_of_kind(*byte));
    text.as_bytes().chunks(32).all(is_whole)
}

/// Splits a text at the first character of a kind.
fn split_at_letter(text: &str, is_kind: impl Fn(char) -> bool) -> Option<(&str, char, &str)> {
    if is_harmless(text, |byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let (start, letter) = text.char_indices().find(|(_, letter)| is_kind(*letter))?;
    Some((&text[..start], letter, &text[start + letter.len_utf8()..]))
}

/// Columns from one tab stop to the next.
pub(crate) const TAB: usize = 8;

/// Returns the width of a cluster that begins in this column.
pub(crate) fn columns_of(cluster: &str, column: usize) -> usize {
    match cluster {
        "\t" => TAB - column % TAB,
        _ => usize::from(cluster.cell_width()),
    }
}

/// Returns the width of the sanitized text.
pub(crate) fn width(text: &str) -> usize {
    let mut column = 0;
    for_each(text, |cluster| {
        column += columns_of(cluster, column);
        true
    });
    column
}

/// Returns the columns in which rows begin if the text is wrapped at this width. Clusters are not
/// split: wide characters, letters with their marks, joined emoji.
pub(crate) fn rows(text: &str, width: usize) -> Vec<usize> {
    let mut starts = vec![0];
    let (mut start, mut column) = (0, 0);
    if width > 0 {
        for_each(text, |cluster| {
            let columns = columns_of(cluster, column);
            if column > start && column + columns - start > width {
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
    for_each(text, |cluster| {
        let columns = columns_of(cluster, column);
        if column + columns > width && column > 0 {
            chunks.push(String::new());
            column = 0;
        }
        column += columns;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push_str(cluster);
        }
        true
    });
    chunks
}

/// Passes the clusters of [`visible`] to `take` until it returns false. Each takes up at least one
/// column, so that every character is on the screen.
pub(crate) fn for_each(text: &str, mut take: impl FnMut(&str) -> bool) {
    if text.is_ascii() {
        // Each character is a cluster. Most lines are so.
        let mut letters = text.chars();
        letters.all(|letter| in_sight(letter, &mut take));
        return;
    }
    let mut clusters = text.graphemes(true);
    clusters.all(|cluster| {
        let mut letters = cluster.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => in_sight(letter, &mut take),
            _ => cluster_in_sight(cluster, &mut take),
        }
    });
}

/// Passes a single character, or its mark.
fn in_sight(letter: char, take: &mut impl FnMut(&str) -> bool) -> bool {
    let mut bytes = [0; 4];
    if let Some(picture) = picture(letter) {
        return take(picture.encode_utf8(&mut bytes));
    }
    let text = &*letter.encode_utf8(&mut bytes);
    let has_width = letter == '\t' || text.cell_width() > 0;
    if has_width && !is_hidden(letter) {
        return take(text);
    }
    let mark = format!("‹{:02X}›", u32::from(letter));
    mark.chars()
        .all(|letter| take(letter.encode_utf8(&mut [0; 4])))
}

/// Passes a cluster of several characters. Those that hide something are passed as marks.
fn cluster_in_sight(cluster: &str, take: &mut impl FnMut(&str) -> bool) -> bool {
    let (mut start, mut without_width) = (0, 0);
    for (index, letter) in cluster.char_indices() {
        let end = index + letter.len_utf8();
        let has_width = |letter: char| width_of(letter) > 0;
        let is_joining = letter == JOINER && cluster[end..].starts_with(has_width);
        let is_hiding = picture(letter).is_some() || (is_hidden(letter) && !is_joining);
        without_width += usize::from(!has_width(letter));
        if is_hiding || without_width > MOST_COMBINING {
            if !piece_in_sight(&cluster[start..index], take) || !in_sight(letter, take) {
                return false;
            }
            start = end;
        }
    }
    piece_in_sight(&cluster[start..], take)
}

/// Passes a part of a cluster. A part without width is passed as marks.
fn piece_in_sight(piece: &str, take: &mut impl FnMut(&str) -> bool) -> bool {
    match piece.cell_width() {
        _ if piece.is_empty() => true,
        0 => piece.chars().all(|letter| in_sight(letter, take)),
        _ => take(piece),
    }
}

/// Returns the width of a character by itself.
fn width_of(letter: char) -> u16 {
    match picture(letter) {
        Some(_) => 0,
        None => letter.encode_utf8(&mut [0; 4]).cell_width(),
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
