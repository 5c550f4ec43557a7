//! Files of zstd with a table of their frames: decompresses the frames that are asked for.
//!
//! What the table says is checked as far as it is used. If it is wrong, or a frame is damaged, the
//! file is read from its beginning, as one without a table.

use std::{
    collections::BTreeSet,
    fs::Metadata,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
};

use chronologix_schema::layout::{FrameLengths, SeekTable};

use super::{
    decode::Content,
    packed::{self, lock},
    positional::{Identity, OpenFile, read_at},
};

#[cfg(test)]
mod tests;

/// The largest frame that is decompressed in memory. Files with larger ones are unpacked into a
/// temporary file.
const LARGEST_FRAME: u32 = 16 << 20;

/// The most bytes that such a frame has compressed. What cannot be compressed is a little larger.
const LARGEST_PACKED: u32 = LARGEST_FRAME + (1 << 20);

/// The most decompressed bytes that are kept of all files.
const KEPT_BYTES: usize = 64 << 20;

/// The first bytes that say whether a text is decoded any further.
const LOOKED_AT: usize = 64;

/// The first read of a frame, up to this part of it, decompresses no more than a block or two.
const BEGINNING: usize = 4;

/// The bytes of a block of zstd, decompressed.
const BLOCK: usize = 128 << 10;

/// The frames decompressed last.
static KEPT: Mutex<FrameCache> = Mutex::new(FrameCache(Vec::new()));

/// The files whose tables are known to be wrong.
static WRONG: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

/// A file of zstd that is read in any order.
#[derive(Debug)]
pub(super) struct ZstdFrames {
    path: PathBuf,
    packed: OpenFile,
    identity: Identity,
    frames: Vec<FrameEnd>,
    /// What was unpacked from the beginning, if the table is wrong.
    unpacked: OnceLock<OpenFile>,
}

/// Where a frame ends.
#[derive(Clone, Copy, Debug, Default)]
struct FrameEnd {
    packed: u64,
    plain: u64,
}

/// Frames, or their beginnings, decompressed. The one used last is the first.
struct FrameCache(Vec<(Identity, usize, Arc<Vec<u8>>)>);

impl ZstdFrames {
    /// Opens a compressed file. `None` if it has no table that can be used, or the text in it is
    /// to be decoded further.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(super) fn open(
        path: &Path,
        packed: &OpenFile,
        identity: Identity,
    ) -> io::Result<Option<Self>> {
        if lock(&WRONG).contains(&identity) {
            return Ok(None);
        }
        let Some(frames) = read_table(packed)? else {
            return Ok(None);
        };
        let found = Self {
            path: path.to_owned(),
            packed: packed.clone(),
            identity,
            frames,
            unpacked: OnceLock::new(),
        };
        let mut head = [0; LOOKED_AT];
        let length = found.read_at(&mut head, 0)?;
        let is_as_it_stands = !matches!(
            Content::of(&head[..length]),
            Content::Text(1..) | Content::Utf16 | Content::JsonDocument
        );
        Ok(Some(found).filter(|it| is_as_it_stands && it.unpacked.get().is_none()))
    }

    /// Returns the number of bytes, decompressed.
    ///
    /// # Errors
    ///
    /// Fails if the system does not tell the length of what was unpacked.
    pub(super) fn length(&self) -> io::Result<u64> {
        match self.unpacked.get() {
            Some(unpacked) => Ok(unpacked.state()?.length),
            None => Ok(self.frames.last().map_or(0, |last| last.plain)),
        }
    }

    /// Returns the metadata of the compressed file.
    ///
    /// # Errors
    ///
    /// Fails if the system does not tell them.
    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.packed.metadata()
    }

    /// Returns where the frame begins that holds an offset.
    pub(super) fn frame_begin(&self, offset: u64) -> u64 {
        let index = self.frames.partition_point(|frame| frame.plain <= offset);
        self.begin(index).plain
    }

    /// Fills the buffer from `offset` on, as far as the file goes.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, or not be unpacked if the table is wrong.
    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            if let Some(unpacked) = self.unpacked.get() {
                let rest = read_at(unpacked, &mut buffer[filled..], offset + filled as u64)?;
                return Ok(filled + rest);
            }
            let at = offset + filled as u64;
            let index = self.frames.partition_point(|frame| frame.plain <= at);
            if index == self.frames.len() {
                break;
            }
            let within = length(at - self.begin(index).plain);
            let wanted = within + (buffer.len() - filled);
            let Some(frame) = self.frame(index, wanted)? else {
                self.unpack()?;
                // What stands in front of this may come from a wrong place, too.
                filled = 0;
                continue;
            };
            let bytes = frame.get(within..).unwrap_or_default();
            let taken = bytes.len().min(buffer.len() - filled);
            buffer[filled..filled + taken].copy_from_slice(&bytes[..taken]);
            filled += taken;
        }
        Ok(filled)
    }

    /// Returns where a frame begins: where the one before ends.
    fn begin(&self, index: usize) -> FrameEnd {
        let before = index
            .checked_sub(1)
            .and_then(|before| self.frames.get(before));
        before.copied().unwrap_or_default()
    }

    /// Returns a frame, decompressed: this many bytes of it at least, or all. `None` if it is not
    /// what the table says.
    fn frame(&self, index: usize, wanted: usize) -> io::Result<Option<Arc<Vec<u8>>>> {
        let (begin, end) = (self.begin(index), self.frames[index]);
        let plain = length(end.plain - begin.plain);
        let wanted = wanted.min(plain);
        let kept = lock(&KEPT).get(self.identity, index);
        let is_known = kept.is_some();
        if let Some(kept) = kept.filter(|kept| kept.len() >= wanted) {
            return Ok(Some(kept));
        }
        let mut packed = vec![0; length(end.packed - begin.packed)];
        let read = read_at(&self.packed, &mut packed, begin.packed)?;
        packed.truncate(read);
        // What reads on from a beginning will want the rest, too. All of a frame is never taken for
        // a beginning: whether it ends where the table says would not be known.
        let blocks = wanted.next_multiple_of(BLOCK);
        let is_beginning = !is_known && wanted <= plain / BEGINNING && blocks < plain;
        let beginning = is_beginning
            .then(|| decompress_beginning(&packed, blocks))
            .flatten();
        let Some(frame) = beginning.or_else(|| decompress(&packed, plain)) else {
            return Ok(None);
        };
        let frame = Arc::new(frame);
        lock(&KEPT).keep(self.identity, index, Arc::clone(&frame));
        Ok(Some(frame))
    }

    /// Unpacks all of the file, because the table is wrong.
    fn unpack(&self) -> io::Result<()> {
        lock(&WRONG).insert(self.identity);
        let unpacked = packed::unpack_whole(&self.path, &self.packed, self.identity)?;
        self.unpacked.get_or_init(|| unpacked);
        Ok(())
    }
}

/// Reads the table at the end of a file. `None` if there is none, or it cannot be that of the file.
fn read_table(packed: &OpenFile) -> io::Result<Option<Vec<FrameEnd>>> {
    let file_length = packed.state()?.length;
    let Some(at) = file_length.checked_sub(SeekTable::FOOTER as u64) else {
        return Ok(None);
    };
    let mut footer = [0; SeekTable::FOOTER];
    let read = read_at(packed, &mut footer, at)?;
    let table_length = SeekTable::encoded_length(&footer[..read]);
    let Some(frames_end) = table_length.and_then(|it| file_length.checked_sub(it)) else {
        return Ok(None);
    };
    let mut table = vec![0; length(file_length - frames_end)];
    let read = read_at(packed, &mut table, frames_end)?;
    let table = SeekTable::decode(&table[..read]);
    Ok(table.and_then(|table| frame_ends(table.frames(), frames_end)))
}

/// Returns where the frames end. `None` if they are not all that stands before the table, or one is
/// too large.
fn frame_ends(frames: &[FrameLengths], frames_end: u64) -> Option<Vec<FrameEnd>> {
    let mut end = FrameEnd::default();
    let mut ends = Vec::with_capacity(frames.len());
    for frame in frames {
        if frame.plain > LARGEST_FRAME || frame.packed > LARGEST_PACKED {
            return None;
        }
        end.packed += u64::from(frame.packed);
        end.plain += u64::from(frame.plain);
        ends.push(end);
    }
    (end.packed == frames_end).then_some(ends)
}

/// Decompresses a frame of exactly this length.
fn decompress(packed: &[u8], plain: usize) -> Option<Vec<u8>> {
    let mut frame = Vec::with_capacity(plain);
    let mut decompressor = zstd::bulk::Decompressor::new().ok()?;
    let found = decompressor.decompress_to_buffer(packed, &mut frame);
    (found.ok()? == plain).then_some(frame)
}

/// Decompresses this many bytes of a frame. `None` if that fails: perhaps its window is large.
fn decompress_beginning(packed: &[u8], wanted: usize) -> Option<Vec<u8>> {
    let mut beginning = vec![0; wanted];
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).ok()?;
    decoder.window_log_max(LARGEST_FRAME.ilog2()).ok()?;
    decoder.read_exact(&mut beginning).ok()?;
    Some(beginning)
}

impl FrameCache {
    /// Returns what is kept of a frame.
    fn get(&mut self, of: Identity, index: usize) -> Option<Arc<Vec<u8>>> {
        let is_it =
            |(identity, at, _): &(Identity, usize, Arc<Vec<u8>>)| *at == index && *identity == of;
        let place = self.0.iter().position(is_it)?;
        let frame = self.0.remove(place);
        let bytes = Arc::clone(&frame.2);
        self.0.insert(0, frame);
        Some(bytes)
    }

    /// Keeps a frame. Those that were not used for long go.
    fn keep(&mut self, of: Identity, index: usize, bytes: Arc<Vec<u8>>) {
        // In place of its beginning.
        self.0
            .retain(|(identity, at, _)| *at != index || *identity != of);
        self.0.insert(0, (of, index, bytes));
        let mut sum = 0;
        self.0.retain(|(.., bytes)| {
            sum += bytes.len();
            sum <= KEPT_BYTES
        });
    }
}

fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
