//! Tells the sequences that colour text from the text.

use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColourPiece<'a> {
    /// Text between colour sequences.
    Text(&'a [u8]),
    /// A colour sequence: `ESC [ … m`.
    Colour(&'a [u8]),
    /// A sequence that clears the line: `ESC [ … K`. Tools for containers and builds write it
    /// before each line.
    Clear,
}

/// Returns a line without its colours, what clears the line, and the hole before it. Everything
/// else stays.
pub fn strip_colours(line: &[u8]) -> Cow<'_, [u8]> {
    let line = behind_hole(line);
    if !has_colours(line) {
        return Cow::Borrowed(line);
    }
    let mut plain = Vec::with_capacity(line.len());
    for piece in pieces(line) {
        if let ColourPiece::Text(text) = piece {
            plain.extend_from_slice(text);
        }
    }
    Cow::Owned(plain)
}

/// Returns a line without the zero bytes that it begins with. A file has them if it was truncated
/// while its writer went on at the old place.
pub fn behind_hole(line: &[u8]) -> &[u8] {
    if line.first() != Some(&0) {
        return line;
    }
    let length = line.iter().take_while(|byte| **byte == 0).count();
    &line[length..]
}

/// Returns whether a line has such a sequence.
pub fn has_colours(line: &[u8]) -> bool {
    next_colour(line).is_some()
}

/// Splits a line at its colour sequences.
pub fn pieces(mut line: &[u8]) -> impl Iterator<Item = ColourPiece<'_>> {
    std::iter::from_fn(move || {
        let (start, length) = next_colour(line).unwrap_or((line.len(), 0));
        let end = if start == 0 { length } else { start };
        let (piece, rest) = line.split_at_checked(end)?;
        line = rest;
        match (piece, start) {
            ([], _) => None,
            (sequence, 0) if sequence.ends_with(b"K") => Some(ColourPiece::Clear),
            (colour, 0) => Some(ColourPiece::Colour(colour)),
            (text, _) => Some(ColourPiece::Text(text)),
        }
    })
}

/// Returns where the next sequence begins, and its length.
fn next_colour(line: &[u8]) -> Option<(usize, usize)> {
    let mut starts = memchr::memchr_iter(0x1b, line);
    starts.find_map(|start| Some((start, colour_length(&line[start..])?)))
}

/// Returns the length of the sequence that begins with this text.
fn colour_length(text: &[u8]) -> Option<usize> {
    let parameters = text.strip_prefix(b"\x1b[")?;
    let is_parameter = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b';' | b':');
    let length = parameters.iter().take_while(is_parameter).count();
    matches!(parameters.get(length), Some(b'm' | b'K')).then_some(length + 3)
}
