//! The line with which a file may begin, and which is no record.

use std::io;

use chronologix_schema::layout::FileHeader;

use super::positional::{OpenFile, read_at};

#[cfg(test)]
mod tests;

/// The longest header. A longer first line is a record.
const LONGEST_HEADER: usize = 4 << 10;

/// Returns the length of a header, with its newline, at the start of these bytes. `None` if it is
/// not whole.
pub(crate) fn header_in(bytes: &[u8]) -> Option<usize> {
    if !FileHeader::begins(bytes) {
        return Some(0);
    }
    let length = bytes.len().min(LONGEST_HEADER);
    match memchr::memchr(b'\n', &bytes[..length]) {
        Some(end) => Some(end + 1),
        None if length == LONGEST_HEADER => Some(0),
        None => None,
    }
}

/// Returns where the records of a file begin, given its first bytes. All of it is a header that is
/// being written.
///
/// # Errors
///
/// Fails if the file cannot be read.
pub(super) fn header_length(file: &OpenFile, head: &[u8]) -> io::Result<u64> {
    if !FileHeader::begins(head) {
        return Ok(0);
    }
    let mut bytes = vec![0; LONGEST_HEADER];
    let length = read_at(file, &mut bytes, 0)?;
    let header = header_in(&bytes[..length]).unwrap_or(length);
    Ok(header as u64)
}
