//! Counts records by stream and level.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::{line::rfc3339, merge::Record, sanitize, streams::Streams};
use chronologix_schema::Level;

#[cfg(test)]
mod tests;

/// Counts of records.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    /// By stream. A mirrored record counts in each of its streams.
    streams: Vec<Count>,
    /// Each record once.
    all: Count,
}

/// Counts of some records.
#[derive(Clone, Debug, Default)]
struct Count {
    records: u64,
    bytes: u64,
    /// Index 0 is for records without a level.
    levels: [u64; 7],
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
}

impl Stats {
    /// Counts a record, which consists of these lines.
    pub(crate) fn count(&mut self, lines: &[Record]) {
        let Some(first) = lines.first() else {
            return;
        };
        let level = first.line.level().map_or(0, |level| level as usize);
        self.all.add(lines, level);
        for stream in first.streams.iter() {
            let index = stream.index();
            if self.streams.len() <= index {
                self.streams.resize_with(index + 1, Count::default);
            }
            self.streams[index].add(lines, level);
        }
    }

    /// Formats the counts as a table, without levels that no record has.
    pub(crate) fn table(&self, streams: &Streams) -> String {
        let mut heads = vec!["stream".to_owned(), "records".into(), "bytes".into()];
        let shown: Vec<usize> = (1..7).filter(|level| self.all.levels[*level] > 0).collect();
        heads.extend(
            shown
                .iter()
                .map(|level| Level::ALL[level - 1].as_str().to_owned()),
        );
        heads.extend(["first".into(), "last".into()]);
        let mut rows = vec![heads];
        let row = |name: &str, count: &Count| {
            let mut cells = vec![
                sanitize::visible(name).into_owned(),
                count.records.to_string(),
                count.bytes.to_string(),
            ];
            cells.extend(shown.iter().map(|level| count.levels[*level].to_string()));
            let time = |time: Option<DateTime<Utc>>| time.map_or_else(String::new, rfc3339);
            cells.extend([time(count.first), time(count.last)]);
            cells
        };
        for stream in streams.ids() {
            if let Some(count) = self
                .streams
                .get(stream.index())
                .filter(|count| count.records > 0)
            {
                rows.push(row(streams.name(stream), count));
            }
        }
        rows.push(row("all", &self.all));
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
        let mut table = String::new();
        for row in &rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let gap = if column == 0 { "" } else { "  " };
                let width = widths[column];
                // Numbers are aligned right, words left.
                let is_number = column > 0 && column < widths.len() - 2;
                let _ = if is_number {
                    write!(line, "{gap}{cell:>width$}")
                } else {
                    write!(line, "{gap}{cell:<width$}")
                };
            }
            let _ = writeln!(table, "{}", line.trim_end());
        }
        table
    }
}

impl Count {
    fn add(&mut self, lines: &[Record], level: usize) {
        let bytes = lines.iter().map(|line| line.line.text.len() as u64 + 1);
        self.records += 1;
        self.bytes += bytes.sum::<u64>();
        self.levels[level] += 1;
        let Some(instant) = lines.first().map(|line| line.line.key.instant) else {
            return;
        };
        self.first = Some(self.first.map_or(instant, |first| first.min(instant)));
        self.last = Some(self.last.map_or(instant, |last| last.max(instant)));
    }
}
