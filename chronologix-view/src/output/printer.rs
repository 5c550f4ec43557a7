//! Writes records and remarks.

use std::{
    fmt,
    io::{self, Write},
    mem,
    sync::Arc,
};

use chronologix_schema::layout::TimeZone;

use super::{
    Options, OutputError,
    colors::coloured,
    columns::PrintedFields,
    object::Object,
    pattern_table::{PatternRows, level_of, message_of},
    stats::{Stats, StatsShape},
};
use crate::{
    formats::{ColourPiece, has_colours, pieces, strip_colours},
    line::{Key, LogLine},
    merge::Record,
    patterns::{Catalogue, PatternTable, Patterns},
    query::{Filter, PatternRange, PatternWatch, TreeSource, count_patterns},
    sanitize,
    streams::{StreamId, StreamSet, Streams},
};

/// The format of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As in the files, with visible control characters.
    #[default]
    Lines,
    /// The same, with folder and stream before each line.
    NamedLines,
    /// Chosen fields between tabs.
    Columns,
    /// One JSON object per line.
    Json,
    /// One line of `name=value` per record.
    Logfmt,
    /// One line of CSV per record.
    Csv,
    /// No records, but their numbers at the end.
    Stats(StatsShape),
    /// No records, but the values of a field.
    Top(StatsShape),
    /// The patterns of the records, at the end.
    Patterns(StatsShape),
    /// How many records there are.
    Count,
    /// Nothing.
    Quiet,
}

impl Shape {
    /// Returns whether lines are printed as they are in the files.
    fn is_text(self) -> bool {
        matches!(self, Self::Lines | Self::NamedLines)
    }

    /// Returns whether the patterns of records are printed, not the records.
    pub(super) fn counts_patterns(self) -> bool {
        matches!(self, Self::Patterns(_))
    }
}

/// Writes records to one output and remarks to another.
pub(crate) struct Printer<'a> {
    pub(super) out: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    pub(super) shape: Shape,
    columns: PrintedFields,
    /// The zone of printed times.
    pub(super) zone: TimeZone,
    /// Whether records are printed with their folders.
    pub(crate) has_folders: bool,
    /// The filter whose matches are coloured, if lines are coloured.
    coloured: Option<Filter>,
    /// The numbers of [`Shape::Stats`].
    stats: Stats,
    /// The rows of [`Shape::Patterns`].
    pattern_table: PatternRows,
    /// The patterns of all records, if each is printed with its own.
    pub(super) patterns: Option<Patterns>,
    /// The number of records that matched.
    pub(crate) matches: u64,
    /// How many records may still be printed.
    left: Option<usize>,
    /// Whether nothing is printed after the last of these.
    stops_at_once: bool,
    /// Whether a file could not be read.
    pub(crate) is_incomplete: bool,
    /// The last thing that was written, if that is a line without a line end.
    unfinished: Option<UnfinishedLine>,
    /// The text of a line, kept for its memory.
    text: Vec<u8>,
}

/// A written line that has no line end yet.
struct UnfinishedLine {
    /// Where it begins.
    key: Key,
    text: Vec<u8>,
}

impl UnfinishedLine {
    /// Returns whether a line begins where this one does.
    fn is_of(&self, line: &LogLine) -> bool {
        let place = |key: Key| (key.folder, key.stream, key.sequence);
        place(self.key) == place(line.key)
    }
}

impl<'a> Printer<'a> {
    /// Writes records to `out` and remarks to `notes`.
    pub(crate) fn new(
        out: &'a mut dyn Write,
        notes: &'a mut dyn Write,
        options: &Options,
        zone: TimeZone,
    ) -> Self {
        let limit = if options.shape == Shape::Quiet {
            Some(1)
        } else {
            options.first
        };
        Self {
            out,
            notes,
            shape: options.shape,
            columns: options.columns.clone(),
            stats: Stats::new(options.by.clone(), zone.clone()),
            pattern_table: PatternRows::new(zone.clone(), options.patterns.rarest_first),
            patterns: None,
            zone,
            has_folders: true,
            coloured: options.has_colours.then(|| options.filter.clone()),
            matches: 0,
            left: limit,
            stops_at_once: options.context.after == 0,
            is_incomplete: false,
            unfinished: None,
            text: Vec::new(),
        }
    }

    /// Writes what comes before the records.
    pub(crate) fn begin(&mut self) -> Result<(), OutputError> {
        if self.shape == Shape::Csv {
            self.columns.write_csv_header(self.out)?;
        }
        Ok(())
    }

    /// Counts all records of a tree at once, if only their counts are printed. Returns whether it
    /// did.
    pub(crate) fn count_all(&mut self, source: &TreeSource, streams: Option<&[StreamId]>) -> bool {
        if !matches!(self.shape, Shape::Stats(_) | Shape::Count) {
            return false;
        }
        let Some(troubles) = self.stats.count_all(source, streams) else {
            return false;
        };
        self.matches = self.stats.records();
        for trouble in troubles {
            self.note(format_args!("{trouble}"));
            self.is_incomplete = true;
        }
        true
    }

    /// Counts the patterns of all records of a range at once. Returns whether it did.
    pub(crate) fn count_patterns(
        &mut self,
        source: &TreeSource,
        streams: Option<&[StreamId]>,
        range: PatternRange,
    ) -> bool {
        let mut troubles = Vec::new();
        let catalogue = self.pattern_table.catalogue();
        let watch = PatternWatch::TO_THE_END;
        let table = count_patterns(source, catalogue, streams, range, &watch, &mut troubles);
        let Some(table) = table else {
            return false;
        };
        self.pattern_table.set(table);
        self.matches = self.pattern_table.records();
        for trouble in troubles {
            self.note(format_args!("{trouble}"));
            self.is_incomplete = true;
        }
        true
    }

    /// Sets the statements that are known, before the first record is counted by its pattern.
    pub(super) fn know_statements(&mut self, catalogue: Arc<Catalogue>) {
        self.pattern_table.know(catalogue);
    }

    /// Returns the masked messages of the records that were counted.
    pub(super) fn counted_patterns(self) -> PatternTable {
        self.pattern_table.table()
    }

    /// Returns whether as many records as wanted have been printed.
    pub(crate) fn is_full(&self) -> bool {
        self.left == Some(0)
    }

    /// Writes a record that matches and consists of these lines.
    pub(crate) fn record(
        &mut self,
        lines: &[Record],
        streams: &Streams,
    ) -> Result<(), OutputError> {
        if self.is_full() {
            return Err(OutputError::Enough);
        }
        self.matches += 1;
        self.left = self.left.map(|left| left - 1);
        self.write(lines, streams)?;
        if self.is_full() && self.stops_at_once {
            return Err(OutputError::Enough);
        }
        Ok(())
    }

    /// Writes a record that stands beside one that matches.
    pub(crate) fn neighbour(
        &mut self,
        lines: &[Record],
        streams: &Streams,
    ) -> Result<(), OutputError> {
        match self.shape {
            Shape::Stats(_) | Shape::Patterns(_) | Shape::Top(_) | Shape::Count | Shape::Quiet => {
                Ok(())
            }
            _ => self.write(lines, streams),
        }
    }

    /// Writes the mark of a gap between records.
    pub(crate) fn gap(&mut self) -> Result<(), OutputError> {
        if self.shape.is_text() {
            self.end_line()?;
            self.out.write_all(b"--\n")?;
        }
        Ok(())
    }

    fn write(&mut self, lines: &[Record], streams: &Streams) -> Result<(), OutputError> {
        let Some((first, more)) = lines.split_first() else {
            return Ok(());
        };
        let object = || {
            let object = Object::new(first, more, streams, &self.zone);
            let object = object.with_folder(self.has_folders);
            match &self.patterns {
                Some(patterns) => {
                    let stream = streams.name(streams.origin(&first.streams));
                    let level = level_of(lines);
                    object.with_pattern(patterns.find(stream, level, &message_of(lines)))
                }
                None => object,
            }
        };
        match self.shape {
            Shape::Lines | Shape::NamedLines => {
                for Record {
                    line,
                    streams: found,
                } in lines
                {
                    let end = if line.is_cut { " …" } else { "" };
                    self.line(line, found, streams, end)?;
                }
            }
            Shape::Columns => self.columns.write_text(self.out, &object())?,
            Shape::Json => self.columns.write_json(self.out, &object())?,
            Shape::Logfmt => self.columns.write_logfmt(self.out, &object())?,
            Shape::Csv => self.columns.write_csv(self.out, &object())?,
            Shape::Stats(_) => self.stats.count(lines, streams),
            Shape::Patterns(_) => self.pattern_table.count(lines, streams),
            Shape::Top(_) | Shape::Count | Shape::Quiet => {}
        }
        Ok(())
    }

    /// Writes a last line that has no line end yet. Its rest is written when it comes. In other
    /// shapes, a line is written when it is finished.
    pub(crate) fn unfinished(
        &mut self,
        line: &LogLine,
        streams: &Streams,
    ) -> Result<(), OutputError> {
        if self.shape.is_text() && !self.is_full() {
            self.go_on(line, &StreamSet::of(line.key.stream), streams)?;
            let (key, text) = (line.key, self.text.clone());
            self.unfinished = Some(UnfinishedLine { key, text });
        }
        Ok(())
    }

    /// Ends a line that has no line end yet, so that another can be written.
    pub(crate) fn end_line(&mut self) -> io::Result<()> {
        match self.unfinished.take() {
            Some(_) => self.out.write_all(b" (no newline yet)\n"),
            None => Ok(()),
        }
    }

    fn line(
        &mut self,
        line: &LogLine,
        found: &StreamSet,
        streams: &Streams,
        end: &str,
    ) -> io::Result<()> {
        self.go_on(line, found, streams)?;
        self.out.write_all(end.as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// Writes the text of a line without an end: its rest, if the beginning was just written.
    fn go_on(&mut self, line: &LogLine, found: &StreamSet, streams: &Streams) -> io::Result<()> {
        let mut text = mem::take(&mut self.text);
        text.clear();
        self.render(line, found, streams, &mut text)?;
        let begun = self.unfinished.take_if(|begun| {
            let is_same = begun.is_of(line);
            is_same && text.starts_with(&begun.text)
        });
        let begun = begun.map_or(0, |begun| begun.text.len());
        self.end_line()?;
        self.out.write_all(&text[begun..])?;
        self.text = text;
        Ok(())
    }

    /// Writes the text of a line to a buffer.
    fn render(
        &self,
        line: &LogLine,
        found: &StreamSet,
        streams: &Streams,
        text: &mut Vec<u8>,
    ) -> io::Result<()> {
        if self.shape == Shape::NamedLines {
            let tag = streams.tag(found);
            if self.has_folders {
                write!(text, "{}/", line.key.folder)?;
            }
            write!(text, "{}:", sanitize::visible(&tag))?;
        }
        match (&self.coloured, &line.raw) {
            // With the colours of its logger.
            (Some(_), Some(raw)) if has_colours(raw) => {
                for piece in pieces(raw) {
                    match piece {
                        ColourPiece::Colour(colour) => text.extend_from_slice(colour),
                        ColourPiece::Clear => {}
                        ColourPiece::Text(shown) => {
                            text.extend_from_slice(&sanitize::visible_bytes(shown));
                        }
                    }
                }
                text.extend_from_slice(b"\x1b[0m");
            }
            (Some(filter), _) => {
                let shown = coloured(&line.text, line.level(), filter);
                text.extend_from_slice(shown.as_bytes());
            }
            (None, None) => text.extend_from_slice(sanitize::visible(&line.text).as_bytes()),
            // As it stands in the file, but for colours.
            (None, Some(raw)) => {
                text.extend_from_slice(&sanitize::visible_bytes(&strip_colours(raw)));
            }
        }
        Ok(())
    }

    /// Writes what comes at the end.
    pub(crate) fn finish(&mut self, streams: &Streams) -> Result<(), OutputError> {
        match self.shape {
            Shape::Stats(shape) => self.stats.write(self.out, streams, shape)?,
            Shape::Patterns(shape) => self.pattern_table.write(self.out, shape)?,
            Shape::Count => writeln!(self.out, "{}", self.matches)?,
            _ => {}
        }
        self.flush()
    }

    /// Flushes the output.
    pub(crate) fn flush(&mut self) -> Result<(), OutputError> {
        Ok(self.out.flush()?)
    }

    /// Writes a remark.
    pub(crate) fn note(&mut self, text: fmt::Arguments<'_>) {
        // If stderr is closed, there is no other place to report to.
        let text = text.to_string();
        let _ = writeln!(self.notes, "chronologix-view: {}", sanitize::visible(&text));
    }
}

#[cfg(test)]
mod tests;
