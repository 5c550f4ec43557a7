//! Finds where records begin, so that files and blocks are cut between records.

use std::io;

use crate::tree::{OpenFile, read_at};

#[cfg(test)]
mod tests;

// Small in tests, so that they meet the edges of blocks often.

/// The size of a read.
const BLOCK: usize = if cfg!(test) { 16 } else { 16 << 10 };

/// The most lines that are looked at for the beginning of a record. If there is none among them,
/// nothing tells where records begin, and any line will do.
pub(super) const MOST_LINES: usize = 200;

/// The most bytes that are looked at.
const MOST_BYTES: usize = 4 << 20;

/// Tells whether a record begins with a line that begins at an offset.
pub(super) type BeginsRecord<'a> = dyn FnMut(&[u8], u64) -> bool + 'a;

/// Returns where the first record begins at this offset of a file or later.
///
/// # Errors
///
/// Fails if the file cannot be read.
pub(super) fn next_record(
    file: &OpenFile,
    offset: u64,
    begins_record: &mut BeginsRecord<'_>,
) -> io::Result<u64> {
    if offset == 0 {
        return Ok(0);
    }
    // The byte before tells whether a line begins at the offset.
    let mut reader = LineStarts::new(file, offset - 1);
    let Some(first) = reader.next_start(usize::MAX)? else {
        return Ok(reader.end());
    };
    let mut start = first;
    for _ in 0..MOST_LINES {
        let next = reader.next_start(MOST_BYTES)?;
        if begins_record(reader.line(start, next), start) {
            return Ok(start);
        }
        match next {
            Some(next) => start = next,
            None if reader.is_at_end => return Ok(reader.end()),
            None => break,
        }
    }
    Ok(first)
}

/// Returns where the last record of whole lines begins. `None` if nothing tells.
pub(super) fn last_record(
    lines: &[u8],
    begin: u64,
    begins_record: &mut BeginsRecord<'_>,
) -> Option<usize> {
    let mut end = lines.len();
    for _ in 0..MOST_LINES {
        let line_end = end.checked_sub(1)?;
        let start = memchr::memrchr(b'\n', &lines[..line_end]).map_or(0, |found| found + 1);
        if begins_record(&lines[start..line_end], begin + start as u64) {
            return Some(start);
        }
        end = start;
    }
    None
}

/// Finds the starts of lines from an offset on.
struct LineStarts<'a> {
    file: &'a OpenFile,
    /// The bytes from the start of the current line on.
    block: Vec<u8>,
    /// The offset of the block.
    begin: u64,
    /// How much of the block has no further line start.
    searched: usize,
    is_at_end: bool,
}

impl<'a> LineStarts<'a> {
    fn new(file: &'a OpenFile, offset: u64) -> Self {
        Self {
            file,
            block: Vec::new(),
            begin: offset,
            searched: 0,
            is_at_end: false,
        }
    }

    /// Returns the offset behind everything that was read.
    fn end(&self) -> u64 {
        self.begin + self.block.len() as u64
    }

    /// Returns the offset of the next line start. `None` if there is none before the end, or if the
    /// line is longer than this.
    fn next_start(&mut self, longest: usize) -> io::Result<Option<u64>> {
        loop {
            if let Some(found) = memchr::memchr(b'\n', &self.block[self.searched..]) {
                self.searched += found + 1;
                return Ok(Some(self.begin + self.searched as u64));
            }
            self.searched = self.block.len();
            if self.is_at_end || self.block.len() >= longest {
                return Ok(None);
            }
            if longest == usize::MAX {
                // The line itself is not asked for.
                self.begin = self.end();
                self.block.clear();
                self.searched = 0;
            }
            let length = self.block.len();
            self.block.resize(length + BLOCK, 0);
            let read = read_at(
                self.file,
                &mut self.block[length..],
                self.begin + length as u64,
            )?;
            self.block.truncate(length + read);
            self.is_at_end = read == 0;
        }
    }

    /// Returns the line between two starts, without its end. Without the second, it is the rest.
    fn line(&self, start: u64, next: Option<u64>) -> &[u8] {
        let index = |offset: u64| usize::try_from(offset - self.begin).unwrap_or(usize::MAX);
        let end = next.map_or(self.block.len(), |next| index(next) - 1);
        self.block.get(index(start)..end).unwrap_or_default()
    }
}
