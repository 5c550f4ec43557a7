//! Prints the patterns of records, with their counts.

use std::{
    borrow::Cow,
    io::{self, Write},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::TimeZone};
use serde_json::{Map, Value};

use super::{
    columns::{on_one_line, write_cells},
    object::printed_time,
    stats::StatsShape,
};
use crate::{
    formats::LineFormat,
    line::LogLine,
    merge::Record,
    patterns::{Catalogue, Pattern, PatternTable, Patterns, SourceLine},
    record, sanitize,
    streams::Streams,
};

#[cfg(test)]
mod tests;

/// The names of the columns.
const HEADS: [&str; 6] = ["records", "share", "level", "first", "last", "pattern"];

/// The names of the columns that a table has no room for.
const MORE_OF_CSV: [&str; 2] = ["id", "source"];

/// The patterns of records.
#[derive(Debug)]
pub(super) struct PatternRows {
    /// The zone of printed times.
    zone: TimeZone,
    rarest_first: bool,
    table: PatternTable,
}

impl PatternRows {
    /// Starts without records.
    pub(super) fn new(zone: TimeZone, rarest_first: bool) -> Self {
        Self {
            zone,
            rarest_first,
            table: PatternTable::default(),
        }
    }

    /// Sets the statements that are known, before the first record.
    pub(super) fn know(&mut self, catalogue: Arc<Catalogue>) {
        self.table = PatternTable::new(catalogue);
    }

    /// Counts a record that consists of these lines.
    pub(super) fn count(&mut self, lines: &[Record], streams: &Streams) {
        let Some(first) = lines.first() else { return };
        let level = level_of(lines);
        let message = message_of(lines);
        let stream = streams.name(streams.origin(&first.streams));
        self.table
            .add_message(stream, &message, first.line.own, level);
    }

    /// Returns the statements that are known.
    pub(super) fn catalogue(&self) -> &Arc<Catalogue> {
        self.table.catalogue()
    }

    /// Takes over records that were counted elsewhere.
    pub(super) fn set(&mut self, table: PatternTable) {
        self.table = table;
    }

    /// Returns the number of records.
    pub(super) fn records(&self) -> u64 {
        self.table.records()
    }

    /// Returns the masked messages.
    pub(super) fn table(self) -> PatternTable {
        self.table
    }

    /// Writes the patterns.
    pub(super) fn write(&mut self, out: &mut dyn Write, shape: StatsShape) -> io::Result<()> {
        let patterns = Patterns::of(std::mem::take(&mut self.table));
        let mut rows: Vec<&Pattern> = patterns.rows().iter().collect();
        if self.rarest_first {
            rows.reverse();
        }
        let row = |pattern| TableRow {
            pattern,
            all: patterns.records(),
            zone: &self.zone,
        };
        let mut rows = rows.into_iter().map(row);
        match shape {
            StatsShape::Table => {
                let cells: Vec<[String; 6]> = rows.map(|row| row.cells()).collect();
                write_table(out, &cells)
            }
            StatsShape::Json => rows.try_for_each(|row| {
                sanitize::write_json(&mut *out, &row.object())?;
                out.write_all(b"\n")
            }),
            StatsShape::Csv => {
                let heads = HEADS.into_iter().chain(MORE_OF_CSV);
                write_cells(out, heads.map(ToOwned::to_owned))?;
                rows.try_for_each(|row| {
                    let source = row.pattern.source.as_ref();
                    let more = [
                        row.pattern.id.to_string(),
                        source.map(SourceLine::to_string).unwrap_or_default(),
                    ];
                    write_cells(out, row.cells().into_iter().chain(more))
                })
            }
        }
    }
}

/// A row of the printed patterns.
struct TableRow<'a> {
    pattern: &'a Pattern,
    /// The number of all records.
    all: u64,
    zone: &'a TimeZone,
}

impl TableRow<'_> {
    /// Returns the share of all records, in percent.
    fn share(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a share needs few digits")]
        let share = self.pattern.count.records as f64 / self.all.max(1) as f64;
        share * 100.0
    }

    fn time(&self, time: Option<DateTime<Utc>>) -> Option<String> {
        time.map(|time| printed_time(time, self.zone))
    }

    fn cells(&self) -> [String; 6] {
        let count = &self.pattern.count;
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        [
            count.records.to_string(),
            format!("{:.2}%", self.share()),
            or_dash(count.highest_level().map(|level| level.as_str().to_owned())),
            or_dash(self.time(count.first)),
            or_dash(self.time(count.last)),
            self.pattern.text.to_string(),
        ]
    }

    fn object(&self) -> Map<String, Value> {
        let count = &self.pattern.count;
        let mut object = Map::new();
        object.insert("pattern".into(), (&*self.pattern.id).into());
        object.insert("text".into(), (&*self.pattern.text).into());
        if let Some(source) = &self.pattern.source {
            insert_source(&mut object, source);
        }
        object.insert("records".into(), count.records.into());
        let share = (self.share() * 1e4).round() / 1e6;
        object.insert("share".into(), share.into());
        if let Some(level) = count.highest_level() {
            object.insert("level".into(), level.as_str().into());
        }
        let levels = Level::ALL.into_iter();
        let levels = levels.map(|level| (level, count.levels[level as usize]));
        let levels = levels.filter(|(_, records)| *records > 0);
        let levels = levels.map(|(level, records)| (level.as_str().to_owned(), records.into()));
        object.insert("levels".into(), Value::Object(levels.collect()));
        for (name, time) in [("first", count.first), ("last", count.last)] {
            if let Some(time) = self.time(time) {
                object.insert(name.into(), time.into());
            }
        }
        object.insert("example".into(), (&*count.example).into());
        object
    }
}

/// Adds where a statement stands.
pub(super) fn insert_source(object: &mut Map<String, Value>, source: &SourceLine) {
    object.insert("file".into(), (&*source.file).into());
    object.insert("line".into(), source.line.into());
}

/// Writes cells as a table. Numbers are aligned right, words left.
fn write_table(out: &mut dyn Write, rows: &[[String; 6]]) -> io::Result<()> {
    let heads = HEADS.map(ToOwned::to_owned);
    let widths: [usize; 5] = std::array::from_fn(|column| {
        let cells = rows
            .iter()
            .chain([&heads])
            .map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    });
    for row in [&heads].into_iter().chain(rows) {
        let [records, share, level, first, last, pattern] = row;
        for (column, cell) in [records, share].into_iter().enumerate() {
            write!(out, "{cell:>width$}  ", width = widths[column])?;
        }
        for (column, cell) in (2..).zip([level, first, last]) {
            write!(out, "{cell:<width$}  ", width = widths[column])?;
        }
        writeln!(out, "{}", on_one_line(pattern))?;
    }
    Ok(())
}

/// Returns the level of the record that consists of these lines.
pub(super) fn level_of(lines: &[Record]) -> Option<Level> {
    LogLine::level_of_record(lines.iter().map(|record| &*record.line))
}

/// Returns the message of the record that consists of these lines: that of the first, or of the
/// next if it has none.
pub(super) fn message_of(lines: &[Record]) -> Cow<'_, str> {
    let Some((first, more)) = lines.split_first() else {
        return Cow::Borrowed("");
    };
    let message = record::message(&first.line.text, first.line.format);
    let continues = |record: &&Record| record.line.format.is_some_and(LineFormat::continues);
    match more
        .first()
        .filter(|_| message.is_empty())
        .filter(continues)
    {
        Some(next) => record::message(&next.line.text, next.line.format),
        None => message,
    }
}
