//! One stream in one folder: its numbered files in a row, read at any place.

use std::{io, path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;
use tempfile::TempDir;

use crate::{
    line::part_and_offset,
    streams::StreamId,
    tree::{LineDater, OpenFile, TimestampReader, open_file, read_at},
};

#[cfg(test)]
mod tests;

// All sizes are small in tests, so that their edges are met often.

/// What is read at once to look for a stamp or the end of a line.
const PROBE: usize = if cfg!(test) { 64 } else { 8 << 10 };

/// A line longer than this is not searched for its end when a time is looked for.
const LONGEST_PROBE: usize = if cfg!(test) { 1 << 10 } else { 4 << 20 };

/// Halving ends when so few bytes are left; they are read line by line. As many before them are
/// read as well, for stamps that go back by a moment.
const NEAR: u64 = if cfg!(test) { 256 } else { 32 << 10 };

/// Bytes before a place that are read to know which time it is there.
pub(crate) const WARM: usize = if cfg!(test) { 256 } else { 64 << 10 };

/// A stream in a folder.
#[derive(Debug)]
pub(crate) struct StreamFiles {
    folder: Folder,
    stream: StreamId,
    parts: Vec<FilePart>,
    /// The file that was read last, by its place in `parts`.
    open: Option<(usize, OpenFile)>,
    /// Keeps the files there, if they were unpacked.
    unpacked: Option<Arc<TempDir>>,
    /// Bytes read, for tests that see how few they are.
    #[cfg(test)]
    pub(crate) bytes_read: u64,
}

/// One of its files.
#[derive(Debug)]
pub(crate) struct FilePart {
    /// 0 for `app.log`, 1 for `app.1.log`.
    pub(crate) number: u32,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// How much of it there is to read.
    pub(crate) length: u64,
}

/// A place in a stream in one folder. The end of a file and the beginning of the next are the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FilePosition {
    /// Which of the files, as an index.
    pub(crate) part: usize,
    /// Where in it.
    pub(crate) offset: u64,
}

impl StreamFiles {
    /// The files of a stream, in order of their numbers.
    pub(crate) fn new(folder: Folder, stream: StreamId, parts: Vec<FilePart>) -> Self {
        Self {
            folder,
            stream,
            parts,
            open: None,
            unpacked: None,
            #[cfg(test)]
            bytes_read: 0,
        }
    }

    /// Keeps unpacked files there as long as they are read.
    pub(crate) fn keeping(mut self, unpacked: Option<Arc<TempDir>>) -> Self {
        self.unpacked = unpacked;
        self
    }

    /// The folder it lies in.
    pub(crate) fn folder(&self) -> Folder {
        self.folder
    }

    /// The stream.
    pub(crate) fn stream(&self) -> StreamId {
        self.stream
    }

    /// Its files, in order.
    pub(crate) fn parts(&self) -> &[FilePart] {
        &self.parts
    }

    /// The number of a file.
    pub(crate) fn number(&self, part: usize) -> u32 {
        self.parts.get(part).map_or(0, |part| part.number)
    }

    /// How long a file is.
    pub(crate) fn length(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.length)
    }

    /// Before the first line.
    pub(crate) fn beginning() -> FilePosition {
        FilePosition { part: 0, offset: 0 }
    }

    /// After the last line.
    pub(crate) fn end(&self) -> FilePosition {
        FilePosition {
            part: self.parts.len(),
            offset: 0,
        }
    }

    /// The bytes between two places.
    pub(crate) fn distance(&self, from: FilePosition, to: FilePosition) -> u64 {
        let before = |spot: FilePosition| {
            let parts = self.parts.iter().take(spot.part);
            parts.map(|part| part.length).sum::<u64>() + spot.offset
        };
        before(to).saturating_sub(before(from))
    }

    /// Leaves out an unfinished last line, which whoever follows the file will read.
    pub(crate) fn leave_out_unfinished(&mut self) -> io::Result<()> {
        let Some(last) = self.parts.len().checked_sub(1) else {
            return Ok(());
        };
        let length = self.length(last);
        let mut from = length;
        while from > 0 && length - from < LONGEST_PROBE as u64 {
            let start = from.saturating_sub(PROBE as u64);
            let block = self.read(last, start, from - start)?;
            if let Some(end) = memchr::memrchr(b'\n', &block) {
                self.parts[last].length = start + end as u64 + 1;
                return Ok(());
            }
            from = start;
        }
        if from == 0 {
            self.parts[last].length = 0;
        }
        Ok(())
    }

    /// So many bytes of a file, or fewer where it ends.
    pub(crate) fn read(&mut self, part: usize, offset: u64, bytes: u64) -> io::Result<Vec<u8>> {
        let Some(found) = self.parts.get(part) else {
            return Ok(Vec::new());
        };
        let bytes = bytes.min(found.length.saturating_sub(offset));
        let file = match &mut self.open {
            Some((open, file)) if *open == part => file,
            open => &mut open.insert((part, open_file(&found.path)?)).1,
        };
        let mut block = vec![0; usize::try_from(bytes).unwrap_or(usize::MAX)];
        let length = read_at(file, &mut block, offset)?;
        block.truncate(length);
        #[cfg(test)]
        {
            self.bytes_read += length as u64;
        }
        Ok(block)
    }

    /// What to call it in messages.
    pub(crate) fn name(&self) -> String {
        let first = self.parts.first().and_then(|part| part.path.file_name());
        format!("{}/{}", self.folder, first.unwrap_or_default().display())
    }

    /// What dates the lines from `spot` on, as if everything before had been read.
    pub(crate) fn dater(
        &mut self,
        spot: FilePosition,
        timestamps: &TimestampReader,
    ) -> io::Result<LineDater> {
        let mut dater = LineDater::new(self.folder, self.stream, timestamps);
        // The file, and the files before it as far as it takes.
        let (mut part, mut end, mut wanted) = (spot.part, spot.offset, WARM as u64);
        let mut blocks = Vec::new();
        loop {
            let start = end.saturating_sub(wanted);
            let block = self.read(part, start, end - start)?;
            wanted -= end - start;
            blocks.push((block, start > 0));
            if wanted == 0 || part == 0 {
                break;
            }
            part -= 1;
            end = self.length(part);
        }
        for (block, is_torn) in blocks.iter().rev() {
            let mut rest = &block[..];
            if *is_torn {
                rest = memchr::memchr(b'\n', rest).map_or(&[][..], |end| &rest[end + 1..]);
            }
            for line in lines(rest) {
                dater.see(line, timestamps);
            }
        }
        Ok(dater)
    }

    /// The times of the first and the last line with a stamp.
    pub(crate) fn extent(
        &mut self,
        timestamps: &TimestampReader,
    ) -> io::Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
        let mut dater = LineDater::new(self.folder, self.stream, timestamps);
        let first = self.stamped(0, 0, self.length(0), &mut dater, timestamps)?;
        let last = self.dater(self.end(), timestamps)?.latest();
        Ok(first.map(|(_, first)| (first, last.max(first))))
    }

    /// Where the first line of this time or later begins, by its own stamp or that of a line before.
    pub(crate) fn seek(
        &mut self,
        instant: DateTime<Utc>,
        timestamps: &TimestampReader,
    ) -> io::Result<FilePosition> {
        let mut dater = LineDater::new(self.folder, self.stream, timestamps);
        if instant <= dater.latest() {
            return Ok(Self::beginning());
        }
        let (mut first, mut after) = (0, self.parts.len());
        while first < after {
            let middle = usize::midpoint(first, after);
            let begin = self.stamped(middle, 0, self.length(middle), &mut dater, timestamps)?;
            if begin.is_some_and(|(_, begin)| begin < instant) {
                first = middle + 1;
            } else {
                after = middle;
            }
        }
        let Some(part) = first.checked_sub(1) else {
            // Nothing is earlier but lines without a stamp before the first one with one.
            return self.first_from(Self::beginning(), instant, &mut dater, timestamps);
        };
        let (mut low, mut high) = (0, self.length(part));
        while high - low > NEAR {
            let middle = u64::midpoint(low, high);
            match self.stamped(part, middle, high, &mut dater, timestamps)? {
                Some((start, found)) if found < instant => low = start,
                _ => high = middle,
            }
        }
        let spot = self.line_before(FilePosition { part, offset: low })?;
        self.first_from(spot, instant, &mut dater, timestamps)
    }

    /// The place of the line with this sequence, if there is one.
    pub(crate) fn spot(&mut self, sequence: u64) -> io::Result<Option<FilePosition>> {
        let (number, offset) = part_and_offset(sequence);
        let part = self.parts.iter().position(|part| part.number == number);
        let Some(part) = part.filter(|part| offset < self.length(*part)) else {
            return Ok(None);
        };
        let is_start = offset == 0 || self.read(part, offset - 1, 1)? == b"\n";
        Ok(is_start.then_some(FilePosition { part, offset }))
    }

    /// The first line with a stamp that begins in this range, and its time. A line that begins
    /// before the range is none of it.
    fn stamped(
        &mut self,
        part: usize,
        from: u64,
        to: u64,
        dater: &mut LineDater,
        timestamps: &TimestampReader,
    ) -> io::Result<Option<(u64, DateTime<Utc>)>> {
        let mut start = from;
        let mut is_start = from == 0;
        let mut carry: Vec<u8> = Vec::new();
        let mut at = from;
        while at < to && at - from < LONGEST_PROBE as u64 {
            let block = self.read(part, at, PROBE as u64)?;
            if block.is_empty() {
                break;
            }
            at += block.len() as u64;
            carry.extend_from_slice(&block);
            let mut rest = &carry[..];
            while let Some(end) = memchr::memchr(b'\n', rest) {
                if is_start
                    && start < to
                    && let Some(found) = dater.stamp(&rest[..end], timestamps)
                {
                    return Ok(Some((start, found)));
                }
                is_start = true;
                start += end as u64 + 1;
                rest = &rest[end + 1..];
            }
            // The last line may lack its end; its stamp is at its beginning.
            let is_last = at >= self.length(part);
            if is_start
                && start < to
                && (is_last || rest.len() >= PROBE)
                && let Some(found) = dater.stamp(rest, timestamps)
            {
                return Ok(Some((start, found)));
            }
            carry = rest.to_vec();
            if !is_start {
                start += carry.len() as u64;
                carry.clear();
            }
        }
        Ok(None)
    }

    /// The start of a line that lies some way before a place, in the files before it if need be: a
    /// stamp may go back from one file to the next as well.
    fn line_before(&mut self, spot: FilePosition) -> io::Result<FilePosition> {
        let (mut part, mut end, mut left) = (spot.part, spot.offset, NEAR);
        while end < left && part > 0 {
            left -= end;
            part -= 1;
            end = self.length(part);
        }
        let offset = self.line_start(part, end.saturating_sub(left))?;
        Ok(FilePosition { part, offset })
    }

    /// The start of the line that lies at `offset`.
    fn line_start(&mut self, part: usize, offset: u64) -> io::Result<u64> {
        let mut end = offset;
        while end > 0 && offset - end < LONGEST_PROBE as u64 {
            let start = end.saturating_sub(PROBE as u64);
            let block = self.read(part, start, end - start)?;
            if let Some(found) = memchr::memrchr(b'\n', &block) {
                return Ok(start + found as u64 + 1);
            }
            end = start;
        }
        Ok(end)
    }

    /// The first line from `spot` on whose stamp is of this time or later.
    fn first_from(
        &mut self,
        spot: FilePosition,
        instant: DateTime<Utc>,
        dater: &mut LineDater,
        timestamps: &TimestampReader,
    ) -> io::Result<FilePosition> {
        let mut offset = spot.offset;
        for part in spot.part..self.parts.len() {
            let mut is_start = true;
            let mut at = std::mem::take(&mut offset);
            while at < self.length(part) {
                let block = self.read(part, at, NEAR)?;
                let is_last = at + block.len() as u64 >= self.length(part);
                let whole = match memchr::memrchr(b'\n', &block) {
                    _ if is_last => block.len(),
                    Some(end) => end + 1,
                    // A line longer than the block: its stamp is at its beginning.
                    None => block.len(),
                };
                if whole == 0 {
                    break;
                }
                let mut start = at;
                for line in lines(&block[..whole]) {
                    let is_late = |found| found >= instant;
                    if is_start && dater.stamp(line, timestamps).is_some_and(is_late) {
                        return Ok(FilePosition {
                            part,
                            offset: start,
                        });
                    }
                    is_start = true;
                    start += line.len() as u64 + 1;
                }
                is_start = block[whole - 1] == b'\n';
                at += whole as u64;
            }
        }
        Ok(self.end())
    }
}

/// The lines of a block, without their ends; the last may lack its end.
pub(crate) fn lines(mut block: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if block.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', block).unwrap_or(block.len());
        let line = &block[..end];
        block = block.get(end + 1..).unwrap_or_default();
        Some(line)
    })
}
