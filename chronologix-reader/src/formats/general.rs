//! Lines of loggers that no layout describes: a timestamp at the start, and perhaps a level behind
//! it.

use chronologix_schema::Level;

use super::{cursor::Cursor, layout::Line, level, stamp::Stamp};

#[cfg(test)]
mod tests;

/// How many words behind the stamp are looked at: thread, process, host and such.
const WORDS: usize = 4;

/// Words for levels that other texts have before a colon or in brackets as well.
const PLAIN: [&[u8]; 12] = [
    b"config", b"fail", b"fine", b"finer", b"finest", b"log", b"note", b"success", b"trace",
    b"trac", b"verb", b"verbose",
];

/// What is known of a line that begins with a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct General {
    /// The timestamp.
    pub(super) stamp: Stamp,
    /// Where it begins.
    pub(super) start: usize,
    /// The level behind it.
    pub(super) level: Option<Level>,
    /// Where the message begins.
    pub(super) message: usize,
}

/// Reads a line from an offset. `None` if it does not begin with a stamp, bare or in brackets.
pub(super) fn read(line: &Line<'_>, at: usize) -> Option<General> {
    let mut cursor = Cursor::new(line.bytes, at);
    let is_bracketed = cursor.eat(b'[');
    let start = cursor.at();
    let stamp = line.stamp(start)?;
    cursor = Cursor::new(line.bytes, stamp.end);
    let is_closed = is_bracketed && cursor.eat(b']');
    if is_bracketed && !is_closed {
        // `[2025-05-04 14:02:19 INFO app] message`
        cursor.eat_any(b" ,:|")?;
    }
    // A comma or a quote is the end of a cell in a table.
    let is_cell = |next: u8| {
        if is_closed {
            b",;\"".contains(&next)
        } else {
            !b" \t:|-[]".contains(&next)
        }
    };
    if cursor.peek().is_some_and(is_cell) {
        return None;
    }
    skip_marks(&mut cursor);
    let message = cursor.at();
    let (level, behind) = leveled(cursor).unzip();
    Some(General {
        stamp,
        start,
        level,
        message: behind.unwrap_or(message),
    })
}

/// Looks for a level in the first words. Returns it with where the message behind it begins. What
/// stands before it belongs to the message as well, so that nothing is lost.
fn leveled(cursor: Cursor<'_>) -> Option<(Level, usize)> {
    let start = cursor.at();
    let mut cursor = cursor;
    for index in 0..WORDS {
        let word = next_word(&mut cursor)?;
        if let Some(level) = word.level() {
            let behind = if index == 0 { cursor.at() } else { start };
            return Some((level, behind));
        }
        // Behind a word of a sentence there is no level.
        if !word.can_be_before_level() {
            return None;
        }
    }
    None
}

/// Looks for a level at the start of a message that another logger can have written:
/// `error: no such key`, `imap-login: Info: closed`, `[WARNING] slow`. Only words that are rare in
/// other texts count, and only with a mark.
pub(super) fn carried_level(message: &[u8]) -> Option<Level> {
    let mut cursor = Cursor::new(message, 0);
    for _ in 0..WORDS {
        // Most messages begin with a word without a mark.
        let rest = cursor.rest();
        if !b"[(<{".contains(rest.first()?) {
            let end = memchr::memchr(b' ', rest)?;
            (rest[..end].last() == Some(&b':')).then_some(())?;
        }
        let word = next_word(&mut cursor)?;
        let level = word.carried_level();
        if level.is_some() {
            return level;
        }
    }
    None
}

/// A word with what encloses it.
#[derive(Clone, Copy, Debug)]
struct EnclosedWord<'a> {
    /// The text within brackets.
    text: &'a [u8],
    /// Whether it has brackets, or a colon or bar behind it.
    is_marked: bool,
    /// Whether it has brackets.
    is_bracketed: bool,
}

impl EnclosedWord<'_> {
    /// Returns the level that it is. A bare word must be in capitals, for it can also begin a
    /// sentence.
    fn level(&self) -> Option<Level> {
        let text = self.text.trim_ascii();
        let is_upper = text.iter().all(u8::is_ascii_uppercase);
        (self.is_marked || is_upper).then(|| level::word(text))?
    }

    /// Returns the level that it is within the message of another logger. Words that other texts
    /// have before a colon do not count.
    fn carried_level(&self) -> Option<Level> {
        let text = self.text.trim_ascii();
        let level = level::word(text)?;
        let is_plain = |word: &&[u8]| text.eq_ignore_ascii_case(word);
        (!PLAIN.iter().any(is_plain)).then_some(level)
    }

    /// Returns whether a logger writes such a word before the level: a thread, a number, a path.
    fn can_be_before_level(&self) -> bool {
        let is_path = |byte: &u8| matches!(byte, b'.' | b':' | b'/' | b'_' | b'[' | b'#' | b'=');
        let inner = self.text.strip_suffix(b":").unwrap_or(self.text);
        self.is_bracketed
            || self.text.iter().all(u8::is_ascii_digit)
            || self.text.iter().all(|byte| b"-|".contains(byte))
            || matches!(self.text, b"root" | b"main")
            || inner
                .iter()
                .take(inner.len().saturating_sub(1))
                .any(is_path)
    }
}

/// Reads a word and the marks behind it.
fn next_word<'a>(cursor: &mut Cursor<'a>) -> Option<EnclosedWord<'a>> {
    let rest = cursor.rest();
    let close = match rest.first()? {
        b'[' => Some(b']'),
        b'(' => Some(b')'),
        b'<' => Some(b'>'),
        b'{' => Some(b'}'),
        _ => None,
    };
    let (text, length) = if let Some(close) = close {
        let end = memchr::memchr(close, rest)?;
        (&rest[1..end], end + 1)
    } else {
        let is_end = |byte: &u8| matches!(byte, b' ' | b'\t' | b'|');
        let end = rest.iter().position(is_end).unwrap_or(rest.len());
        let word = &rest[..end];
        (word.strip_suffix(b":").unwrap_or(word), end)
    };
    cursor.skip(length);
    let mut behind = *cursor;
    behind.blanks();
    let has_colon = close.is_none() && text.len() < length;
    let is_marked = close.is_some() || has_colon || behind.peek() == Some(b'|');
    skip_marks(cursor);
    // A mark alone is a word as well: there is always one to read.
    let text = if text.is_empty() {
        &rest[..length]
    } else {
        text
    };
    (length > 0).then_some(EnclosedWord {
        text,
        is_marked,
        is_bracketed: close.is_some(),
    })
}

/// Skips what stands between words.
fn skip_marks(cursor: &mut Cursor<'_>) {
    loop {
        cursor.eat_any(b":]");
        let blanks = cursor.blanks() + usize::from(cursor.eat(b'\t'));
        let is_mark = matches!(cursor.peek(), Some(b'-' | b'|'))
            && matches!(cursor.peek_at(1), None | Some(b' ' | b'\t'));
        if is_mark {
            cursor.skip(1);
        } else if blanks == 0 {
            return;
        }
    }
}
