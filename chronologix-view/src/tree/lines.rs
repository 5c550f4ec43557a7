//! Bytes of a file to lines, across the edges of blocks.

use std::mem;

#[cfg(test)]
mod tests;

/// A line as it stands in a file, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawLine {
    /// Its text; bytes that are not UTF-8 have become replacement characters.
    pub(crate) text: Box<str>,
    /// Whether it goes on in the file.
    pub(crate) is_cut: bool,
    /// Where in the file it begins.
    pub(crate) at: u64,
}

/// Keeps the unfinished last line between blocks.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The most bytes one line takes; the rest of a longer one is left out.
    longest: usize,
    /// Where in the file the next byte lies.
    offset: u64,
    /// Where the unfinished line begins.
    begin: u64,
    /// The start of a line whose end was not read yet.
    partial: Vec<u8>,
    /// Whether everything up to the next line end is to be left out.
    is_skipping: bool,
}

impl Lines {
    /// At the start of a file.
    pub(crate) fn new(longest: usize) -> Self {
        Self {
            longest,
            offset: 0,
            begin: 0,
            partial: Vec::new(),
            is_skipping: false,
        }
    }

    /// What is fed next lies here in the file, at the start of a line.
    pub(crate) fn begin_at(&mut self, offset: u64) {
        (self.offset, self.begin) = (offset, offset);
    }

    /// Leaves out everything up to the next line end.
    pub(crate) fn skip_rest(&mut self) {
        self.partial.clear();
        self.is_skipping = true;
    }

    /// Adds the lines that are complete with these bytes.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], lines: &mut Vec<RawLine>) {
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
        let room = self.longest.saturating_sub(self.partial.len());
        if bytes.len() <= room {
            self.partial.extend_from_slice(bytes);
        } else {
            self.partial.extend_from_slice(&bytes[..room]);
            lines.push(cut(self.begin, &mem::take(&mut self.partial)));
            self.is_skipping = true;
        }
    }

    /// The unfinished last line, for a file that will not grow any more.
    pub(crate) fn finish(&mut self) -> Option<RawLine> {
        self.is_skipping = false;
        let partial = mem::take(&mut self.partial);
        (!partial.is_empty()).then(|| whole(self.begin, &partial))
    }

    fn end_line(&mut self, end: &[u8], lines: &mut Vec<RawLine>) {
        if mem::take(&mut self.is_skipping) {
            return;
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
    RawLine {
        text: String::from_utf8_lossy(line).into(),
        is_cut: false,
        at,
    }
}

/// A line that goes on; not to be cut inside a character.
fn cut(at: u64, line: &[u8]) -> RawLine {
    let end = match line.utf8_chunks().last() {
        // An unfinished character at the end is at most three bytes.
        Some(chunk) if chunk.invalid().len() < 4 && !chunk.invalid().is_empty() => {
            line.len() - chunk.invalid().len()
        }
        _ => line.len(),
    };
    RawLine {
        text: String::from_utf8_lossy(&line[..end]).into(),
        is_cut: true,
        at,
    }
}
