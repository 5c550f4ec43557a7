//! Scans a chunk of a file in blocks of whole lines.

use std::{borrow::Cow, io, num::NonZero, ops::Range, path::PathBuf, thread};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};

use super::{
    filter::Filter,
    line_regex::LineRegex,
    record_boundary::{BeginsRecord, MOST_LINES, last_record, next_record},
    stream_files::{FilePart, StreamFiles, lines},
};
use crate::{
    formats::{LineFormat, line_text},
    line::{Key, LogLine, sequence},
    record::{behind_stamp, level, split_level},
    streams::StreamId,
    tree::{LineDater, LinePlace, LineStart, TimestampReader, open_file, read_at},
};

#[cfg(test)]
mod tests;

// Small in tests, so that they meet the edges of blocks often.

/// The size of a read.
const BLOCK: usize = if cfg!(test) { 64 } else { 1 << 20 };

/// Begins colour sequences.
const ESCAPE: u8 = 0x1b;

/// The most bytes of a line that are scanned.
const LONGEST: usize = if cfg!(test) { 256 } else { 4 << 20 };

/// A chunk of a file.
#[derive(Clone, Debug)]
pub(crate) struct FileChunk {
    /// The folder.
    pub folder: Folder,
    /// The stream.
    pub stream: StreamId,
    /// The number of the file.
    pub number: u32,
    /// The path of the file. Empty if the chunk is a whole folder.
    pub path: PathBuf,
    /// The range in the file. Records that begin in it belong to the chunk.
    pub range: Range<u64>,
}

/// The assumed size of a folder that must be unpacked.
pub(super) const FOLDER_COST: u64 = 64 << 20;

/// The most threads for all files. More would wait for the same disk.
const MOST_THREADS: usize = 8;

/// Returns the number of threads for work on all files.
pub(super) fn scan_threads() -> usize {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    processors.min(MOST_THREADS)
}

impl FileChunk {
    /// Returns a chunk of a whole file of a stream.
    pub(crate) fn of_part(files: &StreamFiles, part: &FilePart) -> Self {
        Self {
            folder: files.folder(),
            stream: files.stream(),
            number: part.number,
            path: part.path.clone(),
            range: part.begin..part.length,
        }
    }

    /// Returns a chunk for a folder that must be unpacked before its files are known.
    pub(crate) fn of_folder(folder: Folder) -> Self {
        Self {
            folder,
            stream: StreamId(0),
            number: 0,
            path: PathBuf::new(),
            range: 0..0,
        }
    }

    /// Returns whether the chunk is a folder that must be unpacked.
    pub(crate) fn is_folder(&self) -> bool {
        self.path.as_os_str().is_empty()
    }

    /// Returns the place of a line at this offset.
    pub(super) fn place(&self, at: u64) -> LinePlace {
        LinePlace {
            part: self.number,
            at,
        }
    }

    /// Returns the size of the chunk, for the progress.
    pub(crate) fn bytes(&self) -> u64 {
        if self.is_folder() {
            FOLDER_COST
        } else {
            self.range.end - self.range.start
        }
    }

    /// Passes the records of the chunk to `look` in blocks of whole records, with the offset of
    /// each block. The last line may lack its end. Only very long records are divided. Stops if
    /// `look` returns false.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(crate) fn scan(
        &self,
        buffer: &mut Vec<u8>,
        begins_record: &mut BeginsRecord<'_>,
        mut look: impl FnMut(&[u8], u64) -> bool,
    ) -> io::Result<()> {
        let file = open_file(&self.path)?;
        let start = next_record(&file, self.range.start, begins_record)?;
        let end = next_record(&file, self.range.end, begins_record)?;
        // The byte before the chunk tells whether a line begins at its start.
        let mut at = start.saturating_sub(1);
        let mut is_skipping = start > 0;
        let mut kept = 0;
        loop {
            if is_skipping && at >= end {
                return Ok(());
            }
            if buffer.len() < kept + BLOCK {
                // Few lines are so long that it grows further.
                buffer.resize(kept.saturating_mul(2).max(2 * BLOCK), 0);
            }
            let read = read_at(&file, &mut buffer[kept..kept + BLOCK], at)?;
            let first = at - kept as u64;
            at += read as u64;
            let filled = kept + read;
            let mut from = 0;
            if is_skipping {
                // Of a line that is too long, only the beginning is looked at.
                match memchr::memchr(b'\n', &buffer[..filled]) {
                    Some(found) => from = found + 1,
                    None if read == 0 => return Ok(()),
                    None => {
                        kept = 0;
                        continue;
                    }
                }
            }
            if first + from as u64 >= end {
                return Ok(());
            }
            let block = &buffer[from..filled];
            let begin = first + from as u64;
            // The line that contains the last byte is the last of the chunk.
            let last = usize::try_from((end - 1).saturating_sub(begin)).unwrap_or(usize::MAX);
            if let Some(tail) = block.get(last..)
                && let Some(found) = memchr::memchr(b'\n', tail)
            {
                look(&block[..=last + found], begin);
                return Ok(());
            }
            if read == 0 {
                if !block.is_empty() {
                    look(block, begin);
                }
                return Ok(());
            }
            let whole = memchr::memrchr(b'\n', block).map_or(0, |end| end + 1);
            let is_full = block.len() >= LONGEST;
            let is_too_long = whole == 0 && is_full;
            let taken = match last_record(&block[..whole], begin, begins_record) {
                _ if is_too_long => block.len(),
                // The rest of the record has not been read.
                Some(last) if last > 0 || !is_full => last,
                _ => whole,
            };
            if taken > 0 && !look(&block[..taken], begin) {
                return Ok(());
            }
            is_skipping = is_too_long;
            kept = block.len() - taken;
            buffer.copy_within(from + taken..filled, 0);
        }
    }
}

/// Finds lines in blocks.
#[derive(Debug)]
pub(crate) struct LineMatcher {
    /// A pattern that all lines must match. It searches whole blocks.
    lead: Option<LineRegex>,
    /// The rest of the filter.
    filter: Filter,
}

impl LineMatcher {
    /// Finds lines that pass the filter and match the pattern.
    pub(crate) fn new(mut filter: Filter, pattern: Option<LineRegex>) -> Self {
        let lead = pattern.or_else(|| {
            let mut rules = filter.rules.iter();
            let first = rules.position(|rule| rule.is_on && rule.keeps)?;
            Some(filter.rules.remove(first).regex)
        });
        Self { lead, filter }
    }

    /// Calls `found` once for each record of a block that begins at `begin`, with the range of the
    /// line that is found.
    pub(crate) fn find(
        &self,
        block: &[u8],
        begin: u64,
        reader: &mut LineReader<'_>,
        mut found: impl FnMut(Range<usize>),
    ) {
        let is_as_is = is_searched_as_is(block, reader.chunk.stream, reader.timestamps);
        let lead = self.lead.as_ref();
        let mut from = 0;
        reader.is_timeless = false;
        while from < block.len() {
            let line = if let Some(lead) = lead.filter(|_| is_as_is) {
                let Some(line) = lead.next_line(block, from) else {
                    return;
                };
                line
            } else {
                line_at(block, from)
            };
            from = line.end + 1;
            if !is_as_is && !self.is_led(&block[line.clone()], reader) {
                continue;
            }
            let record = reader.record(block, begin, &line);
            from = record.end.max(from);
            if self.filter.is_clear() || reader.passes(&self.filter, block, begin, record) {
                found(line);
            }
        }
    }

    fn is_led(&self, line: &[u8], reader: &LineReader<'_>) -> bool {
        let Some(lead) = &self.lead else { return true };
        let (text, raw) = reader.text(line);
        lead.is_match(&text) || raw.is_some_and(|raw| lead.is_match_raw(raw))
    }
}

/// Dates lines of consecutive blocks without reading all of them.
#[derive(Debug)]
pub(crate) struct BlockDater<'a> {
    chunk: &'a FileChunk,
    timestamps: &'a TimestampReader,
    dater: LineDater,
    /// The time of the last line with a timestamp before the block.
    before: DateTime<Utc>,
    /// Whether a line with a time has been seen. If not, every line is a record.
    has_begun: bool,
}

impl<'a> BlockDater<'a> {
    /// Starts at the beginning of a chunk.
    pub(crate) fn new(chunk: &'a FileChunk, timestamps: &'a TimestampReader) -> Self {
        let dater = LineDater::new(chunk.folder, chunk.stream, timestamps);
        let before = dater.latest();
        Self {
            chunk,
            timestamps,
            dater,
            before,
            has_begun: false,
        }
    }

    /// Returns the key of the line at `line` in a block that begins at `begin`.
    pub(crate) fn key(&mut self, block: &[u8], begin: u64, line: &Range<usize>) -> Key {
        let up_to = &block[..line.end];
        let instant = self.time_up_to(up_to, begin).unwrap_or(self.before);
        Key {
            folder: self.chunk.folder,
            instant,
            stream: self.chunk.stream,
            sequence: sequence(self.chunk.number, begin + line.start as u64),
        }
    }

    /// Moves behind a block that begins at `begin`.
    pub(crate) fn pass(&mut self, block: &[u8], begin: u64) {
        if let Some(time) = self.time_up_to(block, begin) {
            self.before = time;
        }
    }

    /// Returns the time of the first line of the next block.
    pub(crate) fn first_time(&mut self, block: &[u8], begin: u64) -> DateTime<Utc> {
        let first = lines(block).next();
        let place = self.chunk.place(begin);
        let own = first.and_then(|line| self.dater.stamp(line, place, self.timestamps));
        own.unwrap_or(self.before)
    }

    /// Returns the time of the last line with a timestamp.
    pub(crate) fn time_up_to(&mut self, mut block: &[u8], begin: u64) -> Option<DateTime<Utc>> {
        if let [rest @ .., b'\n'] = block {
            block = rest;
        }
        loop {
            let start = memchr::memrchr(b'\n', block).map_or(0, |end| end + 1);
            let place = self.chunk.place(begin + start as u64);
            let found = self.dater.stamp(&block[start..], place, self.timestamps);
            if found.is_some() || start == 0 {
                return found;
            }
            block = &block[..start - 1];
        }
    }

    /// Returns the time and the level of a record that begins with a line. Its time is that of the
    /// record before if it has none of its own.
    pub(crate) fn record(
        &mut self,
        line: &[u8],
        at: u64,
    ) -> Option<(DateTime<Utc>, Option<Level>)> {
        let place = self.chunk.place(at);
        let start = self.dater.start(line, place, self.timestamps);
        if let Some(own) = start.own {
            self.before = own;
        }
        self.has_begun |= start.is_beginning();
        if !start.is_beginning() && self.has_begun {
            return None;
        }
        Some((self.before, first_level(line, &start)))
    }

    /// Returns the time of a line by its own timestamp.
    pub(crate) fn own_time(&mut self, line: &[u8], at: u64) -> Option<DateTime<Utc>> {
        let place = self.chunk.place(at);
        self.dater.start(line, place, self.timestamps).own
    }
}

/// Reads lines of a chunk as they are shown.
#[derive(Debug)]
pub(crate) struct LineReader<'a> {
    chunk: &'a FileChunk,
    timestamps: &'a TimestampReader,
    dater: LineDater,
    /// Whether lines of the block have no times, so that every line is a record.
    is_timeless: bool,
    /// Whether a line with a time has been counted.
    has_begun: bool,
}

impl<'a> LineReader<'a> {
    /// Starts at the beginning of a chunk.
    pub(crate) fn new(chunk: &'a FileChunk, timestamps: &'a TimestampReader) -> Self {
        Self {
            chunk,
            timestamps,
            dater: LineDater::new(chunk.folder, chunk.stream, timestamps),
            is_timeless: false,
            has_begun: false,
        }
    }

    /// Returns whether lines have formats of their own.
    pub(crate) fn has_formats(&self) -> bool {
        self.timestamps.formats(self.chunk.stream).is_some()
    }

    /// Counts records of chronologix by level. Index 0 is for those without a level.
    pub(crate) fn count_levels(&mut self, block: &[u8], levels: &mut [u64; 7]) {
        if self.timestamps.has_template(self.chunk.stream) {
            for usual in lines(block).map(|line| self.usual(line)) {
                if begins_own(usual.as_bytes()) {
                    levels[level(&usual, None).map_or(0, |level| level as usize)] += 1;
                }
            }
        } else {
            count_levels(block, levels);
        }
        self.has_begun |= levels.iter().any(|count| *count > 0);
        if !self.has_begun {
            // Nothing tells where records begin.
            levels[0] = lines(block).count() as u64;
        }
    }

    /// Returns the range of the record that a line belongs to, with the last line end.
    fn record(&mut self, block: &[u8], begin: u64, line: &Range<usize>) -> Range<usize> {
        let single = line.start..line.end + 1;
        if self.is_timeless {
            return single;
        }
        let (mut start, mut walked) = (line.start, 0);
        while !self.begins_record(block, begin, start) {
            if start == 0 {
                // The record begins before the block.
                return single;
            }
            walked += 1;
            if walked >= MOST_LINES {
                self.is_timeless = true;
                return single;
            }
            start = memchr::memrchr(b'\n', &block[..start - 1]).map_or(0, |end| end + 1);
        }
        let mut end = single.end;
        for _ in 0..MOST_LINES {
            if end >= block.len() || self.begins_record(block, begin, end) {
                break;
            }
            end = line_at(block, end).end + 1;
        }
        start..end
    }

    fn begins_record(&mut self, block: &[u8], begin: u64, start: usize) -> bool {
        self.is_beginning(&block[line_at(block, start)], begin + start as u64)
    }

    /// Returns whether a record begins with a line at this offset.
    pub(super) fn is_beginning(&mut self, line: &[u8], at: u64) -> bool {
        if self.has_formats() {
            let place = self.chunk.place(at);
            return self
                .dater
                .start(line, place, self.timestamps)
                .is_beginning();
        }
        if self.timestamps.has_template(self.chunk.stream) {
            return begins_own(self.usual(line).as_bytes());
        }
        begins_own(line)
    }

    /// Returns whether a record passes a filter.
    fn passes(&mut self, filter: &Filter, block: &[u8], begin: u64, record: Range<usize>) -> bool {
        let end = record.end.min(block.len());
        let first = line_at(block, record.start);
        let at = begin + record.start as u64;
        if first.end + 1 >= end {
            return self.passes_line(filter, &block[first], at);
        }
        let mut at = at;
        let line_of = |line: &[u8]| {
            let found = self.line(line, at, filter);
            at += line.len() as u64 + 1;
            found
        };
        let record: Vec<LogLine> = lines(&block[record.start..end]).map(line_of).collect();
        filter.takes_record(&record)
    }

    fn passes_line(&mut self, filter: &Filter, line: &[u8], at: u64) -> bool {
        let format = self.format(filter, line, at);
        let (text, raw) = self.text(line);
        filter.takes_text(&text, raw, format, self.chunk.stream)
    }

    /// Returns the format of a line if a filter asks for it.
    fn format(&mut self, filter: &Filter, line: &[u8], at: u64) -> Option<LineFormat> {
        let place = self.chunk.place(at);
        let is_needed = filter.needs_format() && self.has_formats();
        is_needed.then(|| self.dater.start(line, place, self.timestamps).format)?
    }

    /// Returns a line with what a filter asks for.
    fn line(&mut self, line: &[u8], at: u64, filter: &Filter) -> LogLine {
        let (text, raw) = self.text(line);
        LogLine {
            key: Key {
                stream: self.chunk.stream,
                ..Key::first_of(self.chunk.folder)
            },
            raw: raw.map(Into::into),
            text: text.into(),
            own: None,
            format: self.format(filter, line, at),
            begins_record: true,
            is_cut: false,
            beyond: None,
        }
    }

    /// Returns a line as it is shown, and its bytes if they are not those of its text.
    fn text<'l>(&self, line: &'l [u8]) -> (Cow<'l, str>, Option<&'l [u8]>) {
        let text = line_text(line);
        let raw = matches!(text, Cow::Owned(_)).then_some(line);
        (self.in_usual_shape(text), raw)
    }

    /// Returns the text of a line in the usual shape.
    fn usual<'l>(&self, line: &'l [u8]) -> Cow<'l, str> {
        self.in_usual_shape(line_text(line))
    }

    fn in_usual_shape<'l>(&self, text: Cow<'l, str>) -> Cow<'l, str> {
        let FileChunk { stream, folder, .. } = self.chunk;
        let usual = self.timestamps.usual(&text, *stream, *folder);
        usual.map_or(text, Cow::Owned)
    }
}

/// Returns whether the lines of a block are searched as they stand in the file. Those of a template
/// are shown in the usual shape. In files of other loggers, colour sequences and holes are left
/// out, and Latin-1 is decoded.
pub(super) fn is_searched_as_is(
    block: &[u8],
    stream: StreamId,
    timestamps: &TimestampReader,
) -> bool {
    if timestamps.formats(stream).is_none() {
        return timestamps.are_usual(stream);
    }
    let has_hole = block.first() == Some(&0);
    !has_hole && memchr::memchr(ESCAPE, block).is_none() && str::from_utf8(block).is_ok()
}

/// Returns the range of the line that begins at an offset.
fn line_at(block: &[u8], start: usize) -> Range<usize> {
    let end = memchr::memchr(b'\n', &block[start..]);
    start..end.map_or(block.len(), |end| start + end)
}

/// Returns whether a line of chronologix begins a record: others are indented.
fn begins_own(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'[' | b'{'))
}

fn count_levels(block: &[u8], levels: &mut [u64; 7]) {
    for line in lines(block).filter(|line| begins_own(line)) {
        levels[level_of(line).map_or(0, |level| level as usize)] += 1;
    }
}

/// Returns the level that the first line of a record says, by what it begins with.
pub(super) fn first_level(line: &[u8], start: &LineStart) -> Option<Level> {
    match start.format {
        Some(format) => format.level(),
        None => start.own.and_then(|_| level_of(line)),
    }
}

/// Returns the level of a line that chronologix wrote. Same result as [`level`], but faster.
fn level_of(line: &[u8]) -> Option<Level> {
    match line.first()? {
        b'[' => split_level(behind_stamp(line)?).0,
        b'{' => {
            let name = br#""level":""#;
            let at = memchr::memmem::find(line, name)?;
            let word = line[at + name.len()..]
                .get(..9)
                .unwrap_or(&line[at + name.len()..]);
            let word = word.to_ascii_uppercase();
            let is = |word: &[u8], level: &Level| word.starts_with(level.as_str().as_bytes());
            let level = Level::ALL.into_iter().find(|level| is(&word, level))?;
            word[level.as_str().len()..]
                .starts_with(b"\"")
                .then_some(level)
        }
        _ => None,
    }
}
