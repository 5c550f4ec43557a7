//! Writes records and remarks.

use std::{
    fmt,
    io::{self, Write},
};

use chronologix_schema::layout::{Folder, parse_json_line, parse_text_line};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{OutputError, stats::Stats};
use crate::{
    formats::strip_colours,
    line::{LogLine, rfc3339},
    merge::Record,
    sanitize,
    streams::{StreamSet, Streams},
};

/// The format of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As in the files, with visible control characters.
    #[default]
    Lines,
    /// The same, with folder and stream before each line.
    NamedLines,
    /// One JSON object per line.
    Json,
    /// No records, but their numbers at the end.
    Stats,
}

/// Writes records to one output and remarks to another.
pub(crate) struct Printer<'a> {
    out: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    shape: Shape,
    /// The numbers of [`Shape::Stats`].
    stats: Stats,
    /// Whether a record was printed.
    pub(crate) has_printed: bool,
    /// Whether a file could not be read.
    pub(crate) is_incomplete: bool,
}

impl<'a> Printer<'a> {
    /// Writes records to `out` and remarks to `notes`.
    pub(crate) fn new(out: &'a mut dyn Write, notes: &'a mut dyn Write, shape: Shape) -> Self {
        Self {
            out,
            notes,
            shape,
            stats: Stats::default(),
            has_printed: false,
            is_incomplete: false,
        }
    }

    /// Writes one record, which consists of these lines.
    pub(crate) fn record(
        &mut self,
        lines: &[Record],
        streams: &Streams,
    ) -> Result<(), OutputError> {
        self.has_printed = true;
        let Some((first, more)) = lines.split_first() else {
            return Ok(());
        };
        match self.shape {
            Shape::Lines | Shape::NamedLines => {
                for Record {
                    line,
                    streams: found,
                } in lines
                {
                    let end = if line.is_cut { " …" } else { "" };
                    self.write(line, found, streams, end)?;
                }
            }
            Shape::Json => {
                let mut object = Object::new(&first.line, &first.streams, streams);
                for Record { line, .. } in more {
                    object.message.push('\n');
                    object.message.push_str(&line.text);
                    object.is_cut |= line.is_cut;
                }
                self.object(&object)?;
            }
            Shape::Stats => self.stats.count(lines),
        }
        Ok(())
    }

    /// Writes a last line that has no line end yet.
    pub(crate) fn unfinished(
        &mut self,
        line: &LogLine,
        streams: &Streams,
    ) -> Result<(), OutputError> {
        let found = StreamSet::of(line.key.stream);
        self.write(line, &found, streams, " (no newline yet)")
    }

    fn write(
        &mut self,
        line: &LogLine,
        found: &StreamSet,
        streams: &Streams,
        end: &str,
    ) -> Result<(), OutputError> {
        match self.shape {
            Shape::Lines => self.line(line, end)?,
            Shape::NamedLines => {
                let tag = streams.tag(found);
                write!(self.out, "{}/{}:", line.key.folder, sanitize::visible(&tag))?;
                self.line(line, end)?;
            }
            Shape::Json => self.object(&Object::new(line, found, streams))?,
            Shape::Stats => {}
        }
        Ok(())
    }

    fn object(&mut self, object: &Object<'_>) -> io::Result<()> {
        sanitize::write_json(&mut *self.out, object)?;
        self.out.write_all(b"\n")
    }

    fn line(&mut self, line: &LogLine, end: &str) -> io::Result<()> {
        match &line.raw {
            None => write!(self.out, "{}", sanitize::visible(&line.text))?,
            // As it stands in the file, but for colours.
            Some(raw) => {
                let shown = sanitize::visible_bytes(&strip_colours(raw));
                self.out.write_all(&shown)?;
            }
        }
        writeln!(self.out, "{end}")
    }

    /// Writes what comes at the end.
    pub(crate) fn finish(&mut self, streams: &Streams) -> Result<(), OutputError> {
        if self.shape == Shape::Stats {
            write!(self.out, "{}", self.stats.table(streams))?;
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

/// A record as JSON.
#[derive(Debug, Serialize)]
struct Object<'a> {
    /// The time of the record. A record without a timestamp has that of the record before.
    timestamp: String,
    folder: String,
    stream: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mirrors: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    fields: Map<String, Value>,
    #[serde(skip_serializing_if = "is_false")]
    is_cut: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "required by serde")]
fn is_false(value: &bool) -> bool {
    !value
}

impl<'a> Object<'a> {
    fn new(line: &LogLine, found: &StreamSet, streams: &'a Streams) -> Self {
        let folder: Folder = line.key.folder;
        let origin = streams.origin(found);
        let copies = found.iter().filter(|stream| *stream != origin);
        let json = line
            .text
            .starts_with('{')
            .then(|| parse_json_line(&line.text));
        let (level, message, fields) = if let Some(json) = json.flatten() {
            (json.level, json.message, json.fields)
        } else {
            let parsed = parse_text_line(&line.text);
            (parsed.level, parsed.message.to_owned(), Map::new())
        };
        Self {
            timestamp: rfc3339(line.key.instant),
            folder: folder.name(),
            stream: streams.name(origin),
            mirrors: copies.map(|stream| streams.name(stream)).collect(),
            level: level.map(chronologix_schema::Level::as_str),
            message,
            fields,
            is_cut: line.is_cut,
        }
    }
}

#[cfg(test)]
mod tests;
