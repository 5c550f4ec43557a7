//! Leaves out the sequences that colour text.

use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// Returns a line without its colours: `ESC [ … m`. Everything else stays.
pub(crate) fn strip_colours(line: &[u8]) -> Cow<'_, [u8]> {
    let mut plain = Vec::new();
    let mut kept = 0;
    let mut from = 0;
    while let Some(place) = memchr::memchr(0x1b, &line[from..]) {
        let start = from + place;
        match colour_length(&line[start..]) {
            Some(length) => {
                plain.extend_from_slice(&line[kept..start]);
                kept = start + length;
                from = kept;
            }
            None => from = start + 1,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(line);
    }
    plain.extend_from_slice(&line[kept..]);
    Cow::Owned(plain)
}

/// Returns the length of the colour sequence that begins with this text.
fn colour_length(text: &[u8]) -> Option<usize> {
    let parameters = text.strip_prefix(b"\x1b[")?;
    let is_parameter = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b';' | b':');
    let length = parameters.iter().take_while(is_parameter).count();
    (parameters.get(length) == Some(&b'm')).then_some(length + 3)
}
