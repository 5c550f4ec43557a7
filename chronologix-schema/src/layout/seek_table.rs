//! The table at the end of a file of zstd, by which a reader finds the frame that holds an offset.
//!
//! It is the one of `contrib/seekable_format` in the sources of zstd: a skippable frame, which
//! every decoder of zstd leaves out. A file of this form is read by decoders that know nothing of
//! it, from beginning to end.

#[cfg(test)]
mod tests;

/// The lengths of the frames of a file of zstd, in their order.
///
/// ```
/// # use chronologix_schema::layout as chronologix;
/// use chronologix::{FrameLengths, SeekTable};
///
/// let mut table = SeekTable::default();
/// table.push(FrameLengths { packed: 90, plain: 500 });
/// table.push(FrameLengths { packed: 40, plain: 100 });
/// let bytes = table.encode();
///
/// assert_eq!(SeekTable::encoded_length(&bytes[bytes.len() - 9..]), Some(bytes.len() as u64));
/// assert_eq!(SeekTable::decode(&bytes), Some(table));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeekTable {
    frames: Vec<FrameLengths>,
}

/// The lengths of a frame, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLengths {
    /// In the file.
    pub packed: u32,
    /// Decompressed.
    pub plain: u32,
}

/// The first bytes of the skippable frame.
const SKIPPABLE_MAGIC: u32 = 0x184d_2a5e;

/// The last bytes of the table.
const TABLE_MAGIC: u32 = 0x8f92_eab1;

/// Says that each entry has a checksum. The frames that we write have checksums of their own.
const HAS_CHECKSUMS: u8 = 0x80;

/// Must be zero.
const RESERVED: u8 = 0x7c;

/// The bytes before the entries: magic and length.
const HEADER: usize = 8;

impl SeekTable {
    /// The bytes at the end of a file that tell how long the table is.
    pub const FOOTER: usize = 9;

    /// The most frames of a table that is read. More are in no file of less than a terabyte.
    pub const MAX_FRAMES: u32 = 1 << 20;

    /// Adds the frame that comes next.
    pub fn push(&mut self, frame: FrameLengths) {
        self.frames.push(frame);
    }

    /// Returns the frames.
    #[must_use]
    pub fn frames(&self) -> &[FrameLengths] {
        &self.frames
    }

    /// Returns the bytes that go behind the last frame.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
        let behind_header = self.frames.len() * 8 + Self::FOOTER;
        let mut bytes = Vec::with_capacity(HEADER + behind_header);
        bytes.extend(SKIPPABLE_MAGIC.to_le_bytes());
        bytes.extend(length(behind_header));
        for frame in &self.frames {
            bytes.extend(frame.packed.to_le_bytes());
            bytes.extend(frame.plain.to_le_bytes());
        }
        bytes.extend(length(self.frames.len()));
        bytes.push(0);
        bytes.extend(TABLE_MAGIC.to_le_bytes());
        bytes
    }

    /// Returns the length of the table, in bytes, by the [last bytes](Self::FOOTER) of a file.
    /// `None` if these do not end a table, or one with [too many frames](Self::MAX_FRAMES).
    #[must_use]
    pub fn encoded_length(footer: &[u8]) -> Option<u64> {
        let (frames, entry) = Self::read_footer(footer)?;
        Some((HEADER + frames * entry + Self::FOOTER) as u64)
    }

    /// Returns the number of frames, and the length of an entry.
    fn read_footer(footer: &[u8]) -> Option<(usize, usize)> {
        let (frames, rest) = footer.split_first_chunk::<4>()?;
        let (descriptor, magic) = rest.split_first()?;
        let frames = u32::from_le_bytes(*frames);
        let is_known = descriptor & RESERVED == 0 && *magic == TABLE_MAGIC.to_le_bytes();
        let entry = if descriptor & HAS_CHECKSUMS == 0 {
            8
        } else {
            12
        };
        let frames = Some(frames).filter(|it| is_known && *it <= Self::MAX_FRAMES)?;
        Some((usize::try_from(frames).ok()?, entry))
    }

    /// Returns the table that these bytes are, from the first to the last. `None` if they are none.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, footer) = bytes.split_at_checked(bytes.len().checked_sub(Self::FOOTER)?)?;
        let (frames, entry) = Self::read_footer(footer)?;
        let (header, entries) = body.split_at_checked(HEADER)?;
        let length = u32::try_from(bytes.len() - HEADER).ok()?;
        let is_header = header[..4] == SKIPPABLE_MAGIC.to_le_bytes()
            && header[4..] == length.to_le_bytes()
            && entries.len() == frames * entry;
        if !is_header {
            return None;
        }
        let number = |bytes: &[u8]| Some(u32::from_le_bytes(*bytes.first_chunk()?));
        let frame = |entry: &[u8]| {
            Some(FrameLengths {
                packed: number(entry)?,
                plain: number(&entry[4..])?,
            })
        };
        let frames: Option<_> = entries.chunks_exact(entry).map(frame).collect();
        Some(Self { frames: frames? })
    }
}
