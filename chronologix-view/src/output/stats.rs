//! Counts records by stream and level, or by time or a field.

use std::{
    io::{self, Write},
    str::FromStr,
};

use chrono::{DateTime, Offset as _, SecondsFormat, TimeDelta, Utc};
use chronologix_schema::{Level, layout::TimeZone};
use serde_json::{Map, Value};

use super::{
    columns::{aligned, on_one_line, text_of, write_cells},
    object::{Object, printed_time},
};
use crate::{
    line::LogLine,
    merge::Record,
    query::{
        LineValues, RecordCount, RecordCounts, RecordGroups, TimeSpec, TreeSource, count_records,
    },
    record::field_by_name,
    sanitize,
    streams::{StreamId, Streams},
};

#[cfg(test)]
mod tests;

/// What records are counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GroupBy {
    /// Spans of time.
    Time(TimeDelta),
    /// Levels.
    Level,
    /// The values of a field. `stream` and `message` count as fields.
    Field(Box<str>),
}

impl FromStr for GroupBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = match text {
            "second" => Some(TimeDelta::seconds(1)),
            "minute" => Some(TimeDelta::minutes(1)),
            "hour" => Some(TimeDelta::hours(1)),
            "day" => Some(TimeDelta::days(1)),
            _ => match text.parse() {
                Ok(TimeSpec::Before(span)) if !text.starts_with('-') => Some(span),
                _ => None,
            },
        };
        match span {
            Some(span) if span < TimeDelta::seconds(1) => {
                Err("a span of time is 1s or more".into())
            }
            Some(span) => Ok(Self::Time(span)),
            None if text == "level" => Ok(Self::Level),
            None => Ok(Self::Field(text.into())),
        }
    }
}

/// How counts are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatsShape {
    /// A table.
    Table,
    /// A JSON object per row.
    Json,
    /// CSV.
    Csv,
}

/// Counts of records.
#[derive(Debug)]
pub(crate) struct Stats {
    by: Option<GroupBy>,
    /// The zone of printed times and of spans.
    zone: TimeZone,
    counts: RecordCounts<Group>,
}

/// The records that are counted together. Those that lack what is asked for come last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// The start of their span of time.
    Time(DateTime<Utc>),
    Level(Level),
    Text(String),
    None,
}

impl Group {
    /// Returns the group of a record, if records are counted by time or level.
    fn of(
        by: Option<&GroupBy>,
        own: Option<DateTime<Utc>>,
        level: Option<Level>,
        zone: &TimeZone,
    ) -> Option<Self> {
        let group = match by? {
            GroupBy::Time(span) => own.map(|own| Self::Time(start_of(own, *span, zone))),
            GroupBy::Level => level.map(Self::Level),
            GroupBy::Field(_) => return None,
        };
        Some(group.unwrap_or(Self::None))
    }

    /// Returns the group of a record by one of its fields.
    fn of_field(name: &str, values: &LineValues<'_>) -> Self {
        let find = |name: &str| {
            values.field(name)?;
            // Of several with the same name, the last one counts.
            let fields = values.values().fields.iter().rev();
            let own = |name: &str| Some(&fields.clone().find(|(key, _)| key == name)?.1);
            field_by_name(&own, name).cloned()
        };
        let found = find(name).or_else(|| find(name.strip_prefix("fields.")?));
        found.map_or(Self::None, |value| Self::Text(text_of(value)))
    }
}

/// Returns whether the lines of a record alone have its value of this name.
fn is_of_lines(name: &str) -> bool {
    let others = [
        "timestamp",
        "time",
        "folder",
        "stream",
        "mirrors",
        "level",
        "message",
        "msg",
        "pattern",
        "fields",
    ];
    !others.contains(&name)
}

/// A row of the printed counts.
struct StatsRow<'a> {
    /// The name of the row. The sum has none.
    name: Option<String>,
    count: &'a RecordCount,
}

impl Stats {
    /// Counts by stream, and by what is asked for.
    pub(crate) fn new(by: Option<GroupBy>, zone: TimeZone) -> Self {
        Self {
            by,
            zone,
            counts: RecordCounts::default(),
        }
    }

    /// Counts a record that consists of these lines.
    pub(crate) fn count(&mut self, lines: &[Record], streams: &Streams) {
        let Some((first, more)) = lines.split_first() else {
            return;
        };
        let own = first.line.own;
        let level = LogLine::level_of_record(lines.iter().map(|record| &*record.line));
        let bytes = lines.iter().map(|record| record.line.text.len() as u64 + 1);
        let mut count = RecordCount::default();
        count.add_record(own, level, bytes.sum());
        self.counts.all.add(&count);
        for stream in first.streams.iter() {
            self.counts.add_to(stream, &count);
        }
        let group = match &self.by {
            Some(GroupBy::Field(name)) => {
                let object = Object::new(first, more, streams, &self.zone);
                let value = object.value(name);
                Some(value.map_or(Group::None, |value| Group::Text(text_of(value))))
            }
            by => Group::of(by.as_ref(), own, level, &self.zone),
        };
        if let Some(group) = group {
            self.counts.groups.entry(group).or_default().add(&count);
        }
    }

    /// Counts all records of a tree, or those of some streams. Returns messages about what cannot
    /// be read, or `None` if it must be read in order.
    pub(crate) fn count_all(
        &mut self,
        source: &TreeSource,
        streams: Option<&[StreamId]>,
    ) -> Option<Vec<String>> {
        let by = self.by.as_ref();
        let zone = &self.zone;
        let by_head = |own, level| Group::of(by, own, level, zone);
        let by_field = |name: &str, values: &LineValues<'_>| Some(Group::of_field(name, values));
        let mut counts = match by {
            Some(GroupBy::Field(name)) if is_of_lines(name) => {
                let by_values = |values: &LineValues<'_>| by_field(name, values);
                count_records(source, streams, RecordGroups::ByValues(&by_values))
            }
            // Where a record stands is known to the reader that reads in order.
            Some(GroupBy::Field(_)) => None,
            _ => count_records(source, streams, RecordGroups::ByHead(&by_head)),
        }?;
        let troubles = std::mem::take(&mut counts.troubles);
        self.counts = counts;
        Some(troubles)
    }

    /// Returns the number of records.
    pub(crate) fn records(&self) -> u64 {
        self.counts.all.records
    }

    /// Writes the counts.
    pub(crate) fn write(
        &self,
        out: &mut dyn Write,
        streams: &Streams,
        shape: StatsShape,
    ) -> io::Result<()> {
        let rows = self.rows(streams);
        match shape {
            StatsShape::Table => out.write_all(self.table(&rows).as_bytes()),
            StatsShape::Json => rows.iter().try_for_each(|row| {
                sanitize::write_json(&mut *out, &self.object(row))?;
                out.write_all(b"\n")
            }),
            StatsShape::Csv => {
                write_cells(out, self.heads().into_iter())?;
                rows.iter()
                    .try_for_each(|row| write_cells(out, self.cells(row).into_iter()))
            }
        }
    }

    fn rows(&self, streams: &Streams) -> Vec<StatsRow<'_>> {
        let mut rows: Vec<StatsRow<'_>> = Vec::new();
        if self.by.is_some() {
            let row = |(group, count)| StatsRow {
                name: Some(self.name_of(group)),
                count,
            };
            rows.extend(self.counts.groups.iter().map(row));
            if matches!(self.by, Some(GroupBy::Field(_))) {
                // The most frequent first.
                rows.sort_by_key(|row| std::cmp::Reverse(row.count.records));
            }
        } else {
            let counted = streams.ids().zip(&self.counts.streams);
            let counted = counted.filter(|(_, count)| count.records > 0);
            rows.extend(counted.map(|(stream, count)| StatsRow {
                name: Some(streams.name(stream).to_owned()),
                count,
            }));
        }
        rows.push(StatsRow {
            name: None,
            count: &self.counts.all,
        });
        rows
    }

    fn name_of(&self, group: &Group) -> String {
        match group {
            Group::Time(start) => {
                let local = start.with_timezone(&self.zone.offset(*start));
                let is_utc = self.zone == TimeZone::UTC;
                local.to_rfc3339_opts(SecondsFormat::Secs, is_utc)
            }
            Group::Level(level) => level.as_str().to_owned(),
            Group::Text(text) => text.clone(),
            Group::None => "-".to_owned(),
        }
    }

    /// Returns the name of the first column.
    fn key(&self) -> &str {
        match &self.by {
            None => "stream",
            Some(GroupBy::Time(_)) => "time",
            Some(GroupBy::Level) => "level",
            Some(GroupBy::Field(name)) => name,
        }
    }

    /// Returns the levels that a record has.
    fn levels(&self) -> impl Iterator<Item = Level> {
        let is_shown = self.by != Some(GroupBy::Level);
        let levels = Level::ALL.into_iter().filter(move |_| is_shown);
        levels.filter(|level| self.counts.all.levels[*level as usize] > 0)
    }

    fn heads(&self) -> Vec<String> {
        let own = [self.key(), "records", "bytes"].map(ToOwned::to_owned);
        let levels = self.levels().map(|level| level.as_str().to_owned());
        let times = ["first", "last"].map(ToOwned::to_owned);
        own.into_iter().chain(levels).chain(times).collect()
    }

    fn cells(&self, row: &StatsRow<'_>) -> Vec<String> {
        let count = row.count;
        let name = row.name.clone().unwrap_or_else(|| "all".to_owned());
        let mut cells = vec![name, count.records.to_string(), count.bytes.to_string()];
        let levels = self.levels();
        cells.extend(levels.map(|level| count.levels[level as usize].to_string()));
        let time = |time: Option<DateTime<Utc>>| {
            time.map_or_else(|| "-".to_owned(), |time| printed_time(time, &self.zone))
        };
        cells.extend([time(count.first), time(count.last)]);
        cells
    }

    fn object(&self, row: &StatsRow<'_>) -> Map<String, Value> {
        let count = row.count;
        let mut object = Map::new();
        if let Some(name) = &row.name {
            object.insert(self.key().to_owned(), name.as_str().into());
        }
        object.insert("records".into(), count.records.into());
        object.insert("bytes".into(), count.bytes.into());
        let levels = self.levels();
        let levels =
            levels.map(|level| (level.as_str().into(), count.levels[level as usize].into()));
        object.insert("levels".into(), Value::Object(levels.collect()));
        for (name, time) in [("first", count.first), ("last", count.last)] {
            if let Some(time) = time {
                object.insert(name.into(), printed_time(time, &self.zone).into());
            }
        }
        object
    }

    /// Formats the counts as a table, without levels that no record has.
    fn table(&self, rows: &[StatsRow<'_>]) -> String {
        let mut lines = vec![self.heads()];
        for row in rows {
            let mut cells = self.cells(row);
            cells[0] = on_one_line(&cells[0]);
            lines.push(cells);
        }
        let columns = lines[0].len();
        // The name and the times are words.
        aligned(&lines, |column| column > 0 && column < columns - 2)
    }
}

/// Returns the start of the span of time that an instant is in. Spans begin with the days of the
/// zone.
fn start_of(instant: DateTime<Utc>, span: TimeDelta, zone: &TimeZone) -> DateTime<Utc> {
    let ahead = i64::from(zone.offset(instant).fix().local_minus_utc());
    let length = span.num_seconds().max(1);
    let into = (instant.timestamp() + ahead).rem_euclid(length);
    DateTime::from_timestamp(instant.timestamp() - into, 0).unwrap_or(instant)
}
