//! The files of one stream in one folder, as one sequence of lines that can be read at any
//! position.

use std::{
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use crate::{
    line::part_and_offset,
    streams::StreamId,
    tree::{
        LineDater, LinePlace, OpenFile, TimestampReader, open_file, read_at, shown_file_name,
        take_trouble,
    },
};

#[cfg(test)]
mod tests;

// Small in tests, so that they meet the edges of blocks often.

/// The size of a read that looks for a timestamp or a line end.
const PROBE: usize = if cfg!(test) { 64 } else { 8 << 10 };

/// Lines longer than this are not searched for their end when seeking a time.
const LONGEST_PROBE: usize = if cfg!(test) { 1 << 10 } else { 4 << 20 };

/// The binary search ends when this many bytes are left, and the rest is read line by line. As many
/// bytes before them are read as well, because timestamps can go back by a moment.
const NEAR: u64 = if cfg!(test) { 256 } else { 32 << 10 };

/// Bytes before a position that are read to know its time.
pub(crate) const WARM: usize = if cfg!(test) { 256 } else { 64 << 10 };

/// The files of a stream in a folder.
#[derive(Debug)]
pub(crate) struct StreamFiles {
    folder: Folder,
    stream: StreamId,
    parts: Vec<FilePart>,
    /// Whether a file is closed after each read.
    is_closing: bool,
    /// The file that was read last, with its index in `parts`.
    open: Option<(usize, OpenFile)>,
    /// Bytes read, to test how few they are.
    #[cfg(test)]
    pub(crate) bytes_read: u64,
}

/// A file of the stream.
#[derive(Debug)]
pub(crate) struct FilePart {
    /// 0 for `app.log`, 1 for `app.1.log`.
    pub number: u32,
    /// Its path.
    pub path: PathBuf,
    /// Where its lines begin. Those before stand in an earlier file.
    pub begin: u64,
    /// The number of bytes to read, with those before.
    pub length: u64,
}

/// A position in the files of a stream. The end of a file is the same position as the start of the
/// next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FilePosition {
    /// The index of the file.
    pub part: usize,
    /// The offset in it.
    pub offset: u64,
}

/// Returns the file of a part. Opens it if another one is open.
fn opened<'a>(
    open: &'a mut Option<(usize, OpenFile)>,
    part: usize,
    found: &FilePart,
) -> io::Result<&'a OpenFile> {
    if open.as_ref().is_none_or(|(index, _)| *index != part) {
        *open = Some((part, open_file(&found.path)?));
    }
    open.as_ref()
        .map(|(_, file)| file)
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Returns the name of a file for messages: with its folder, if that is an interval folder.
pub(super) fn name_in_messages(folder: Folder, path: &Path) -> String {
    let name = shown_file_name(path);
    let parent = path.parent().and_then(Path::file_name);
    let folder = folder.name();
    let is_inside = parent.is_some_and(|parent| {
        let parent = parent.to_string_lossy();
        parent.starts_with(&folder)
    });
    if is_inside {
        format!("{folder}/{name}")
    } else {
        name
    }
}

impl StreamFiles {
    /// The files must be in the order of their numbers.
    pub(crate) fn new(folder: Folder, stream: StreamId, parts: Vec<FilePart>) -> Self {
        Self {
            folder,
            stream,
            parts,
            is_closing: false,
            open: None,
            #[cfg(test)]
            bytes_read: 0,
        }
    }

    /// Closes files after each read, where too many would be open.
    pub(crate) fn close_after_reads(&mut self) {
        self.is_closing = true;
    }

    /// Returns the folder.
    pub(crate) fn folder(&self) -> Folder {
        self.folder
    }

    /// Returns the stream.
    pub(crate) fn stream(&self) -> StreamId {
        self.stream
    }

    /// Returns the files, in order.
    pub(crate) fn parts(&self) -> &[FilePart] {
        &self.parts
    }

    /// Returns the number of a file.
    pub(crate) fn number(&self, part: usize) -> u32 {
        self.parts.get(part).map_or(0, |part| part.number)
    }

    /// Returns where the lines of a file begin.
    pub(crate) fn begin(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.begin)
    }

    /// Returns the length of a file.
    pub(crate) fn length(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.length)
    }

    /// Returns the position before the first line.
    pub(crate) fn beginning() -> FilePosition {
        FilePosition { part: 0, offset: 0 }
    }

    /// Returns the position after the last line.
    pub(crate) fn end(&self) -> FilePosition {
        FilePosition {
            part: self.parts.len(),
            offset: 0,
        }
    }

    /// Returns the number of bytes between two positions.
    pub(crate) fn distance(&self, from: FilePosition, to: FilePosition) -> u64 {
        let before = |position: FilePosition| {
            let parts = self.parts.iter().take(position.part);
            parts.map(|part| part.length).sum::<u64>() + position.offset
        };
        before(to).saturating_sub(before(from))
    }

    /// Excludes an unfinished last line, which the follower will read.
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

    /// Reads up to `bytes` bytes of a file.
    pub(crate) fn read(&mut self, part: usize, offset: u64, bytes: u64) -> io::Result<Vec<u8>> {
        let Some(found) = self.parts.get(part) else {
            return Ok(Vec::new());
        };
        let bytes = bytes.min(found.length.saturating_sub(offset));
        let file = opened(&mut self.open, part, found)?;
        let mut block = vec![0; usize::try_from(bytes).unwrap_or(usize::MAX)];
        let length = read_at(file, &mut block, offset)?;
        block.truncate(length);
        if self.is_closing {
            self.open = None;
        }
        #[cfg(test)]
        {
            self.bytes_read += length as u64;
        }
        Ok(block)
    }

    /// Returns an offset about in the middle between two, and fast to read.
    fn middle(&mut self, part: usize, low: u64, high: u64) -> io::Result<u64> {
        let middle = u64::midpoint(low, high);
        let Some(found) = self.parts.get(part) else {
            return Ok(middle);
        };
        let fastest = opened(&mut self.open, part, found)?.fastest_before(middle);
        Ok(if fastest > low { fastest } else { middle })
    }

    /// Returns the name for messages.
    pub(crate) fn name(&self) -> String {
        let first = self.parts.first();
        first.map_or_else(String::new, |part| {
            name_in_messages(self.folder, &part.path)
        })
    }

    /// Returns what was wrong when the files were unpacked. Tells it once.
    pub(crate) fn troubles(&self) -> impl Iterator<Item = String> {
        self.parts.iter().filter_map(|part| {
            let trouble = take_trouble(&part.path)?;
            let name = name_in_messages(self.folder, &part.path);
            Some(format!("{name} {trouble}"))
        })
    }

    /// Returns a dater for the lines from `position` on, as if everything before had been read.
    pub(crate) fn dater(
        &mut self,
        position: FilePosition,
        timestamps: &TimestampReader,
    ) -> io::Result<LineDater> {
        let mut dater = LineDater::new(self.folder, self.stream, timestamps);
        // Reads the file before the position, and earlier files as far as needed.
        let (mut part, mut end, mut wanted) = (position.part, position.offset, WARM as u64);
        let mut blocks = Vec::new();
        loop {
            let start = end.saturating_sub(wanted);
            let block = self.read(part, start, end - start)?;
            wanted -= end - start;
            blocks.push((block, part, start));
            if wanted == 0 || part == 0 {
                break;
            }
            part -= 1;
            end = self.length(part);
        }
        for (block, part, start) in blocks.iter().rev() {
            let mut rest = &block[..];
            if *start > 0 {
                rest = memchr::memchr(b'\n', rest).map_or(&[][..], |end| &rest[end + 1..]);
            }
            let mut place = LinePlace {
                part: self.number(*part),
                at: *start + (block.len() - rest.len()) as u64,
            };
            for line in lines(rest) {
                dater.see(line, place, timestamps);
                place.at += line.len() as u64 + 1;
            }
        }
        Ok(dater)
    }

    /// Returns the times of the first and the last line with a timestamp.
    pub(crate) fn extent(
        &mut self,
        timestamps: &TimestampReader,
    ) -> io::Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
        let mut dater = LineDater::new(self.folder, self.stream, timestamps);
        let first = self.stamped(0, 0, self.length(0), &mut dater, timestamps)?;
        let last = self.dater(self.end(), timestamps)?.latest();
        Ok(first.map(|(_, first)| (first, last.max(first))))
    }

    /// Returns the position of the first line of this time or later.
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
            let (begin, end) = (self.begin(middle), self.length(middle));
            let begin = self.stamped(middle, begin, end, &mut dater, timestamps)?;
            if begin.is_some_and(|(_, begin)| begin < instant) {
                first = middle + 1;
            } else {
                after = middle;
            }
        }
        let Some(part) = first.checked_sub(1) else {
            // Only lines without a timestamp can come before the first one with a timestamp.
            return self.first_from(Self::beginning(), instant, &mut dater, timestamps);
        };
        let (mut low, mut high) = (self.begin(part), self.length(part));
        while high - low > NEAR {
            let middle = self.middle(part, low, high)?;
            match self.stamped(part, middle, high, &mut dater, timestamps)? {
                Some((start, found)) if found < instant => low = start,
                _ => high = middle,
            }
        }
        let position = self.line_before(FilePosition { part, offset: low })?;
        self.first_from(position, instant, &mut dater, timestamps)
    }

    /// Returns the position of the line with this sequence, if there is one.
    pub(crate) fn position_of(&mut self, sequence: u64) -> io::Result<Option<FilePosition>> {
        let (number, offset) = part_and_offset(sequence);
        let part = self.parts.iter().position(|part| part.number == number);
        let Some(part) = part.filter(|part| offset < self.length(*part)) else {
            return Ok(None);
        };
        let is_start = offset <= self.begin(part) || self.read(part, offset - 1, 1)? == b"\n";
        Ok(is_start.then_some(FilePosition { part, offset }))
    }

    /// Returns the first line with a timestamp that begins in this range, and its time.
    fn stamped(
        &mut self,
        part: usize,
        from: u64,
        to: u64,
        dater: &mut LineDater,
        timestamps: &TimestampReader,
    ) -> io::Result<Option<(u64, DateTime<Utc>)>> {
        let number = self.number(part);
        let place = |at| LinePlace { part: number, at };
        let mut start = from;
        let mut is_start = from == self.begin(part);
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
                    && let Some(found) = dater.stamp(&rest[..end], place(start), timestamps)
                {
                    return Ok(Some((start, found)));
                }
                is_start = true;
                start += end as u64 + 1;
                rest = &rest[end + 1..];
            }
            // The last line may lack its end. Its timestamp is at its start.
            let is_last = at >= self.length(part);
            if is_start
                && start < to
                && (is_last || rest.len() >= PROBE)
                && let Some(found) = dater.stamp(rest, place(start), timestamps)
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

    /// Returns the start of a line some bytes before a position, in earlier files if necessary: a
    /// timestamp can also go back from one file to the next.
    fn line_before(&mut self, position: FilePosition) -> io::Result<FilePosition> {
        let (mut part, mut end, mut left) = (position.part, position.offset, NEAR);
        while end < left && part > 0 {
            left -= end;
            part -= 1;
            end = self.length(part);
        }
        let offset = self.line_start(part, end.saturating_sub(left))?;
        let offset = offset.max(self.begin(part));
        Ok(FilePosition { part, offset })
    }

    /// Returns the start of the line at `offset`.
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

    /// Returns the position of the first line from `position` on with a timestamp of this time or
    /// later.
    fn first_from(
        &mut self,
        position: FilePosition,
        instant: DateTime<Utc>,
        dater: &mut LineDater,
        timestamps: &TimestampReader,
    ) -> io::Result<FilePosition> {
        let mut offset = position.offset;
        for part in position.part..self.parts.len() {
            let mut is_start = true;
            let mut at = std::mem::take(&mut offset).max(self.begin(part));
            while at < self.length(part) {
                let block = self.read(part, at, NEAR)?;
                let is_last = at + block.len() as u64 >= self.length(part);
                let whole = match memchr::memrchr(b'\n', &block) {
                    _ if is_last => block.len(),
                    Some(end) => end + 1,
                    // A line longer than the block. Its timestamp is at its start.
                    None => block.len(),
                };
                if whole == 0 {
                    break;
                }
                let mut start = at;
                for line in lines(&block[..whole]) {
                    let is_late = |found| found >= instant;
                    let place = LinePlace {
                        part: self.number(part),
                        at: start,
                    };
                    if is_start && dater.stamp(line, place, timestamps).is_some_and(is_late) {
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

/// Returns the number of bytes of all streams.
pub(super) fn bytes_of(streams: &[StreamFiles]) -> u64 {
    let parts = streams.iter().flat_map(StreamFiles::parts);
    parts
        .map(|part| part.length.saturating_sub(part.begin))
        .sum()
}

/// Splits a block into lines without their ends. The last line may lack its end.
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
