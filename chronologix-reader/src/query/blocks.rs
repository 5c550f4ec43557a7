//! Reads a stream in one folder from a position on, in either direction, block by block.

use std::io;

use super::{
    filter::Filter,
    long_lines::shorten,
    request::Direction,
    scan::is_searched_as_is,
    stream_files::{FilePosition, StreamFiles, WARM, lines},
};
use crate::{
    line::{Key, LogLine, sequence},
    tree::{LONGEST_PRINTED, LineDater, LinePlace, Lines, TimestampReader},
};

#[cfg(test)]
mod tests;

// Small in tests, so that they meet the edges of blocks often.

/// The size of the first block. The size doubles after each block without a line that passes.
const LEAST: u64 = if cfg!(test) { 128 } else { 64 << 10 };

/// The largest block. Longer lines are skipped without being kept.
const MOST: u64 = if cfg!(test) { 512 } else { 1 << 20 };

/// The most bytes of a record that is filtered as a whole. The lines of a longer one are filtered
/// in parts.
const LONGEST_RECORD: usize = if cfg!(test) { 512 } else { 1 << 20 };

/// Reads a stream in one folder in one direction.
#[derive(Debug)]
pub(crate) struct Blocks {
    files: StreamFiles,
    direction: Direction,
    /// Everything up to here has been read.
    position: FilePosition,
    /// Dates the lines from `position` on. Only used for newer lines, and not set before the first.
    dater: Option<LineDater>,
    /// No line still to come lies on the other side of this key.
    reach: Key,
    /// Whether `position` is inside a line that is longer than a block.
    is_inside: bool,
    /// The size of the next block.
    size: u64,
    /// The most bytes of a line that are read.
    longest: usize,
    /// The most bytes of a line that are kept after it was filtered.
    kept: usize,
    /// Lines of a record whose other lines have not been read. Oldest first.
    held: Vec<LogLine>,
}

impl Blocks {
    /// Reads from `position` on.
    pub(crate) fn new(
        files: StreamFiles,
        direction: Direction,
        position: FilePosition,
        longest: usize,
    ) -> Self {
        let reach = match direction {
            Direction::Older => Key::last_of(files.folder()),
            Direction::Newer => Key::first_of(files.folder()),
        };
        Self {
            files,
            direction,
            position,
            dater: None,
            reach,
            is_inside: false,
            size: LEAST,
            longest,
            kept: longest,
            held: Vec::new(),
        }
    }

    /// Returns the files of the stream.
    pub(crate) fn files(&self) -> &StreamFiles {
        &self.files
    }

    /// Closes its file after each read.
    pub(crate) fn close_after_reads(&mut self) {
        self.files.close_after_reads();
    }

    /// Returns a key that no line still to come lies on the other side of.
    pub(crate) fn reach(&self) -> Key {
        self.reach
    }

    /// Reads one block. Returns the lines of its records that pass the filter, oldest first, or
    /// `None` at the end of the stream.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read.
    pub(crate) fn next(
        &mut self,
        filter: &Filter,
        timestamps: &TimestampReader,
    ) -> io::Result<Option<Vec<LogLine>>> {
        if filter.looked_for().next().is_some() {
            // What is looked for may stand anywhere in a line.
            self.longest = self.longest.max(LONGEST_PRINTED);
        }
        let mut lines = match self.direction {
            Direction::Older => self.older(filter, timestamps)?,
            Direction::Newer => self.newer(filter, timestamps)?,
        };
        for line in lines.iter_mut().flatten() {
            shorten(line, self.kept, filter);
        }
        if let Some(lines) = &lines {
            self.size = if lines.is_empty() {
                (self.size * 2).min(MOST).max(self.size)
            } else {
                LEAST
            };
        } else if !self.held.is_empty() {
            let mut last = wanted(std::mem::take(&mut self.held), filter);
            for line in &mut last {
                shorten(line, self.kept, filter);
            }
            return Ok(Some(last));
        }
        Ok(lines)
    }

    /// Returns the largest block that is read to get a long line as a whole.
    fn most(&self) -> u64 {
        MOST.max(self.longest as u64 + 1)
    }

    fn older(
        &mut self,
        filter: &Filter,
        timestamps: &TimestampReader,
    ) -> io::Result<Option<Vec<LogLine>>> {
        while self.position.offset <= self.files.begin(self.position.part) {
            let Some(part) = self.position.part.checked_sub(1) else {
                return Ok(None);
            };
            let offset = self.files.length(part);
            self.position = FilePosition { part, offset };
        }
        let (part, end) = (self.position.part, self.position.offset);
        let begin = self.files.begin(part);
        let start = end.saturating_sub(self.size).max(begin);
        let mut block = self.files.read(part, start, end - start)?;
        let Some((_, inner)) = block.split_last() else {
            // The file was truncated after it was opened.
            self.position.offset = 0;
            return Ok(Some(Vec::new()));
        };
        let first = if self.is_inside {
            // The block is inside a line longer than a block: find where it begins.
            memchr::memrchr(b'\n', &block).map(|end| end + 1)
        } else if start == begin {
            Some(0)
        } else {
            // The start of the first line is missing. The last byte ends a line, so no line begins
            // after it.
            memchr::memchr(b'\n', inner).map(|end| end + 1)
        };
        let first = match first {
            Some(first) => first,
            None if start == begin => 0,
            None if self.size < self.most() && !self.is_inside => {
                self.size = (self.size * 4).min(self.most());
                return Ok(Some(Vec::new()));
            }
            None => {
                (self.is_inside, self.position.offset) = (true, start);
                return Ok(Some(Vec::new()));
            }
        };
        let from = start + first as u64;
        if std::mem::take(&mut self.is_inside) {
            block = self.files.read(part, from, self.longest as u64 + 1)?;
            if let Some(end) = memchr::memchr(b'\n', &block) {
                block.truncate(end);
            }
        } else {
            block.drain(..first);
        }
        self.give(from, &block, filter, timestamps).map(Some)
    }

    /// Returns the lines of an older block that pass. The block begins at `from`.
    fn give(
        &mut self,
        from: u64,
        block: &[u8],
        filter: &Filter,
        timestamps: &TimestampReader,
    ) -> io::Result<Vec<LogLine>> {
        self.position.offset = from;
        let mut dater = self.files.dater(self.position, timestamps)?;
        let part = self.files.number(self.position.part);
        let first = lines(block).next().unwrap_or_default();
        let place = LinePlace { part, at: from };
        let is_whole = self.held.is_empty() && dater.begins_record(first, place, timestamps);
        if !is_whole || self.may_take(filter, block, timestamps) {
            let lines = self.cut(&mut dater, from, block, true, timestamps);
            let first = lines.first().map(|line| line.key);
            let found = self.records(lines, filter);
            let next = self.held.last().map(|line| line.key).or(first);
            self.reach = self.reach.min(next.unwrap_or(self.reach));
            return Ok(found);
        }
        dater.see(first, place, timestamps);
        let key = Key {
            folder: self.files.folder(),
            instant: dater.latest(),
            stream: self.files.stream(),
            sequence: sequence(part, from),
        };
        self.reach = self.reach.min(key);
        Ok(Vec::new())
    }

    fn newer(
        &mut self,
        filter: &Filter,
        timestamps: &TimestampReader,
    ) -> io::Result<Option<Vec<LogLine>>> {
        loop {
            let FilePosition { part, offset } = self.position;
            self.position.offset = offset.max(self.files.begin(part));
            if self.position.offset < self.files.length(part) {
                break;
            }
            if self.position >= self.files.end() {
                return Ok(None);
            }
            self.position = FilePosition {
                part: self.position.part + 1,
                offset: 0,
            };
            self.is_inside = false;
        }
        let (part, start) = (self.position.part, self.position.offset);
        let mut dater = match self.dater.take() {
            Some(dater) => dater,
            None => self.files.dater(self.position, timestamps)?,
        };
        let block = self.files.read(part, start, self.size)?;
        let is_last = block.is_empty() || start + block.len() as u64 >= self.files.length(part);
        if block.is_empty() {
            // The file was truncated after it was opened.
            self.position.offset = self.files.length(part);
        }
        if self.is_inside {
            let end = memchr::memchr(b'\n', &block);
            self.is_inside = end.is_none() && !is_last;
            self.position.offset += end.map_or(block.len(), |end| end + 1) as u64;
            self.dater = Some(dater);
            return Ok(Some(Vec::new()));
        }
        let end = match memchr::memrchr(b'\n', &block) {
            _ if is_last => block.len(),
            Some(end) => end + 1,
            None if self.size < self.most() => {
                self.size = (self.size * 4).min(self.most());
                self.dater = Some(dater);
                return Ok(Some(Vec::new()));
            }
            None => {
                self.is_inside = true;
                block.len()
            }
        };
        self.position.offset += end as u64;
        let block = &block[..end];
        let number = self.files.number(part);
        let first = lines(block).next().unwrap_or_default();
        let place = LinePlace {
            part: number,
            at: start,
        };
        let is_whole = self.held.is_empty() || dater.begins_record(first, place, timestamps);
        let found = if !is_whole || self.may_take(filter, block, timestamps) {
            let lines = self.cut(&mut dater, start, block, is_last, timestamps);
            let last = lines.last().map(|line| line.key);
            let found = self.records(lines, filter);
            let next = self.held.first().map(|line| line.key).or(last);
            self.reach = self.reach.max(next.unwrap_or(self.reach));
            found
        } else {
            let found = wanted(std::mem::take(&mut self.held), filter);
            let last = self.pass(&mut dater, start, block, timestamps);
            self.held = self.cut(
                &mut dater,
                start + last as u64,
                &block[last..],
                is_last,
                timestamps,
            );
            let next = self
                .held
                .first()
                .map_or(dater.latest(), |line| line.key.instant);
            self.reach.instant = self.reach.instant.max(next);
            found
        };
        self.dater = Some(dater);
        Ok(Some(found))
    }

    /// Skips a block that begins at `start`, up to its last record. Returns where that begins.
    fn pass(
        &self,
        dater: &mut LineDater,
        start: u64,
        block: &[u8],
        timestamps: &TimestampReader,
    ) -> usize {
        let part = self.files.number(self.position.part);
        // A timestamp can go back by this much only.
        let mut first = block.len().saturating_sub(WARM);
        if first > 0 {
            first += memchr::memchr(b'\n', &block[first..]).map_or(0, |end| end + 1);
        }
        let mut last = block.len();
        while last > first {
            let end = last - usize::from(block[last - 1] == b'\n');
            let begin = memchr::memrchr(b'\n', &block[..end]).map_or(0, |end| end + 1);
            let at = start + begin as u64;
            last = begin;
            let place = LinePlace { part, at };
            if dater
                .start(&block[begin..end], place, timestamps)
                .is_beginning()
            {
                break;
            }
        }
        let mut at = start + first as u64;
        for line in lines(&block[first..last.max(first)]) {
            dater.see(line, LinePlace { part, at }, timestamps);
            at += line.len() as u64 + 1;
        }
        last
    }

    /// Returns the lines of the records that pass the filter. Holds the lines of a record that is
    /// not complete.
    fn records(&mut self, lines: Vec<LogLine>, filter: &Filter) -> Vec<LogLine> {
        if filter.is_clear() {
            return lines;
        }
        let begins_record = |line: &LogLine| line.begins_record;
        let mut held = std::mem::take(&mut self.held);
        let mut lines = match self.direction {
            Direction::Older => {
                let mut older = lines;
                older.append(&mut held);
                let first = older.iter().position(begins_record);
                let whole = older.split_off(first.unwrap_or(older.len()));
                self.held = older;
                whole
            }
            Direction::Newer => {
                held.extend(lines);
                let last = held.iter().rposition(begins_record);
                self.held = held.split_off(last.unwrap_or(0));
                held
            }
        };
        if self.held.iter().map(|line| line.text.len()).sum::<usize>() > LONGEST_RECORD {
            match self.direction {
                Direction::Older => drop(lines.splice(0..0, self.held.drain(..))),
                Direction::Newer => lines.append(&mut self.held),
            }
        }
        wanted(lines, filter)
    }

    /// Returns whether a line of a block may pass. A level is looked for where it usually stands.
    fn may_take(&self, filter: &Filter, block: &[u8], timestamps: &TimestampReader) -> bool {
        let stream = self.files.stream();
        let is_own = timestamps.formats(stream).is_none();
        let is_as_is = is_searched_as_is(block, stream, timestamps);
        !is_as_is || filter.may_take(block, is_own)
    }

    /// Splits a block that begins at `from` into dated lines.
    fn cut(
        &self,
        dater: &mut LineDater,
        from: u64,
        block: &[u8],
        is_last: bool,
        timestamps: &TimestampReader,
    ) -> Vec<LogLine> {
        let number = self.files.number(self.position.part);
        let mut state = Lines::new(self.longest);
        let mut raw = Vec::new();
        state.begin_at(from);
        state.feed(block, &mut raw);
        if is_last || self.is_inside {
            raw.extend(state.finish());
        }
        let date = |line| dater.date(line, number, timestamps);
        raw.into_iter().map(date).collect()
    }
}

/// Returns the lines of the records that pass.
fn wanted(mut lines: Vec<LogLine>, filter: &Filter) -> Vec<LogLine> {
    let mut is_taken = Vec::with_capacity(lines.len());
    for record in lines.chunk_by(|_, next| !next.begins_record) {
        is_taken.extend(std::iter::repeat_n(
            filter.takes_record(record),
            record.len(),
        ));
    }
    let mut is_taken = is_taken.into_iter();
    lines.retain(|_| is_taken.next() == Some(true));
    lines
}
