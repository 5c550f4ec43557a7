//! Reads the members of a JSON object where they stand, without building anything.

use memchr::memchr2;

#[cfg(test)]
mod tests;

/// The members of an object in their order.
#[derive(Clone, Debug)]
pub(in crate::formats) struct Members<'a> {
    /// The text.
    text: &'a [u8],
    /// Where the next member begins.
    at: usize,
}

/// Returns the members of the object that begins here. `None` if there is none.
pub(in crate::formats) fn members(text: &[u8]) -> Option<Members<'_>> {
    let at = skip_blanks(text, 0);
    (text.get(at) == Some(&b'{')).then_some(Members { text, at: at + 1 })
}

/// How many members of a line are kept. More are read again each time.
const KEPT: usize = 16;

/// The members of a line that is tried with many layouts.
#[derive(Clone, Debug)]
pub(in crate::formats) struct KnownMembers<'a> {
    kept: [(&'a [u8], &'a [u8]); KEPT],
    length: usize,
    rest: Members<'a>,
}

impl<'a> KnownMembers<'a> {
    /// Reads the members of an object.
    pub(in crate::formats) fn of(mut members: Members<'a>) -> Self {
        let mut kept: [(&[u8], &[u8]); KEPT] = [(b"", b""); KEPT];
        let mut length = 0;
        for (place, member) in kept.iter_mut().zip(&mut members) {
            *place = member;
            length += 1;
        }
        Self {
            kept,
            length,
            rest: members,
        }
    }

    /// Iterates over them in their order.
    pub(in crate::formats) fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let kept = self.kept.iter().take(self.length);
        kept.copied().chain(self.rest.clone())
    }
}

impl<'a> Iterator for Members<'a> {
    /// The key between its quotes, and the value as written.
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut at = skip_blanks(self.text, self.at);
        if self.text.get(at) == Some(&b',') {
            at = skip_blanks(self.text, at + 1);
        }
        if self.text.get(at) != Some(&b'"') {
            return None;
        }
        let behind_key = string_end(self.text, at)?;
        let key = &self.text[at + 1..behind_key - 1];
        at = skip_blanks(self.text, behind_key);
        if self.text.get(at) != Some(&b':') {
            return None;
        }
        let start = skip_blanks(self.text, at + 1);
        let end = value_end(self.text, start)?;
        self.at = end;
        Some((key, &self.text[start..end]))
    }
}

/// Returns the value at a path: names of members, and `0` for the first element of an array, with
/// points between them. A member whose name has the points counts as well.
pub(in crate::formats) fn get<'a>(value: &'a [u8], path: &[u8]) -> Option<&'a [u8]> {
    if let Some(inner) = path.strip_prefix(b"0.") {
        let first = skip_blanks(value, value.iter().position(|byte| *byte == b'[')? + 1);
        return get(value.get(first..)?, inner);
    }
    members(value)?.find_map(|(key, value)| within(key, value, path))
}

/// Returns the value at a path that begins with the name of this member.
pub(in crate::formats) fn within<'a>(key: &[u8], value: &'a [u8], path: &[u8]) -> Option<&'a [u8]> {
    // Most differ in the first byte, which is seen without a call.
    if path.first() != key.first() {
        return None;
    }
    let rest = path.strip_prefix(key)?;
    match rest.split_first() {
        None => Some(value),
        Some((b'.', inner)) => get(value, inner),
        Some(_) => None,
    }
}

/// Returns the text between the quotes of a string, with its escapes.
pub(in crate::formats) fn raw_string(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// Returns where blanks end.
fn skip_blanks(text: &[u8], at: usize) -> usize {
    let mut at = at;
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
    }
    at
}

/// Returns where the string that begins at an offset ends, behind its quote.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let rest = text.get(from..)?;
        let place = from + near_mark(rest).or_else(|| memchr2(b'"', b'\\', rest))?;
        if text[place] == b'"' {
            return Some(place + 1);
        }
        from = place + 2;
    }
}

/// Returns where the first quote or backslash stands, if it is among the first bytes. Most names
/// and values are so short that looking at eight bytes at once is faster than a call.
///
/// The bits of zero bytes are found as in "Bit Twiddling Hacks" by S. E. Anderson,
/// "Determine if a word has a zero byte": the lowest is exact.
fn near_mark(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    for start in [0, 8] {
        let chunk = text.get(start..)?.first_chunk::<8>()?;
        let word = u64::from_le_bytes(*chunk);
        let quotes = zeros(word ^ (ONES * u64::from(b'"')));
        let marks = quotes | zeros(word ^ (ONES * u64::from(b'\\')));
        if marks != 0 {
            return Some(start + marks.trailing_zeros() as usize / 8);
        }
    }
    None
}

/// Returns where the value that begins at an offset ends.
fn value_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => string_end(text, at),
        b'{' | b'[' => {
            let mut depth = 0_usize;
            let mut at = at;
            loop {
                match text.get(at)? {
                    b'"' => {
                        at = string_end(text, at)?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
            let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n');
            let length = text[at..].iter().position(is_end);
            Some(length.map_or(text.len(), |length| at + length))
        }
        _ => None,
    }
}
