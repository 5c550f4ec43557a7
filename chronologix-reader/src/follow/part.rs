//! Reads the records of one file as it grows.

use std::{io, path::PathBuf, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::FileHeader;

use super::{
    copies::hash_of_bytes,
    cursor::FileProgress,
    file_bytes::{HASHED, has_bytes, hash_at, head_of, lines_before},
};
use crate::{
    formats::{LineFormat, behind_hole},
    log_record::{LogRecord, RecordOrigin},
    tree::{
        Identity, LONGEST_PRINTED, LineDater, LinePlace, OpenFile, TimestampReader, file_state,
        header::header_in, open_file, plain_state, read_at,
    },
};

/// How many bytes are read at once.
const BLOCK: usize = if cfg!(test) { 1 << 10 } else { 256 << 10 };

/// A record that more lines may follow is whole if its file has not grown for this long.
const REST: TimeDelta = TimeDelta::milliseconds(200);

/// A file of a stream.
#[derive(Debug)]
pub(super) struct PartTail {
    pub(super) number: u32,
    pub(super) path: PathBuf,
    pub(super) origin: Arc<RecordOrigin>,
    /// `None` before it is first read, and if descriptors are needed elsewhere.
    file: Option<OpenFile>,
    identity: Option<Identity>,
    /// Behind the last record that was taken.
    offset: u64,
    /// Up to here, its records may be taken. Copies beyond may have no original yet.
    visible: u64,
    /// When it was first seen with this length.
    grown: DateTime<Utc>,
    /// When it was written last.
    modified: Option<DateTime<Utc>>,
    /// Bytes of the file, from some before the offset on.
    block: Arc<Vec<u8>>,
    /// Where they stand in the file.
    block_at: u64,
    /// A hash of the bytes before an offset.
    hash: (u64, u64),
    /// Whether its first line was looked at, which may say that lines are repeated.
    pub(super) is_checked: bool,
    /// Whether all of it was read before it was compressed.
    is_complete: bool,
}

/// The next record of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct NextRecord {
    /// Where it begins.
    start: u64,
    /// The end of its first line.
    first_end: u64,
    /// Its end, without the line end.
    end: u64,
    /// Where the next record begins.
    next: u64,
    /// The time of its line.
    pub(super) own: Option<DateTime<Utc>>,
    /// The latest time up to it, by which streams are merged.
    pub(super) latest: DateTime<Utc>,
    format: Option<LineFormat>,
}

/// What became of a file.
#[derive(Debug)]
pub(super) enum Look {
    /// It is there, and may have grown.
    Same,
    /// It was cut, below what was read of it.
    Cut {
        /// Its length now.
        length: u64,
    },
    /// It is another file. So many bytes of the old one were not read.
    Replaced { lost: u64 },
    /// It is not there.
    Gone,
}

/// How the end of a record is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordEnds {
    /// Lines that begin with a tab continue a record. If not, the formats of other programs tell.
    pub(super) is_own: bool,
    /// Records of the stream have had more than one line.
    pub(super) are_continued: bool,
    /// The file will not grow. What is there is a line.
    pub(super) is_final: bool,
}

impl PartTail {
    /// A file that was read up to here.
    pub(super) fn new(
        number: u32,
        path: PathBuf,
        origin: Arc<RecordOrigin>,
        read: Option<FileProgress>,
    ) -> Self {
        let (offset, hash) = read.map_or((0, 0), |read| (read.offset, read.hash));
        Self {
            number,
            path,
            origin,
            file: None,
            identity: None,
            offset,
            visible: offset,
            grown: DateTime::UNIX_EPOCH,
            modified: None,
            block: Arc::default(),
            block_at: offset,
            hash: (offset, hash),
            is_checked: offset > 0,
            is_complete: false,
        }
    }

    /// Reads what is in an open file now.
    pub(super) fn read_from(&mut self, content: OpenFile) -> io::Result<()> {
        self.visible = content.state()?.length;
        self.file = Some(content);
        Ok(())
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns how many bytes are known to be there and were not read.
    pub(super) fn unread(&self) -> u64 {
        self.visible.saturating_sub(self.offset)
    }

    /// Returns when it was written last.
    pub(super) fn modified(&self) -> Option<DateTime<Utc>> {
        self.modified
    }

    pub(super) fn is_open(&self) -> bool {
        self.file.is_some()
    }

    /// Closes the file, until there is more to read.
    pub(super) fn close(&mut self) {
        if self.file.is_some() {
            // Its name may be gone when the cursor needs it. What fails now is tried again then.
            let _ = self.hash_before();
        }
        self.file = None;
        self.block = Arc::default();
        self.block_at = self.offset;
    }

    /// Goes on elsewhere.
    pub(super) fn begin_at(&mut self, offset: u64) {
        self.offset = offset;
        self.hash = (0, 0);
        self.block = Arc::default();
        self.block_at = offset;
        self.is_checked = true;
    }

    /// Goes on behind the last line that is whole.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(super) fn skip_to_end(&mut self) -> io::Result<()> {
        let mut end = self.visible;
        while end > self.offset {
            let begin = end.saturating_sub(BLOCK as u64).max(self.offset);
            let mut block = vec![0; usize::try_from(end - begin).unwrap_or(BLOCK)];
            let file = self.file.as_ref();
            let length = file.map_or(Ok(0), |file| read_at(file, &mut block, begin))?;
            if let Some(at) = memchr::memrchr(b'\n', &block[..length]) {
                self.begin_at(begin + at as u64 + 1);
                break;
            }
            end = begin;
        }
        Ok(())
    }

    /// Returns the whole lines before the offset, at most so many bytes.
    pub(super) fn last_lines(&self, bytes: u64) -> io::Result<Vec<u8>> {
        let file = self.file.as_ref();
        file.map_or(Ok(Vec::new()), |file| {
            lines_before(file, self.offset, bytes)
        })
    }

    /// Begins again with another file.
    fn reset(&mut self) {
        self.begin_at(0);
        (self.file, self.identity) = (None, None);
        self.is_checked = false;
        self.is_complete = false;
    }

    /// Looks at what is there.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(super) fn look(&mut self, is_packed: bool, now: DateTime<Utc>) -> io::Result<Look> {
        if is_packed && self.is_complete {
            return Ok(Look::Same);
        }
        let is_plain = self.file.as_ref().is_none_or(OpenFile::is_plain) && !is_packed;
        let found = if is_plain {
            plain_state(&self.path)
        } else if is_packed && self.has_all() {
            // All was read before it was compressed: nothing has to be unpacked.
            self.is_complete = true;
            return Ok(Look::Same);
        } else {
            file_state(&self.path).map(|(state, _)| state)
        };
        let found = match found {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.see_open();
                return Ok(Look::Gone);
            }
            Err(error) => return Err(error),
        };
        self.modified = found.modified;
        if self.identity == Some(found.identity) {
            if found.length < self.offset {
                return Ok(Look::Cut {
                    length: found.length,
                });
            }
            if found.length > self.visible && !self.has_same_bytes()? {
                // It was cut, and is longer again.
                self.cut_to(0, found.length, now);
                return Ok(Look::Replaced { lost: 0 });
            }
            self.see(found.length, now);
            return Ok(Look::Same);
        }
        if self.see_open() {
            // The rest of the old file first.
            return Ok(Look::Same);
        }
        if found.length == 0 && self.offset == 0 {
            return Ok(Look::Same);
        }
        self.change_file(now)
    }

    /// Takes the file that has the path now. It is the same if it has what was read.
    fn change_file(&mut self, now: DateTime<Utc>) -> io::Result<Look> {
        let hash = self.hash_before()?;
        let file = open_file(&self.path)?;
        let state = file.state()?;
        let lost = if self.identity.is_some() {
            self.unread()
        } else {
            0
        };
        let was_read = self.offset > 0;
        let head = head_of(&file)?;
        // A header is skipped when all of it is there.
        let has_header = FileHeader::begins(&head);
        let begin = if has_header { 0 } else { file.mark() };
        if self.number > 0 && self.offset > 0 {
            // What follows a header may say that lines are repeated.
            self.is_checked &= header_in(&head) != usize::try_from(self.offset).ok();
        }
        let is_same = self.offset <= state.length
            && (self.offset == 0 || hash_at(&file, self.offset)? == hash);
        if !is_same {
            self.reset();
        }
        self.file = Some(file);
        self.identity = Some(state.identity);
        self.block = Arc::default();
        self.block_at = self.offset;
        self.offset = self.offset.max(begin.min(state.length));
        self.see(state.length, now);
        Ok(if is_same || !was_read {
            Look::Same
        } else {
            Look::Replaced { lost }
        })
    }

    /// Goes on in a file that was cut, and has this length now.
    pub(super) fn cut_to(&mut self, offset: u64, length: u64, now: DateTime<Utc>) {
        self.begin_at(offset);
        self.see(length, now);
    }

    fn see(&mut self, length: u64, now: DateTime<Utc>) {
        if self.visible != length {
            (self.visible, self.grown) = (length, now);
        }
    }

    /// Looks at the open file, whatever has its path. Returns whether it has grown.
    fn see_open(&mut self) -> bool {
        let Some(Ok(state)) = self.file.as_ref().map(OpenFile::state) else {
            return false;
        };
        let has_grown = state.length > self.visible;
        self.visible = self.visible.max(state.length);
        has_grown || self.has_line()
    }

    /// Returns whether the open file still has the bytes that were read last.
    fn has_same_bytes(&mut self) -> io::Result<bool> {
        if self.offset == 0 || self.hash.0 != self.offset && self.block.is_empty() {
            return Ok(true);
        }
        let known = self.hash_before()?;
        let file = self.file.as_ref();
        file.map_or(Ok(true), |file| Ok(hash_at(file, self.offset)? == known))
    }

    /// Returns whether a whole line is there and was not taken.
    fn has_line(&mut self) -> bool {
        matches!(self.line_end(0), Ok(Some(_)))
    }

    /// Returns whether the open file was read to its end.
    fn has_all(&self) -> bool {
        let state = self.file.as_ref().map(OpenFile::state);
        state.is_some_and(|state| state.is_ok_and(|state| state.length == self.offset))
    }

    /// Returns how much was read, to be kept.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(super) fn progress(&mut self) -> io::Result<FileProgress> {
        Ok(FileProgress {
            number: self.number,
            offset: self.offset,
            hash: self.hash_before()?,
            length: self.visible.max(self.offset),
        })
    }

    /// Returns a hash of the bytes before the offset.
    fn hash_before(&mut self) -> io::Result<u64> {
        let before = self.offset.min(HASHED);
        if before == 0 {
            return Ok(0);
        }
        if self.hash.0 != self.offset {
            let end = usize::try_from(self.offset - self.block_at).unwrap_or(usize::MAX);
            let in_block = end.checked_sub(usize::try_from(before).unwrap_or(0));
            let known = in_block.and_then(|begin| self.block.get(begin..end));
            let hash = match (known, &self.file) {
                (Some(bytes), _) => hash_of_bytes(bytes),
                (None, Some(file)) => hash_at(file, self.offset)?,
                (None, None) => hash_at(&open_file(&self.path)?, self.offset)?,
            };
            self.hash = (self.offset, hash);
        }
        Ok(self.hash.1)
    }

    /// Returns the last bytes before the offset, at most as many.
    pub(super) fn bytes_before(&self, length: u64) -> Option<Vec<u8>> {
        let length = usize::try_from(length.min(HASHED)).ok()?;
        let end = usize::try_from(self.offset.checked_sub(self.block_at)?).ok()?;
        Some(self.block.get(end.checked_sub(length)?..end)?.to_vec())
    }

    /// Returns whether these bytes end at an offset of this file.
    pub(super) fn has_bytes(&self, bytes: &[u8], end: u64) -> io::Result<bool> {
        has_bytes(&open_file(&self.path)?, bytes, end)
    }

    /// Returns the first line behind the offset, if all of it is there.
    pub(super) fn first_line(&mut self) -> io::Result<Option<String>> {
        let end = self.line_end(0)?;
        Ok(end.map(|end| String::from_utf8_lossy(&self.block[self.at()..end]).into_owned()))
    }

    /// Returns where the offset is in the block.
    fn at(&self) -> usize {
        self.in_block(self.offset)
    }

    fn in_block(&self, offset: u64) -> usize {
        usize::try_from(offset - self.block_at).unwrap_or(0)
    }

    fn block_end(&self) -> u64 {
        self.block_at + self.block.len() as u64
    }

    /// Returns the end in the block of the line that begins at so many bytes behind the offset.
    /// Reads more of the file if necessary.
    fn line_end(&mut self, behind: usize) -> io::Result<Option<usize>> {
        loop {
            let from = self.at() + behind;
            if let Some(rest) = self.block.get(from..)
                && let Some(end) = memchr::memchr(b'\n', rest)
            {
                // What was read further than may be taken is left for later.
                let is_visible = self.block_at + ((from + end) as u64) < self.visible;
                return Ok(is_visible.then_some(from + end));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads more from the offset on than is in the block. Returns whether there was more.
    fn fill(&mut self) -> io::Result<bool> {
        if self.block_end() >= self.visible {
            return Ok(false);
        }
        let had = usize::try_from(self.block_end().saturating_sub(self.offset)).unwrap_or(0);
        if had >= LONGEST_PRINTED {
            return Ok(false);
        }
        if self.file.is_none() {
            self.file = Some(open_file(&self.path)?);
        }
        let Some(file) = &self.file else {
            return Ok(false);
        };
        let begin = self.offset - self.offset.min(HASHED);
        let wanted = (had * 2).max(BLOCK) as u64;
        let length = wanted.min(self.visible - begin);
        let mut block = vec![0; usize::try_from(length).unwrap_or(BLOCK)];
        let length = read_at(file, &mut block, begin)?;
        block.truncate(length);
        let end = begin + length as u64;
        let has_more = end > self.block_end();
        if !has_more {
            // It was cut meanwhile.
            self.visible = self.visible.min(end.max(self.offset));
            return Ok(false);
        }
        (self.block, self.block_at) = (Arc::new(block), begin);
        Ok(true)
    }

    /// Returns the next record. `None` if there is none yet.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(super) fn next(
        &mut self,
        ends: &mut RecordEnds,
        dater: &mut LineDater,
        timestamps: &TimestampReader,
        now: DateTime<Utc>,
    ) -> io::Result<Option<NextRecord>> {
        loop {
            if self.unread() == 0 {
                return Ok(None);
            }
            let found = self.line_end(0)?;
            let at = self.at();
            let rest = self.block.get(at..).unwrap_or_default();
            let is_long = rest.len() >= LONGEST_PRINTED;
            let end = match found {
                Some(end) => end,
                None if (is_long || ends.is_final) && !rest.is_empty() => {
                    at + rest.len().min(LONGEST_PRINTED)
                }
                None => return Ok(None),
            };
            let line = &self.block[at..end];
            let start = at + line.len() - behind_hole(line).len();
            let is_empty = start == end || &self.block[start..end] == b"\r";
            if is_empty && ends.is_own {
                self.offset = self.block_at + end as u64 + u64::from(found.is_some());
                continue;
            }
            let first = end - at;
            let last = match found {
                Some(_) => self.record_end(first, ends, dater, timestamps, now)?,
                None => Some(first),
            };
            let Some(last) = last else {
                return Ok(None);
            };
            // The block may be another one by now.
            let at = self.at();
            let (start, first_end, end) = (at + (start - (end - first)), at + first, at + last);
            let place = LinePlace {
                part: self.number,
                at: self.block_at + start as u64,
            };
            let (line, _) = dater.pass(&self.block[start..first_end], place, timestamps);
            let has_line_end = self.block.get(end) == Some(&b'\n');
            return Ok(Some(NextRecord {
                start: place.at,
                first_end: self.block_at + first_end as u64,
                end: self.block_at + end as u64,
                next: self.block_at + end as u64 + u64::from(has_line_end),
                own: line.own,
                latest: dater.latest(),
                format: line.format,
            }));
        }
    }

    /// Returns the end of a record whose first line has this length, as bytes behind the offset.
    /// `None` if more of it may come.
    fn record_end(
        &mut self,
        first: usize,
        ends: &mut RecordEnds,
        dater: &mut LineDater,
        timestamps: &TimestampReader,
        now: DateTime<Utc>,
    ) -> io::Result<Option<usize>> {
        let mut end = first;
        loop {
            let behind = end + 1;
            let at = self.at();
            if self.offset + behind as u64 >= self.visible {
                // What continues it may be on its way.
                let is_whole = !ends.are_continued || ends.is_final || now - self.grown >= REST;
                return Ok(is_whole.then_some(end));
            }
            if self.block.len() <= at + behind {
                if end >= LONGEST_PRINTED || !self.fill()? {
                    return Ok(Some(end));
                }
                continue;
            }
            let begins_with_tab = self.block[at + behind] == b'\t';
            if ends.is_own && !begins_with_tab {
                return Ok(Some(end));
            }
            let next = self.line_end(behind)?;
            let at = self.at();
            let next_end = match next {
                Some(next) => next - at,
                None if ends.is_final => self.block.len() - at,
                None if end >= LONGEST_PRINTED => return Ok(Some(end)),
                None => return Ok(None),
            };
            if !ends.is_own {
                let place = LinePlace {
                    part: self.number,
                    at: self.offset + behind as u64,
                };
                let line = &self.block[at + behind..at + next_end];
                if dater.begins_record(line, place, timestamps) {
                    return Ok(Some(end));
                }
            }
            ends.are_continued = true;
            end = next_end;
            if end >= LONGEST_PRINTED {
                return Ok(Some(end));
            }
        }
    }

    /// Returns the first line of the next record.
    pub(super) fn line(&self, next: &NextRecord) -> &[u8] {
        &self.block[self.in_block(next.start)..self.in_block(next.first_end)]
    }

    /// Moves behind the next record.
    pub(super) fn skip(&mut self, next: &NextRecord) {
        self.offset = next.next;
    }

    /// Takes the next record.
    pub(super) fn take(&mut self, next: &NextRecord) -> LogRecord {
        let range = self.in_block(next.start)..self.in_block(next.end);
        self.offset = next.next;
        LogRecord::new(
            Arc::clone(&self.origin),
            (Arc::clone(&self.block), range),
            next.start,
            (next.own, next.format),
        )
    }
}
