//! Takes a text line of chronologix apart without reading it as text: for many lines at once.

use chronologix_schema::Level;

use super::bare_level;

#[cfg(test)]
mod tests;

/// The bytes that the longest level without brackets and the blank behind it take.
const LONGEST_LEVEL: usize = "CRITICAL ".len();

/// Returns what stands behind the brackets with the timestamp. `None` for other lines.
pub(crate) fn behind_stamp(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"[")?;
    let mut ends = memchr::memchr_iter(b']', rest);
    ends.find_map(|end| rest[end + 1..].strip_prefix(b" "))
}

/// Returns the level and the message of what stands behind a timestamp.
pub(crate) fn split_level(text: &[u8]) -> (Option<Level>, &[u8]) {
    let found = match text {
        [b'[', word @ ..] => level_in_brackets(word),
        [first, second, ..] if first.is_ascii_uppercase() && second.is_ascii_uppercase() => {
            let start = &text[..text.len().min(LONGEST_LEVEL)];
            let end = memchr::memchr(b' ', start);
            end.and_then(|end| Some((bare_level(&text[..end])?, &text[end + 1..])))
        }
        _ => None,
    };
    found.map_or((None, text), |(level, message)| (Some(level), message))
}

/// Returns the level that `INFO] message` begins with, and the message.
fn level_in_brackets(word: &[u8]) -> Option<(Level, &[u8])> {
    let level = match word.first()? {
        b'T' => Level::Trace,
        b'D' => Level::Debug,
        b'I' => Level::Info,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'C' => Level::Critical,
        _ => return None,
    };
    let rest = word.strip_prefix(level.as_str().as_bytes())?;
    Some((level, rest.strip_prefix(b"] ")?))
}
