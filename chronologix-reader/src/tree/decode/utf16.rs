//! Turns UTF-16 into UTF-8 while it is written, and leaves byte order marks out.

use std::{
    io::{self, Write},
    mem,
};

/// The mark of UTF-8.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes text as UTF-8 whatever its byte order mark says. Text without a mark stays as it is.
pub(super) struct TextWriter<'a> {
    out: &'a mut dyn Write,
    encoding: Encoding,
    /// Bytes that need those behind them: the mark, half a unit, half a pair.
    pending: Vec<u8>,
}

/// How the bytes are to be read.
#[derive(Clone, Copy, Debug)]
enum Encoding {
    /// The mark has not been seen yet.
    Unknown,
    AsIs,
    Utf16(fn([u8; 2]) -> u16),
}

impl<'a> TextWriter<'a> {
    /// Writes to `out`.
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            encoding: Encoding::Unknown,
            pending: Vec::new(),
        }
    }

    /// Writes what is left at the end.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let pending = mem::take(&mut self.pending);
        match self.encoding {
            Encoding::Unknown | Encoding::AsIs => self.out.write_all(&pending),
            Encoding::Utf16(_) if pending.is_empty() => Ok(()),
            Encoding::Utf16(_) => self.out.write_all("\u{fffd}".as_bytes()),
        }
    }

    /// Decides what the first bytes say, as soon as there are enough.
    fn decide(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        let head = mem::take(&mut self.pending);
        let (encoding, mark) = match &head[..] {
            [0xff, 0xfe, ..] => (Encoding::Utf16(u16::from_le_bytes), 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16(u16::from_be_bytes), 2),
            head if head.starts_with(UTF8_MARK) => (Encoding::AsIs, UTF8_MARK.len()),
            head if UTF8_MARK.starts_with(head) || matches!(head, [0xff | 0xfe]) => {
                self.pending = head.to_vec();
                return Ok(());
            }
            _ => (Encoding::AsIs, 0),
        };
        self.encoding = encoding;
        self.write_all(&head[mark..])
    }

    fn write_utf16(&mut self, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        let pending = mem::take(&mut self.pending);
        let units: Vec<u16> = pending
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        // The second half of a pair may be in the next bytes.
        let is_half = |unit: &u16| (0xd800..0xdc00).contains(unit);
        let whole = units.len() - usize::from(units.last().is_some_and(is_half));
        let text: String = char::decode_utf16(units[..whole].iter().copied())
            .map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        self.pending = pending[whole * 2..].to_vec();
        self.out.write_all(text.as_bytes())
    }
}

impl Write for TextWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.encoding {
            Encoding::Unknown => self.decide(bytes)?,
            Encoding::AsIs => self.out.write_all(bytes)?,
            Encoding::Utf16(unit) => self.write_utf16(bytes, unit)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
