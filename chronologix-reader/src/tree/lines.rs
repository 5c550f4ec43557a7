//! Splits bytes into lines, across block boundaries.

use std::{borrow::Cow, mem};

use crate::formats::{behind_hole, line_text};

#[cfg(test)]
mod tests;

/// A line of a file, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawLine {
    /// Its text, without colour sequences. Bytes that are not UTF-8 are Latin-1.
    pub text: Box<str>,
    /// The bytes in the file, if they are not those of `text`.
    pub raw: Option<Box<[u8]>>,
    /// Whether the line is cut.
    pub is_cut: bool,
    /// Its offset in the file.
    pub at: u64,
}

/// Splits consecutive blocks into lines.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The most bytes of a line. Longer lines are cut.
    longest: usize,
    /// The offset of the next byte.
    offset: u64,
    /// The offset of the unfinished line.
    begin: u64,
    /// The unfinished line.
    partial: Vec<u8>,
    /// Whether to skip everything up to the next line end.
    is_skipping: bool,
}

impl Lines {
    /// Starts at the beginning of a file.
    pub(crate) fn new(longest: usize) -> Self {
        Self {
            longest,
            offset: 0,
            begin: 0,
            partial: Vec::new(),
            is_skipping: false,
        }
    }

    /// Continues at this offset, which must be the start of a line.
    pub(crate) fn begin_at(&mut self, offset: u64) {
        (self.offset, self.begin) = (offset, offset);
        self.partial.clear();
        self.is_skipping = false;
    }

    /// Skips everything up to the next line end.
    pub(crate) fn skip_rest(&mut self) {
        self.partial.clear();
        self.is_skipping = true;
    }

    /// Adds the lines that end in these bytes.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], lines: &mut Vec<RawLine>) {
        // Counting is faster than moving the lines to more room again and again.
        lines.reserve(memchr::memchr_iter(b'\n', bytes).count());
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            self.end_line(&bytes[..end], lines);
            bytes = &bytes[end + 1..];
            self.offset += end as u64 + 1;
            self.begin = self.offset;
        }
        self.offset += bytes.len() as u64;
        if self.is_skipping {
            return;
        }
        if self.partial.is_empty() {
            bytes = behind_hole(bytes);
        }
        let room = self.longest.saturating_sub(self.partial.len());
        if bytes.len() <= room {
            self.partial.extend_from_slice(bytes);
        } else {
            self.partial.extend_from_slice(&bytes[..room]);
            lines.push(cut(self.begin, &mem::take(&mut self.partial)));
            self.is_skipping = true;
        }
    }

    /// Returns whether the start of the unfinished line is missing.
    pub(crate) fn is_skipping(&self) -> bool {
        self.is_skipping
    }

    /// Returns the unfinished line as far as it has come.
    pub(crate) fn unfinished(&self) -> Option<RawLine> {
        (!self.partial.is_empty()).then(|| whole(self.begin, &self.partial))
    }

    /// Returns the unfinished last line of a file that will not grow.
    pub(crate) fn finish(&mut self) -> Option<RawLine> {
        self.is_skipping = false;
        let line = self.unfinished();
        self.partial.clear();
        line
    }

    fn end_line(&mut self, mut end: &[u8], lines: &mut Vec<RawLine>) {
        if mem::take(&mut self.is_skipping) {
            return;
        }
        if self.partial.is_empty() {
            end = behind_hole(end);
        }
        let length = self.partial.len() + end.len();
        let line = if self.partial.is_empty() {
            if length > self.longest {
                cut(self.begin, &end[..self.longest])
            } else {
                whole(self.begin, end)
            }
        } else {
            let mut line = mem::take(&mut self.partial);
            line.extend_from_slice(&end[..end.len().min(self.longest - line.len())]);
            if length > self.longest {
                cut(self.begin, &line)
            } else {
                whole(self.begin, &line)
            }
        };
        lines.push(line);
    }
}

fn whole(at: u64, line: &[u8]) -> RawLine {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    raw_line(at, line, false)
}

/// Makes a cut line, without splitting a character.
fn cut(at: u64, line: &[u8]) -> RawLine {
    let end = match line.utf8_chunks().last() {
        // An incomplete character at the end is at most three bytes long.
        Some(chunk) if chunk.invalid().len() < 4 && !chunk.invalid().is_empty() => {
            line.len() - chunk.invalid().len()
        }
        _ => line.len(),
    };
    raw_line(at, &line[..end], true)
}

fn raw_line(at: u64, bytes: &[u8], is_cut: bool) -> RawLine {
    let text = line_text(bytes);
    RawLine {
        raw: matches!(text, Cow::Owned(_)).then(|| bytes.into()),
        text: text.into(),
        is_cut,
        at,
    }
}
