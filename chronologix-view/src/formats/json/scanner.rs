//! Reads the members of a JSON object where they stand, without building anything.

use memchr::memchr2;

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
        let place = from + memchr2(b'"', b'\\', text.get(from..)?)?;
        if text[place] == b'"' {
            return Some(place + 1);
        }
        from = place + 2;
    }
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
