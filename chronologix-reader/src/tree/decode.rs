//! Decompresses by what the first bytes say, whatever the name is, decodes UTF-16, and joins the
//! lines of JSON documents.

use std::{
    fmt::Display,
    io::{self, BufRead, Read, Write},
};

use self::{
    json_lines::{JsonLines, is_document},
    peek::Peek,
    utf16::TextWriter,
};

mod json_lines;
mod peek;
mod utf16;
#[cfg(feature = "xz")]
mod xz;

#[cfg(test)]
mod tests;

/// The size of a read.
const BLOCK: usize = 64 << 10;

/// The number of first bytes that say what a file holds.
pub(super) const HEAD: usize = 16;

/// The largest window of zstd, as a power of two. `zstd --ultra --long=31` uses it.
#[cfg(feature = "zstd")]
const LARGEST_WINDOW: u32 = 31;

/// What the first bytes of a file say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Text that can be read as it stands, behind a byte order mark or a header of this length.
    Text(u64),
    /// Text in UTF-16.
    Utf16,
    /// Objects of JSON over several lines, or in an array.
    JsonDocument,
    /// Compressed.
    Compressed(Compression),
    /// In this format, which is not read.
    Unknown(&'static str),
}

/// A compression that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
}

/// The first bytes of formats, and what they stand for.
const MAGIC: [(&[u8], Content); 17] = [
    (b"\x1f\x8b\x08", Content::Compressed(Compression::Gzip)),
    (b"\x28\xb5\x2f\xfd", Content::Compressed(Compression::Zstd)),
    (b"\xfd7zXZ\0", Content::Compressed(Compression::Xz)),
    (b"BZh", Content::Compressed(Compression::Bzip2)),
    (b"\x04\x22\x4d\x18", Content::Compressed(Compression::Lz4)),
    (b"\x02\x21\x4c\x18", Content::Compressed(Compression::Lz4)),
    (b"\xef\xbb\xbf", Content::Text(3)),
    (b"\xff\xfe", Content::Utf16),
    (b"\xfe\xff", Content::Utf16),
    (b"PK\x03\x04", Content::Unknown("a zip archive")),
    (b"7z\xbc\xaf\x27\x1c", Content::Unknown("a 7z archive")),
    (b"Rar!\x1a\x07", Content::Unknown("a rar archive")),
    (b"LZIP", Content::Unknown("lzip")),
    (b"\x89LZO", Content::Unknown("lzop")),
    (b"\x1f\x9d", Content::Unknown("compress (.Z)")),
    (b"\x1f\xa0", Content::Unknown("compress (.Z)")),
    (b"\xff\x06\0\0sNaP", Content::Unknown("snappy")),
];

impl Content {
    /// Returns what a file that begins with these bytes holds.
    pub(super) fn of(head: &[u8]) -> Self {
        let known = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
        let is_bzip2 = |head: &[u8]| matches!(head.get(3), Some(b'1'..=b'9'));
        match known.map_or(Self::Text(0), |(_, content)| *content) {
            // A log may begin with these letters, too.
            Self::Compressed(Compression::Bzip2) if !is_bzip2(head) => Self::Text(0),
            Self::Text(0) if is_document(head) == Some(true) => Self::JsonDocument,
            Self::Compressed(compression) if !compression.is_built() => {
                Self::Unknown(compression.name())
            }
            content => content,
        }
    }

    /// Returns whether the text that it holds is to be decoded first.
    pub(super) fn is_encoded(self) -> bool {
        matches!(self, Self::Compressed(_) | Self::Utf16 | Self::JsonDocument)
    }

    /// Returns whether more bytes could say more.
    fn is_open(head: &[u8]) -> bool {
        MAGIC
            .iter()
            .any(|(magic, _)| head.len() < magic.len() + 1 && magic.starts_with(head))
            || head == b"BZh"
    }
}

impl Compression {
    /// Returns the name of the format.
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
        }
    }

    /// Returns whether this build has the feature of the format.
    fn is_built(self) -> bool {
        match self {
            Self::Gzip => cfg!(feature = "gzip"),
            Self::Zstd => cfg!(feature = "zstd"),
            Self::Xz => cfg!(feature = "xz"),
            Self::Bzip2 => cfg!(feature = "bzip2"),
            Self::Lz4 => cfg!(feature = "lz4"),
        }
    }

    /// Returns whether compressed data of this format may begin so.
    fn may_begin_with(self, head: &[u8]) -> bool {
        // A skippable frame of zstd and lz4.
        let is_skippable = head.get(1..4) == Some(b"\x2a\x4d\x18") && head[0] & 0xf0 == 0x50;
        Content::of(head) == Content::Compressed(self)
            || (is_skippable && matches!(self, Self::Zstd | Self::Lz4))
    }

    /// Decompresses one stream, frame or member.
    fn decompress(self, packed: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Failure> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => copy(&mut flate2::bufread::GzDecoder::new(packed), out),
            #[cfg(feature = "zstd")]
            Self::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(packed);
                let mut decoder = decoder.map_err(Failure::Packed)?.single_frame();
                let window = decoder.window_log_max(LARGEST_WINDOW);
                window.map_err(Failure::Packed)?;
                copy(&mut decoder, out)
            }
            #[cfg(feature = "xz")]
            Self::Xz => copy(&mut xz::XzDecoder::new(packed), out),
            #[cfg(feature = "bzip2")]
            Self::Bzip2 => copy(&mut bzip2::bufread::BzDecoder::new(packed), out),
            #[cfg(feature = "lz4")]
            Self::Lz4 => copy(&mut lz4_flex::frame::FrameDecoder::new(packed), out),
            // Those that are not built are not recognised.
            #[allow(unreachable_patterns, reason = "all may be built")]
            _ => {
                let _ = (packed, out);
                Err(Failure::Packed(not_read(self.name())))
            }
        }
    }
}

/// Why something could not be decompressed.
#[derive(Debug)]
enum Failure {
    /// The compressed data cannot be read.
    Packed(io::Error),
    /// The unpacked data cannot be written.
    Unpacked(io::Error),
}

/// Writes what a file holds as UTF-8 text: decompressed, without a byte order mark, and with a line
/// for each JSON object. Returns what is wrong with compressed data. What comes before that was
/// written.
///
/// # Errors
///
/// Fails if `packed` cannot be read, `out` cannot be written, or the format is not read here.
pub(super) fn decode(packed: impl Read, out: &mut dyn Write) -> io::Result<Option<String>> {
    let mut packed = Peek::new(packed, BLOCK);
    let mut length = 1;
    while packed.peek(length)?.len() == length && Content::is_open(packed.peek(length)?) {
        length += 1;
    }
    let content = Content::of(packed.peek(length)?);
    let mut lines = JsonLines::new(out);
    let mut out = TextWriter::new(&mut lines);
    let trouble = match content {
        Content::Unknown(format) => return Err(not_read(format)),
        Content::Text(_) | Content::Utf16 | Content::JsonDocument => {
            match copy(&mut packed, &mut out) {
                Ok(()) => None,
                Err(Failure::Packed(error) | Failure::Unpacked(error)) => return Err(error),
            }
        }
        Content::Compressed(compression) => decompress(compression, &mut packed, &mut out)?,
    };
    out.finish()?;
    lines.finish()?;
    Ok(trouble)
}

/// Writes what a compressed file holds, byte by byte as it was. Returns what is wrong with the
/// compressed data. A file that is not compressed is written as it is.
///
/// # Errors
///
/// Fails if `packed` cannot be read, `out` cannot be written, or the format is not read here.
#[cfg(feature = "seal")]
pub(super) fn unpack(packed: impl Read, out: &mut dyn Write) -> io::Result<Option<String>> {
    let mut packed = Peek::new(packed, BLOCK);
    match Content::of(packed.peek(HEAD)?) {
        Content::Compressed(compression) => decompress(compression, &mut packed, out),
        _ => match copy(&mut packed, out) {
            Ok(()) => Ok(None),
            Err(Failure::Packed(error) | Failure::Unpacked(error)) => Err(error),
        },
    }
}

/// What is wrong with data that ends too early.
pub(super) const CUT_OFF: &str = "is cut off";

/// Returns what is wrong with damaged data.
pub(super) fn damage(error: &dyn Display) -> String {
    format!("is damaged ({error})")
}

/// The error for a format that is not read.
pub(super) fn not_read(format: &str) -> io::Error {
    io::Error::other(format!("it is {format}, which is not read here"))
}

/// Decompresses all that stands one behind the other. Zeros behind it are left out, as gzip does.
fn decompress(
    compression: Compression,
    packed: &mut Peek<impl Read>,
    out: &mut dyn Write,
) -> io::Result<Option<String>> {
    let name = compression.name();
    loop {
        match compression.decompress(packed, out) {
            Ok(()) => {}
            Err(Failure::Unpacked(error)) => return Err(error),
            Err(Failure::Packed(error)) => {
                let what = if packed.peek(1)?.is_empty() {
                    CUT_OFF.to_owned()
                } else {
                    damage(&error)
                };
                return Ok(Some(format!("{what}; showing what could be decompressed")));
            }
        }
        packed.skip_zeros()?;
        let next = packed.peek(HEAD)?;
        if next.is_empty() {
            return Ok(None);
        }
        if !compression.may_begin_with(next) {
            let remark = format!("has bytes behind its end that are not {name}; ignoring them");
            return Ok(Some(remark));
        }
    }
}

/// Copies everything. Unlike [`io::copy`], tells which side failed.
fn copy(from: &mut dyn Read, to: &mut dyn Write) -> Result<(), Failure> {
    let mut block = vec![0; BLOCK];
    loop {
        match from.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(length) => to.write_all(&block[..length]).map_err(Failure::Unpacked)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::Packed(error)),
        }
    }
}
