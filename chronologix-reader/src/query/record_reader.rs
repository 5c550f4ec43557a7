//! Reads the records of a chunk of a file, each with all its lines.

use std::{borrow::Cow, fmt, io};

use chrono::{DateTime, Utc};

use super::{
    filter::Filter,
    scan::{FileChunk, LineReader},
    stream_files::lines,
    values::LineValues,
};
use crate::{
    formats::{LineFormat, line_text},
    line::{Key, LogLine, sequence},
    merge::Record,
    tree::{LineDater, LineStart, TimestampReader},
};

#[cfg(test)]
mod tests;

/// A record.
pub struct ReadRecord<'r> {
    /// The place of its first line.
    pub key: Key,
    /// The time of its timestamp.
    pub own: Option<DateTime<Utc>>,
    /// Its lines as they are shown.
    pub texts: &'r [(Cow<'r, str>, Option<LineFormat>)],
    /// Its lines in full.
    pub lines: &'r dyn Fn() -> Vec<Record>,
}

impl fmt::Debug for ReadRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadRecord")
            .field("key", &self.key)
            .field("texts", &self.texts)
            .finish_non_exhaustive()
    }
}

impl<'r> ReadRecord<'r> {
    /// Returns its values.
    pub fn values(&self) -> LineValues<'_> {
        let of = |(text, format): &'r (Cow<'r, str>, Option<LineFormat>)| (&**text, *format);
        let mut texts = self.texts.iter().map(of);
        let (text, format) = texts.next().unwrap_or_default();
        LineValues::new(text, format).continued_by(texts.collect())
    }
}

/// Reads the records of a chunk.
pub(crate) struct RecordReader<'a> {
    chunk: &'a FileChunk,
    timestamps: &'a TimestampReader,
    filter: &'a Filter,
    dater: LineDater,
    /// Whether a record began before. If not, every line is a record.
    has_begun: bool,
    /// The lines of the record that may go on.
    open: Vec<u8>,
    /// The offset of its first line.
    at: u64,
    /// What its lines say of themselves.
    starts: Vec<LineStart>,
    /// The time of the last record with a timestamp.
    latest: DateTime<Utc>,
}

impl<'a> RecordReader<'a> {
    /// Reads the records of a chunk that a filter takes.
    pub(crate) fn new(
        chunk: &'a FileChunk,
        timestamps: &'a TimestampReader,
        filter: &'a Filter,
    ) -> Self {
        let dater = LineDater::new(chunk.folder, chunk.stream, timestamps);
        Self {
            chunk,
            timestamps,
            filter,
            latest: dater.latest(),
            dater,
            has_begun: false,
            open: Vec::new(),
            at: 0,
            starts: Vec::new(),
        }
    }

    /// Passes the records to `look`.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(crate) fn read(
        mut self,
        buffer: &mut Vec<u8>,
        look: &mut dyn FnMut(&ReadRecord<'_>),
    ) -> io::Result<()> {
        let are_usual = self.timestamps.are_usual(self.chunk.stream);
        let mut edges = LineReader::new(self.chunk, self.timestamps);
        let mut begins_record = |line: &[u8], at| edges.is_beginning(line, at);
        self.chunk
            .scan(buffer, &mut begins_record, |block, begin| {
                if are_usual && !self.filter.may_take(block, true) {
                    self.close(look);
                    self.has_begun = true;
                    return true;
                }
                let mut at = begin;
                for line in lines(block) {
                    self.line(line, at, look);
                    at += line.len() as u64 + 1;
                }
                true
            })?;
        self.close(look);
        Ok(())
    }

    fn start(&mut self, line: &[u8], at: u64) -> LineStart {
        let place = self.chunk.place(at);
        self.dater.start(line, place, self.timestamps)
    }

    fn line(&mut self, line: &[u8], at: u64, look: &mut dyn FnMut(&ReadRecord<'_>)) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let start = self.start(line, at);
        let is_beginning = start.is_beginning();
        if is_beginning || !self.has_begun {
            self.close(look);
            self.at = at;
            self.push(line, start);
        } else if !self.open.is_empty() {
            self.push(line, start);
        }
        self.has_begun |= is_beginning;
    }

    fn push(&mut self, line: &[u8], start: LineStart) {
        self.open.extend_from_slice(line);
        self.open.push(b'\n');
        self.starts.push(start);
    }

    /// Passes on the record that may go on, if the filter takes it.
    fn close(&mut self, look: &mut dyn FnMut(&ReadRecord<'_>)) {
        if self.open.is_empty() {
            return;
        }
        let own = self.starts.first().and_then(|start| start.own);
        // As in the order of lines, the time of a record never goes back.
        let time = own.map(|own| self.timestamps.in_unit(own, self.chunk.stream));
        self.latest = time.map_or(self.latest, |time| time.max(self.latest));
        let texts: Vec<(Cow<'_, str>, Option<LineFormat>)> = lines(&self.open)
            .zip(&self.starts)
            .map(|(line, start)| (self.text(line), start.format))
            .collect();
        if self.is_taken(&texts) {
            look(&ReadRecord {
                key: self.key(),
                own,
                texts: &texts,
                lines: &|| self.lines(&texts).into_iter().map(Record::of).collect(),
            });
        }
        drop(texts);
        self.open.clear();
        self.starts.clear();
    }

    fn key(&self) -> Key {
        Key {
            folder: self.chunk.folder,
            instant: self.latest,
            stream: self.chunk.stream,
            sequence: sequence(self.chunk.number, self.at),
        }
    }

    /// Returns a line as it is shown.
    fn text<'l>(&self, line: &'l [u8]) -> Cow<'l, str> {
        let text = line_text(line);
        let FileChunk { stream, folder, .. } = self.chunk;
        let usual = self.timestamps.usual(&text, *stream, *folder);
        usual.map_or(text, Cow::Owned)
    }

    fn is_taken(&self, texts: &[(Cow<'_, str>, Option<LineFormat>)]) -> bool {
        if self.filter.is_clear() {
            return true;
        }
        if let [(text, format)] = texts {
            let line = self.open.strip_suffix(b"\n").unwrap_or(&self.open);
            let raw = matches!(text, Cow::Owned(_)).then_some(line);
            let stream = self.chunk.stream;
            return self.filter.takes_text(text, raw, *format, stream);
        }
        self.filter.takes_record(&self.lines(texts))
    }

    /// Returns the lines of the record in full.
    fn lines(&self, texts: &[(Cow<'_, str>, Option<LineFormat>)]) -> Vec<LogLine> {
        let lines = texts.iter().zip(lines(&self.open)).zip(&self.starts);
        let lines = lines.enumerate();
        let lines = lines.map(|(index, (((text, format), line), start))| LogLine {
            key: self.key(),
            text: (&**text).into(),
            raw: matches!(text, Cow::Owned(_)).then(|| line.into()),
            own: start.own,
            format: *format,
            begins_record: index == 0,
            is_cut: false,
            beyond: None,
        });
        lines.collect()
    }
}
