//! Turns JSON documents over several lines into one line for each object, while they are written.

use std::io::{self, Write};

#[cfg(test)]
mod tests;

/// The most first bytes that are looked at.
const LOOKED_AT: usize = 64;

/// Writes each object of a pretty-printed document, or of an array, as one line. Other text stays
/// as it is.
pub(super) struct JsonLines<'a> {
    out: &'a mut dyn Write,
    state: DocumentState,
    /// Whether the objects are in an array.
    is_array: bool,
    /// What is to be written.
    pending: Vec<u8>,
}

/// What is read.
#[derive(Clone, Copy, Debug)]
enum DocumentState {
    /// The first bytes, which do not tell yet.
    Unknown,
    /// Something else than such documents.
    AsIs,
    /// What stands between objects.
    Between,
    /// An object.
    Object {
        depth: usize,
        is_string: bool,
        is_escaped: bool,
    },
    /// A line that is no object.
    OtherLine,
}

/// Returns whether a text that begins so is a pretty-printed object, or an array of objects. `None`
/// if more bytes could tell.
pub(super) fn is_document(head: &[u8]) -> Option<bool> {
    let (first, behind) = head.split_first()?;
    let inner = behind.trim_ascii_start();
    let has_line_end = behind.starts_with(b"\n") || behind.starts_with(b"\r\n");
    match first {
        b'{' if has_line_end => Some(*inner.first()? == b'"'),
        b'{' if matches!(behind, b"" | b"\r") => None,
        b'[' => Some(*inner.first()? == b'{'),
        _ => Some(false),
    }
}

impl<'a> JsonLines<'a> {
    /// Writes to `out`.
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            state: DocumentState::Unknown,
            is_array: false,
            pending: Vec::new(),
        }
    }

    /// Writes what is left at the end.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.write_pending()
    }

    fn write_pending(&mut self) -> io::Result<()> {
        self.out.write_all(&self.pending)?;
        self.pending.clear();
        Ok(())
    }

    /// Decides what the first bytes say, as soon as there are enough.
    fn decide(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        let known = is_document(&self.pending);
        if known.is_none() && self.pending.len() < LOOKED_AT {
            return Ok(());
        }
        if known != Some(true) {
            self.state = DocumentState::AsIs;
            return self.write_pending();
        }
        self.state = DocumentState::Between;
        self.is_array = self.pending.first() == Some(&b'[');
        let first = std::mem::take(&mut self.pending);
        self.add(&first)
    }

    /// Writes bytes of a document.
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        for byte in bytes {
            self.add_byte(*byte);
        }
        self.write_pending()
    }

    fn add_byte(&mut self, byte: u8) {
        match &mut self.state {
            DocumentState::Between => {
                let is_of_array = self.is_array && b"[],".contains(&byte);
                if byte.is_ascii_whitespace() || is_of_array {
                    return;
                }
                self.state = if byte == b'{' {
                    DocumentState::Object {
                        depth: 1,
                        is_string: false,
                        is_escaped: false,
                    }
                } else {
                    DocumentState::OtherLine
                };
            }
            // No string goes on in the next line: such an object is broken.
            DocumentState::OtherLine
            | DocumentState::Object {
                is_string: true, ..
            } if byte == b'\n' => self.state = DocumentState::Between,
            DocumentState::Object {
                is_string: is_string @ true,
                is_escaped,
                ..
            } => {
                *is_string = byte != b'"' || *is_escaped;
                *is_escaped = byte == b'\\' && !*is_escaped;
            }
            DocumentState::Object {
                depth, is_string, ..
            } => match byte {
                _ if byte.is_ascii_whitespace() => return,
                b'"' => *is_string = true,
                b'{' | b'[' => *depth += 1,
                b'}' | b']' if *depth == 1 => {
                    self.state = DocumentState::Between;
                    self.pending.extend([byte, b'\n']);
                    return;
                }
                b'}' | b']' => *depth -= 1,
                _ => {}
            },
            _ => {}
        }
        self.pending.push(byte);
    }
}

impl Write for JsonLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.state {
            DocumentState::Unknown => self.decide(bytes)?,
            DocumentState::AsIs => self.out.write_all(bytes)?,
            _ => {
                self.add(bytes)?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
