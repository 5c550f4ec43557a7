//! Counts the records of consecutive lines.

use std::io;

use chrono::{DateTime, Utc};
use chronologix_schema::Level;

use super::{RecordCount, RecordCounts, RecordGroups};
use crate::{
    formats::{LineFormat, line_text},
    query::{
        scan::{FileChunk, first_level},
        stream_files::lines,
        values::LineValues,
    },
    streams::StreamId,
    tree::{LineDater, TimestampReader},
};

/// Says whether the record that begins with a line counts in another stream, by the line, its time
/// and the index of its level.
type IsCopy<'a> = dyn FnMut(&[u8], Option<DateTime<Utc>>, usize) -> bool + 'a;

/// Counts of the records of consecutive lines of a stream.
pub(super) struct RecordRun<'a, G> {
    /// Dates the next line.
    dater: LineDater,
    /// The lines at the start that belong to a record before them.
    lead: OpenRecord,
    /// The last record.
    open: Option<OpenRecord>,
    /// Their lines, if records are counted by their values.
    lead_lines: KeptLines,
    open_lines: KeptLines,
    sums: StreamSums<'a, G>,
}

/// The lines of a record, in memory that is used again.
#[derive(Clone, Debug, Default)]
struct KeptLines {
    /// One behind the other.
    bytes: Vec<u8>,
    /// Where each ends, and its format.
    ends: Vec<(usize, Option<LineFormat>)>,
}

impl KeptLines {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn push(&mut self, line: &[u8], format: Option<LineFormat>) {
        self.bytes.extend_from_slice(line);
        self.ends.push((self.bytes.len(), format));
    }

    /// Adds the lines behind these.
    fn append(&mut self, later: &Self) {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&later.bytes);
        let ends = later.ends.iter();
        self.ends
            .extend(ends.map(|(end, format)| (before + end, *format)));
    }

    /// Returns what a function says of the values of the record.
    fn of_values<R>(&self, of_values: impl FnOnce(&LineValues<'_>) -> Option<R>) -> Option<R> {
        let mut start = 0;
        let texts = self.ends.iter().map(|(end, format)| {
            let line = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            (line_text(line), *format)
        });
        let texts: Vec<_> = texts.collect();
        let ((first, format), more) = texts.split_first()?;
        let more = more.iter().map(|(text, format)| (&**text, *format));
        of_values(&LineValues::new(first, *format).continued_by(more.collect()))
    }
}

/// A record that may get more lines.
#[derive(Clone, Copy, Debug, Default)]
struct OpenRecord {
    own: Option<DateTime<Utc>>,
    level: Option<Level>,
    bytes: u64,
    /// Whether it counts in another stream.
    is_copy: bool,
}

impl OpenRecord {
    /// Adds a line that continues the record, or several.
    fn extend(&mut self, level: Option<Level>, bytes: u64) {
        self.level = self.level.or(level);
        self.bytes += bytes;
    }
}

impl<'a, G: Ord> RecordRun<'a, G> {
    /// Begins where `dater` is.
    pub(super) fn new(dater: LineDater, groups: RecordGroups<'a, G>) -> Self {
        Self {
            dater,
            lead: OpenRecord::default(),
            open: None,
            lead_lines: KeptLines::default(),
            open_lines: KeptLines::default(),
            sums: StreamSums {
                of_stream: RecordCount::default(),
                counts: RecordCounts::default(),
                run: None,
                groups,
            },
        }
    }

    /// Returns the dater for the lines behind the run.
    pub(super) fn dater(&self) -> &LineDater {
        &self.dater
    }

    /// Counts the records of a chunk.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(super) fn read(
        &mut self,
        chunk: &FileChunk,
        timestamps: &TimestampReader,
        buffer: &mut Vec<u8>,
        is_copy: &mut IsCopy<'_>,
    ) -> io::Result<()> {
        let keeps_lines = matches!(self.sums.groups, RecordGroups::ByValues(_));
        // All lines are read in order, so that any may be the last of a block.
        chunk.scan(buffer, &mut |_, _| true, |block, begin| {
            let mut at = begin;
            for line in lines(block) {
                let place = chunk.place(at);
                at += line.len() as u64 + 1;
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let bytes = line.len() as u64 + 1;
                let (start, begins_record) = self.dater.pass(line, place, timestamps);
                let level = first_level(line, &start);
                if !begins_record {
                    let continues = start.format.is_some_and(LineFormat::continues);
                    let record = self.open.as_mut().unwrap_or(&mut self.lead);
                    record.extend(level.filter(|_| continues), bytes);
                    if keeps_lines {
                        let has_begun = self.open.is_some();
                        let kept = [&mut self.lead_lines, &mut self.open_lines];
                        kept[usize::from(has_begun)].push(line, start.format);
                    }
                    continue;
                }
                let record = OpenRecord {
                    own: start.own,
                    level,
                    bytes,
                    is_copy: is_copy(line, start.own, level.map_or(0, |level| level as usize)),
                };
                if let Some(record) = self.open.replace(record) {
                    self.sums.add(&record, &self.open_lines);
                }
                if keeps_lines {
                    self.open_lines.clear();
                    self.open_lines.push(line, start.format);
                }
            }
            true
        })
    }

    /// Adds the run behind this one.
    pub(super) fn append(&mut self, later: Self) {
        if let Some(record) = &mut self.open {
            record.extend(later.lead.level, later.lead.bytes);
            self.open_lines.append(&later.lead_lines);
        }
        if let Some(record) = later.open {
            if let Some(record) = self.open.replace(record) {
                self.sums.add(&record, &self.open_lines);
            }
            self.open_lines = later.open_lines;
        }
        self.dater = later.dater;
        self.sums.append(later.sums);
    }

    /// Returns the counts.
    pub(super) fn finish(mut self, stream: StreamId) -> RecordCounts<G> {
        if let Some(record) = self.open {
            self.sums.add(&record, &self.open_lines);
        }
        self.sums.finish(stream)
    }
}

/// Counts of a stream in a folder.
struct StreamSums<'a, G> {
    of_stream: RecordCount,
    /// What counts in no other stream.
    counts: RecordCounts<G>,
    /// The last group. It is added when another one begins, because most records are of the same
    /// group as the one before.
    run: Option<(G, RecordCount)>,
    groups: RecordGroups<'a, G>,
}

impl<G: Ord> StreamSums<'_, G> {
    fn add(&mut self, record: &OpenRecord, lines: &KeptLines) {
        let OpenRecord {
            own,
            level,
            bytes,
            is_copy,
        } = *record;
        self.of_stream.add_record(own, level, bytes);
        if is_copy {
            return;
        }
        self.counts.all.add_record(own, level, bytes);
        let group = match self.groups {
            RecordGroups::ByHead(of_head) => of_head(own, level),
            RecordGroups::ByValues(of_values) => lines.of_values(of_values),
        };
        let Some(group) = group else {
            return;
        };
        match &mut self.run {
            Some((same, sum)) if *same == group => sum.add_record(own, level, bytes),
            run => {
                let mut sum = RecordCount::default();
                sum.add_record(own, level, bytes);
                if let Some((group, sum)) = run.replace((group, sum)) {
                    self.counts.groups.entry(group).or_default().add(&sum);
                }
            }
        }
    }

    fn append(&mut self, mut other: Self) {
        self.of_stream.add(&other.of_stream);
        other.end_run();
        self.counts.add(other.counts);
    }

    fn end_run(&mut self) {
        if let Some((group, sum)) = self.run.take() {
            self.counts.groups.entry(group).or_default().add(&sum);
        }
    }

    fn finish(mut self, stream: StreamId) -> RecordCounts<G> {
        self.end_run();
        self.counts.add_to(stream, &self.of_stream);
        self.counts
    }
}
