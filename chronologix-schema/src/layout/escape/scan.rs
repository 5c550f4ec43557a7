//! Finds what cannot be written as it is. The clean path is one scan that the compiler vectorises.

pub(super) const TAB: u32 = 0x09;
pub(super) const NEWLINE: u32 = 0x0a;
pub(super) const RETURN: u32 = 0x0d;
pub(super) const QUOTE: u32 = 0x22;
pub(super) const BACKSLASH: u32 = 0x5c;

/// Which characters are special: the forbidden ones alone …
pub(super) const TEXT: bool = false;
/// … or also tab, quote and backslash.
pub(super) const QUOTED: bool = true;

/// A character that cannot be written as it is.
pub(super) struct Special {
    pub(super) at: usize,
    /// How many bytes it has.
    pub(super) length: usize,
    pub(super) code: u32,
}

/// The first special character at or after `from`.
#[inline]
pub(super) fn next_special<const QUOTED: bool>(text: &[u8], from: usize) -> Option<Special> {
    if is_plain::<QUOTED, false>(text.get(from..)?) {
        return None;
    }
    find_special::<QUOTED>(text, from)
}

#[inline(never)]
fn find_special<const QUOTED: bool>(text: &[u8], from: usize) -> Option<Special> {
    let mut at = from;
    for block in text.get(from..)?.chunks(BLOCK) {
        if !is_plain::<QUOTED, false>(block) {
            let found = special_within::<QUOTED>(text, at, block);
            if found.is_some() {
                return found;
            }
        }
        at += BLOCK;
    }
    None
}

/// Two vectors of SSE2 or Neon, one of AVX2.
const BLOCK: usize = 32;

/// Whether the text holds nothing else than space to `~`: nearly always the case, and enough to
/// know that nothing in it is special. What is left of a text behind its last whole block is looked
/// at in a block that reaches back.
#[inline]
fn is_plain<const QUOTED: bool, const BARE: bool>(text: &[u8]) -> bool {
    if let Some(last) = text.last_chunk::<BLOCK>() {
        let mut rest = text;
        while let Some((block, behind)) = rest.split_first_chunk::<BLOCK>() {
            if !block_is_plain::<BLOCK, QUOTED, BARE>(block) {
                return false;
            }
            rest = behind;
        }
        return block_is_plain::<BLOCK, QUOTED, BARE>(last);
    }
    ends_are_plain::<16, QUOTED, BARE>(text)
        .or_else(|| ends_are_plain::<8, QUOTED, BARE>(text))
        .unwrap_or_else(|| text.iter().all(|byte| odd_bit::<QUOTED, BARE>(*byte) == 0))
}

/// The same of the first and the last `N` bytes of a text; `None` if it is shorter.
#[inline]
fn ends_are_plain<const N: usize, const QUOTED: bool, const BARE: bool>(
    text: &[u8],
) -> Option<bool> {
    let (first, last) = (text.first_chunk::<N>()?, text.last_chunk::<N>()?);
    Some(block_is_plain::<N, QUOTED, BARE>(first) && block_is_plain::<N, QUOTED, BARE>(last))
}

/// The same of a block of a size that the compiler knows, so that it becomes vectors.
#[inline]
fn block_is_plain<const N: usize, const QUOTED: bool, const BARE: bool>(block: &[u8; N]) -> bool {
    block
        .iter()
        .fold(0, |odd, byte| odd | odd_bit::<QUOTED, BARE>(*byte))
        == 0
}

/// Not 0 if a byte is none of space to `~`, or one of those that mean something. No branch, as
/// above.
#[inline]
fn odd_bit<const QUOTED: bool, const BARE: bool>(byte: u8) -> u8 {
    let is = |other: u8| u8::from(byte == other);
    let mut odd = u8::from(byte.wrapping_sub(b' ') > b'~' - b' ');
    if QUOTED {
        odd |= is(b'"') | is(b'\\');
    }
    if BARE {
        odd |= is(b' ') | is(b'"') | is(b'=');
    }
    odd
}

/// Whether the value of a field can stand without quotes, if it is of visible ASCII; other values
/// have to be looked at again.
#[inline]
pub(super) fn is_surely_bare(value: &[u8]) -> bool {
    !value.is_empty() && is_plain::<TEXT, true>(value)
}

/// Whether the value of a field can stand without quotes, as far as visible characters go.
pub(super) fn is_bare(value: &[u8]) -> bool {
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
pub(super) fn special_at<const QUOTED: bool>(rest: &[u8]) -> Option<(u32, usize)> {
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
