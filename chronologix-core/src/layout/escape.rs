//! Keeps control characters out of lines, so that nothing logged can forge a line or reach a
//! terminal. The clean path is one scan that the compiler vectorises, and no copy.

use std::{fmt, str::FromStr};

use crate::UnknownWord;

/// What becomes of a newline inside a message.
///
/// ```
/// use chronologix_core::layout::Multiline;
///
/// assert_eq!("indent".parse(), Ok(Multiline::Indent));
/// assert_eq!(Multiline::default().as_str(), "escape");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Multiline {
    /// It is written as `\n`: one record is one physical line.
    #[default]
    Escape,
    /// It is written as a newline and a tab, so that a continuation never looks like a record.
    Indent,
}

impl Multiline {
    /// The word for it: `escape` or `indent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Escape => "escape",
            Self::Indent => "indent",
        }
    }
}

impl fmt::Display for Multiline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl TryFrom<&str> for Multiline {
    type Error = UnknownWord;

    fn try_from(text: &str) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl FromStr for Multiline {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Escape, Self::Indent]
            .into_iter()
            .find(|multiline| multiline.as_str() == text)
            .ok_or_else(|| UnknownWord::new("multiline", text, "escape, indent"))
    }
}

/// Rewrites `out[from..]`, which holds UTF-8, so that no control character but tabs remains.
///
/// Besides C0, DEL and C1 these are the line and paragraph separators, bidi and zero-width controls,
/// interlinear annotations and tag characters. A backslash is left alone, so the text cannot be
/// told from one that held the escape to begin with.
///
/// ```
/// use chronologix_core::layout::{Multiline, escape_text};
///
/// let mut line = b"[15:00:00] ".to_vec();
/// let message = line.len();
/// line.extend_from_slice("red\x1b[31m\nand\u{202e} back".as_bytes());
/// escape_text(&mut line, message, Multiline::Escape);
/// assert_eq!(line, br"[15:00:00] red\x1b[31m\nand\u{202e} back");
/// ```
pub fn escape_text(out: &mut Vec<u8>, from: usize, multiline: Multiline) {
    let Some(first) = next_special::<TEXT>(out, from) else {
        return;
    };
    let text = out.split_off(first.at);
    push_with(out, &text, next_special::<TEXT>, |out, code| match code {
        NEWLINE if multiline == Multiline::Indent => out.extend_from_slice(b"\n\t"),
        code => push_text_escape(out, code),
    });
}

/// Appends the value of a field to a text line: as it is, or in quotes where it could not be told
/// from what follows.
///
/// ```
/// use chronologix_core::layout::push_field_value;
///
/// let mut line = Vec::new();
/// push_field_value(&mut line, r"C:\logs");
/// line.push(b' ');
/// push_field_value(&mut line, "say \"hi\"\n");
/// assert_eq!(line, br#"C:\logs "say \"hi\"\n""#);
/// ```
pub fn push_field_value(out: &mut Vec<u8>, value: &str) {
    let bytes = value.as_bytes();
    let bare = !bytes.is_empty() && is_bare(bytes) && next_special::<TEXT>(bytes, 0).is_none();
    if bare {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    push_with(out, bytes, next_special::<QUOTED>, |out, code| match code {
        TAB => out.push(b'\t'),
        QUOTE => out.extend_from_slice(b"\\\""),
        BACKSLASH => out.extend_from_slice(b"\\\\"),
        code => push_text_escape(out, code),
    });
    out.push(b'"');
}

/// Appends a JSON string with its quotes. What [`escape_text`] rewrites is written as `\u`.
///
/// ```
/// use chronologix_core::layout::push_json_string;
///
/// let mut line = Vec::new();
/// push_json_string(&mut line, "\"a\"\n\u{202e}\u{e0001}");
/// assert_eq!(line, br#""\"a\"\n\u202e\udb40\udc01""#);
/// ```
pub fn push_json_string(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    push_with(
        out,
        value.as_bytes(),
        next_special::<QUOTED>,
        |out, code| match code {
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
        },
    );
    out.push(b'"');
}

/// Whether [`escape_text`] rewrites the character.
pub(super) fn is_forbidden(character: char) -> bool {
    let mut bytes = [0; 4];
    special_at::<TEXT>(character.encode_utf8(&mut bytes).as_bytes()).is_some()
}

const TAB: u32 = 0x09;
const NEWLINE: u32 = 0x0a;
const RETURN: u32 = 0x0d;
const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

/// Which characters are special: the forbidden ones alone …
const TEXT: bool = false;
/// … or also tab, quote and backslash.
const QUOTED: bool = true;

/// A character that cannot be written as it is.
struct Special {
    at: usize,
    /// How many bytes it has.
    length: usize,
    code: u32,
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

/// The first special character at or after `from`.
fn next_special<const QUOTED: bool>(text: &[u8], from: usize) -> Option<Special> {
    /// Two vectors of SSE2 or Neon, one of AVX2.
    const BLOCK: usize = 32;
    let rest = text.get(from..)?;
    let blocks = rest.chunks_exact(BLOCK);
    let tail = blocks.remainder();
    let mut at = from;
    for block in blocks {
        if !is_printable_ascii::<QUOTED>(block) {
            let found = special_within::<QUOTED>(text, at, block);
            if found.is_some() {
                return found;
            }
        }
        at += BLOCK;
    }
    if is_printable_ascii::<QUOTED>(tail) {
        return None;
    }
    special_within::<QUOTED>(text, at, tail)
}

/// Whether the block holds nothing else than space to `~`. No branch, so that it becomes vectors.
#[inline]
fn is_printable_ascii<const QUOTED: bool>(block: &[u8]) -> bool {
    block.iter().fold(0, |odd, &byte| {
        let odd = odd | u8::from(byte.wrapping_sub(b' ') > b'~' - b' ');
        if QUOTED {
            odd | u8::from(byte == b'"') | u8::from(byte == b'\\')
        } else {
            odd
        }
    }) == 0
}

/// Whether the value of a field can stand without quotes, as far as visible characters go.
fn is_bare(value: &[u8]) -> bool {
    value.iter().fold(0, |odd, byte| {
        let is = |other: u8| u8::from(*byte == other);
        odd | is(b' ') | is(b'\t') | is(b'"') | is(b'=')
    }) == 0
}

/// The first special character that begins in `block`, which lies at `start` of `text`.
#[inline(never)]
fn special_within<const QUOTED: bool>(text: &[u8], start: usize, block: &[u8]) -> Option<Special> {
    // Most blocks that are not ASCII are words of a language: they hold no byte that could matter.
    if block
        .iter()
        .fold(0, |any, &byte| any | may_begin::<QUOTED>(byte))
        == 0
    {
        return None;
    }
    (start..start + block.len()).find_map(|at| {
        let rest = text.get(at..)?;
        let (code, length) = special_at::<QUOTED>(rest)?;
        Some(Special { at, length, code })
    })
}

/// Not 0 if a special character can begin with this byte. No branch, as above.
#[inline]
fn may_begin<const QUOTED: bool>(byte: u8) -> u8 {
    let is = |other: u8| u8::from(byte == other);
    let control = u8::from(byte < b' ') ^ is(b'\t') | is(0x7f);
    let lead = is(0xc2) | is(0xd8) | is(0xe1) | is(0xe2) | is(0xef) | is(0xf3);
    let quoted = if QUOTED {
        is(b'\t') | is(b'"') | is(b'\\')
    } else {
        0
    };
    control | lead | quoted
}

/// The code and the bytes of the special character that `rest` begins with.
fn special_at<const QUOTED: bool>(rest: &[u8]) -> Option<(u32, usize)> {
    let of_two = |lead: u8, last: u8| (u32::from(lead & 0x1f) << 6 | u32::from(last & 0x3f), 2);
    let of_three = |lead: u8, middle: u8, last: u8| {
        let high = u32::from(lead & 0x0f) << 12 | u32::from(middle & 0x3f) << 6;
        (high | u32::from(last & 0x3f), 3)
    };
    match *rest {
        [b'\t', ..] => QUOTED.then_some((TAB, 1)),
        [byte @ (b'"' | b'\\'), ..] => QUOTED.then_some((u32::from(byte), 1)),
        [byte @ (..b' ' | 0x7f), ..] => Some((u32::from(byte), 1)),
        // C1: U+0080 to U+009F.
        [lead @ 0xc2, last @ 0x80..=0x9f, ..]
        // Arabic letter mark: U+061C.
        | [lead @ 0xd8, last @ 0x9c, ..] => Some(of_two(lead, last)),
        // Mongolian vowel separator: U+180E.
        [lead @ 0xe1, middle @ 0xa0, last @ 0x8e, ..]
        // Zero-width and direction marks U+200B to U+200F; separators, embeddings and overrides
        // U+2028 to U+202E; invisible operators, isolates and the deprecated rest U+2060 to U+206F.
        | [lead @ 0xe2, middle @ 0x80, last @ (0x8b..=0x8f | 0xa8..=0xae), ..]
        | [lead @ 0xe2, middle @ 0x81, last @ 0xa0..=0xaf, ..]
        // Byte order mark U+FEFF; interlinear annotations U+FFF9 to U+FFFB.
        | [lead @ 0xef, middle @ 0xbb, last @ 0xbf, ..]
        | [lead @ 0xef, middle @ 0xbf, last @ 0xb9..=0xbb, ..] => Some(of_three(lead, middle, last)),
        // Tags: U+E0000 to U+E007F.
        [0xf3, 0xa0, middle @ (0x80 | 0x81), last @ 0x80..=0xbf, ..] => {
            Some((0xe_0000 | u32::from(middle & 0x01) << 6 | u32::from(last & 0x3f), 4))
        }
        _ => None,
    }
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
