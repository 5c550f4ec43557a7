//! Hashing what is in a file, in blocks. Pure.
//!
//! A block of 64 KiB is a subtree of BLAKE3. So each byte is hashed once, the hash of a file is the
//! one that every other program computes, and a file that has grown is hashed from where it ended.

use blake3::{
    Hasher,
    hazmat::{HasherExt as _, Mode, merge_subtrees_non_root, merge_subtrees_root},
};

use super::{
    Digest, FileHeader, SealLink,
    sums::{BLOCK_BYTES, BlockSum, FileSum},
};

#[cfg(test)]
mod tests;

/// Returns the hash of bytes.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest(*blake3::hash(bytes).as_bytes())
}

impl SealLink {
    /// Returns the hash of the link, which the next one has.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest_of(self.to_string().as_bytes())
    }
}

/// Hashes the content of a file as it is read.
///
/// ```
/// use chronologix_schema::layout::{ContentHasher, digest_of};
///
/// let mut hasher = ContentHasher::new();
/// hasher.update(b"[15:00:00] one\n");
/// hasher.update(b"[15:00:01] two\n");
/// let sum = hasher.finish();
/// assert_eq!((sum.bytes, sum.records, sum.blocks.len()), (30, 2, 1));
/// assert_eq!(sum.digest, digest_of(b"[15:00:00] one\n[15:00:01] two\n"));
/// ```
#[derive(Clone, Debug)]
pub struct ContentHasher {
    blocks: Vec<BlockSum>,
    /// The block that is being read.
    hasher: Hasher,
    bytes_in_block: u64,
    lines_in_block: u32,
    bytes: u64,
    records: RecordCounter,
    /// The hash of the file as it was, if it is resumed.
    before: Option<Digest>,
}

/// Counts lines that begin a record.
#[derive(Clone, Debug)]
struct RecordCounter {
    records: u64,
    is_line_start: bool,
    /// The first bytes of a file, as many as tell a header.
    beginning: Option<Vec<u8>>,
}

/// As many bytes tell a [`FileHeader`].
const HEADER_BYTES: usize = 16;

impl Default for ContentHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl ContentHasher {
    /// Begins with an empty file.
    #[must_use]
    pub fn new() -> Self {
        Self {
            blocks: Vec::new(),
            hasher: Hasher::new(),
            bytes_in_block: 0,
            lines_in_block: 0,
            bytes: 0,
            records: RecordCounter {
                records: 0,
                is_line_start: true,
                beginning: Some(Vec::new()),
            },
            before: None,
        }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.bytes_in_block == BLOCK_BYTES {
                self.push_block();
                // Its `reset` keeps the offset.
                self.hasher = Hasher::new();
                self.hasher.set_input_offset(self.bytes);
                self.bytes_in_block = 0;
                self.lines_in_block = 0;
            }
            let room = usize::try_from(BLOCK_BYTES - self.bytes_in_block).unwrap_or(usize::MAX);
            let (taken, rest) = bytes.split_at(room.min(bytes.len()));
            self.hasher.update(taken);
            let newlines = newlines(taken);
            self.records.count(taken, newlines);
            self.lines_in_block += newlines;
            self.bytes_in_block += taken.len() as u64;
            self.bytes += taken.len() as u64;
            bytes = rest;
        }
    }

    /// Returns what was hashed.
    #[must_use]
    pub fn finish(mut self) -> FileSum {
        // The root of a block that is the only one cannot be told from its value.
        let is_only = self.blocks.is_empty();
        let only_block = is_only.then(|| Digest(*self.hasher.finalize().as_bytes()));
        if self.bytes_in_block > 0 {
            self.push_block();
        }
        let digest = match (only_block, self.before) {
            (Some(digest), _) => digest,
            (None, Some(before)) if self.blocks.len() == 1 => before,
            _ => root(&self.blocks),
        };
        FileSum {
            digest,
            bytes: self.bytes,
            records: self.records.finish(),
            blocks: self.blocks,
        }
    }

    fn push_block(&mut self) {
        self.blocks.push(BlockSum {
            value: Digest(self.hasher.finalize_non_root()),
            lines: self.lines_in_block,
        });
    }

    /// Continues a file that has grown, from [`ContentHasher::resumes_at`] on. What is read first
    /// is the rest of the file as it was. Then [`ContentHasher::is_grown_from`] is to be asked.
    #[must_use]
    pub fn resumed(sum: &FileSum) -> Self {
        let mut resumed = Self::new();
        resumed.bytes = Self::resumes_at(sum);
        let whole = usize::try_from(resumed.bytes / BLOCK_BYTES).unwrap_or(usize::MAX);
        resumed.blocks = sum.blocks.iter().take(whole).copied().collect();
        resumed.hasher.set_input_offset(resumed.bytes);
        if sum.bytes > 0 {
            // Whether it has a header is known.
            resumed.records.beginning = None;
            resumed.before = Some(sum.digest);
        }
        resumed
    }

    /// Returns the first byte that is hashed again if the file has grown: that of its last block,
    /// if the block is not full.
    #[must_use]
    pub fn resumes_at(sum: &FileSum) -> u64 {
        sum.bytes - sum.bytes % BLOCK_BYTES
    }

    /// Returns whether the bytes up to here, where the file ended before, are as they were. From
    /// here on, records are counted on top of those that were there.
    pub fn is_grown_from(&mut self, sum: &FileSum) -> bool {
        self.records.records = sum.records;
        let value = || Digest(self.hasher.finalize_non_root());
        self.bytes_in_block == 0 || sum.blocks.last().is_some_and(|it| it.value == value())
    }
}

/// Returns the hash of a block on its own, to be compared with that of a [`BlockSum`].
///
/// ```
/// use chronologix_schema::layout::{ContentHasher, block_value};
///
/// let mut hasher = ContentHasher::new();
/// hasher.update(&[b'a'; 70_000]);
/// let sum = hasher.finish();
/// assert_eq!(block_value(1, &[b'a'; 70_000 - 65_536]), sum.blocks[1].value);
/// ```
#[must_use]
pub fn block_value(index: u64, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.set_input_offset(index * BLOCK_BYTES);
    hasher.update(bytes);
    Digest(hasher.finalize_non_root())
}

/// Returns the hash of a file of two or more blocks.
fn root(blocks: &[BlockSum]) -> Digest {
    let (left, right) = halves(blocks);
    let root = merge_subtrees_root(&subtree(left), &subtree(right), Mode::Hash);
    Digest(*root.as_bytes())
}

fn subtree(blocks: &[BlockSum]) -> [u8; 32] {
    if let [block] = blocks {
        return block.value.0;
    }
    let (left, right) = halves(blocks);
    merge_subtrees_non_root(&subtree(left), &subtree(right), Mode::Hash)
}

/// The left half has as many blocks as the largest power of two that leaves some to the right.
fn halves(blocks: &[BlockSum]) -> (&[BlockSum], &[BlockSum]) {
    debug_assert!(blocks.len() > 1, "one block has no halves");
    blocks.split_at(blocks.len().next_power_of_two() / 2)
}

/// Returns the newlines in at most a block of bytes.
#[must_use]
pub fn newlines(bytes: &[u8]) -> u32 {
    // In pieces whose counts fit in a byte, which the compiler turns into vector instructions.
    let count = |piece: &[u8]| {
        let newline = |byte: &u8| u8::from(*byte == b'\n');
        u32::from(piece.iter().map(newline).sum::<u8>())
    };
    bytes.chunks(255).map(count).sum()
}

impl RecordCounter {
    /// Takes the next bytes, which have so many newlines.
    fn count(&mut self, bytes: &[u8], newlines: u32) {
        if let Some(beginning) = &mut self.beginning {
            let room = HEADER_BYTES - beginning.len().min(HEADER_BYTES);
            beginning.extend_from_slice(&bytes[..room.min(bytes.len())]);
        }
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            return;
        };
        let is_line_end = *last == b'\n';
        let mut records = u64::from(self.is_line_start && *first != b'\t');
        // Every newline begins a line, but one behind which there is nothing yet.
        records += u64::from(newlines) - u64::from(is_line_end);
        records -= tabs_after_newlines(bytes);
        self.records += records;
        self.is_line_start = is_line_end;
    }

    fn finish(self) -> u64 {
        let is_header = |beginning: Vec<u8>| FileHeader::begins(&beginning);
        self.records - u64::from(self.beginning.is_some_and(is_header))
    }
}

fn tabs_after_newlines(bytes: &[u8]) -> u64 {
    let count = |(first, second): (&[u8], &[u8])| {
        let pairs = first.iter().zip(second);
        let continued = |(newline, tab): (&u8, &u8)| u8::from(*newline == b'\n' && *tab == b'\t');
        u64::from(pairs.map(continued).sum::<u8>())
    };
    let after = bytes.get(1..).unwrap_or_default();
    bytes.chunks(255).zip(after.chunks(255)).map(count).sum()
}
