//! Reads bytes at places of files: what tells one file from another, and last lines.

use std::io;

use super::copies::hash_of_bytes;
use crate::tree::{OpenFile, read_at};

/// How many bytes before the offset tell whether a file is the same.
pub(super) const HASHED: u64 = 64;

/// Returns whether these bytes end at an offset of a file.
pub(super) fn has_bytes(file: &OpenFile, bytes: &[u8], end: u64) -> io::Result<bool> {
    let Some(begin) = end.checked_sub(bytes.len() as u64) else {
        return Ok(false);
    };
    let mut found = vec![0; bytes.len()];
    let length = read_at(file, &mut found, begin)?;
    Ok(length == bytes.len() && found == bytes)
}

/// Returns the whole lines before an offset of a file, at most so many bytes.
pub(super) fn lines_before(file: &OpenFile, end: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let begin = end.saturating_sub(bytes);
    let mut lines = vec![0; usize::try_from(end - begin).unwrap_or(0)];
    let length = read_at(file, &mut lines, begin)?;
    lines.truncate(length);
    let cut = memchr::memchr(b'\n', &lines).filter(|_| begin > 0);
    lines.drain(..cut.map_or(0, |end| end + 1));
    Ok(lines)
}

/// Returns the first bytes of a file, which hold its header.
pub(super) fn head_of(file: &OpenFile) -> io::Result<Vec<u8>> {
    let mut head = vec![0; 4 << 10];
    let length = read_at(file, &mut head, 0)?;
    head.truncate(length);
    Ok(head)
}

/// Returns a hash of the bytes before an offset of a file.
pub(super) fn hash_at(file: &OpenFile, offset: u64) -> io::Result<u64> {
    let before = offset.min(HASHED);
    let mut bytes = vec![0; usize::try_from(before).unwrap_or(0)];
    let length = read_at(file, &mut bytes, offset - before)?;
    Ok(hash_of_bytes(&bytes[..length]))
}
