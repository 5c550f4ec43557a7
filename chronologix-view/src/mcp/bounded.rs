//! A text of limited length, made of whole lines.

use std::io::{self, Write};

#[cfg(test)]
mod tests;

/// The most bytes of one line. What is longer is cut, and says so.
const LONGEST_LINE: usize = 800;

/// Takes lines until the next would not fit. Then it fails as a closed pipe does, which ends the
/// printing.
#[derive(Debug)]
pub(super) struct BoundedText {
    text: String,
    /// The line that has no end yet, and how many of its bytes were left out.
    line: Vec<u8>,
    cut: usize,
    limit: usize,
    lines: u64,
    is_full: bool,
}

impl BoundedText {
    /// Creates a text of at most so many bytes.
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            line: Vec::new(),
            cut: 0,
            limit,
            lines: 0,
            is_full: false,
        }
    }

    /// Returns whether lines were left out.
    pub(super) const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Returns how many lines it has.
    pub(super) const fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns the lines. What is not flushed and has no end is left out.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Returns whether the line fitted.
    fn end_line(&mut self) -> bool {
        let mut line = String::from_utf8_lossy(&self.line).into_owned();
        if self.cut > 0 {
            // The cut may have been inside a letter.
            while line.ends_with(char::REPLACEMENT_CHARACTER) {
                line.pop();
            }
            line = format!("{line}… ({} bytes more)", self.cut);
        }
        line.push('\n');
        self.line.clear();
        self.cut = 0;
        self.is_full |= self.text.len() + line.len() > self.limit;
        if !self.is_full {
            self.text.push_str(&line);
            self.lines += 1;
        }
        !self.is_full
    }
}

impl Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (part, has_end) = match part.strip_suffix(b"\n") {
                Some(part) => (part, true),
                None => (part, false),
            };
            let kept = part.len().min(LONGEST_LINE.saturating_sub(self.line.len()));
            self.line.extend_from_slice(&part[..kept]);
            self.cut += part.len() - kept;
            if has_end && !self.end_line() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        }
        Ok(bytes.len())
    }

    /// Ends a line that has no end.
    fn flush(&mut self) -> io::Result<()> {
        if self.line.is_empty() || self.end_line() {
            Ok(())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
}
