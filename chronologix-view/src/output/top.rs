//! Prints the values of a field with their counts, or the records with the largest numbers in it.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::TimeZone;
use serde_json::{Map, Value};

use super::{
    OutputError, Shape, StatsShape, TimeRange,
    columns::{aligned, on_one_line, write_cells},
    object::printed_time,
    printer::Printer,
};
use crate::{
    query::{Field, RankedValues, Top, TopAnswer, TopRows, TreeSource, ValueCount, View, find_top},
    sanitize,
};

#[cfg(test)]
mod tests;

/// Prints the answer to a question about a field.
pub(super) fn print_top(
    source: &TreeSource,
    view: &View,
    top: &Top,
    range: TimeRange,
    printer: &mut Printer<'_>,
) -> Result<(), OutputError> {
    let top = Top {
        since: range.since,
        until: range.until,
        ..top.clone()
    };
    let found = find_top(source, view, &top, &|| true, &|_, _| {});
    for trouble in &found.troubles {
        printer.note(format_args!("{trouble}"));
        printer.is_incomplete = true;
    }
    let name = top.field().map_or("", Field::name);
    match &found.answer.rows {
        TopRows::Values(values) => {
            let table = ValueTable {
                name,
                values,
                answer: &found.answer,
                zone: &printer.zone,
            };
            let shape = match printer.shape {
                Shape::Top(shape) => shape,
                _ => StatsShape::Table,
            };
            if found.answer.with_field > 0 {
                table.write(printer.out, shape)?;
            }
        }
        // They are printed by `--patterns` and `--diff`.
        TopRows::Patterns(_) | TopRows::Changes(_) => {}
        TopRows::Records(records) => {
            printer.begin()?;
            for record in records {
                match printer.record(&record.lines, &found.streams) {
                    Err(OutputError::Enough) => break,
                    ended => ended?,
                }
            }
        }
    }
    printer.flush()?;
    if printer.is_incomplete {
        return Err(OutputError::Incomplete);
    }
    if found.answer.with_field == 0 {
        if found.answer.records > 0 {
            let numbers = match found.answer.rows {
                TopRows::Records(_) => " with a number",
                _ => "",
            };
            printer.note(format_args!("no record has a field {name:?}{numbers}"));
        }
        return Err(OutputError::NoMatch);
    }
    Ok(())
}

/// Values with their counts.
struct ValueTable<'a> {
    /// The name of the field.
    name: &'a str,
    values: &'a RankedValues,
    answer: &'a TopAnswer,
    zone: &'a TimeZone,
}

impl ValueTable<'_> {
    fn write(&self, out: &mut dyn Write, shape: StatsShape) -> io::Result<()> {
        match shape {
            StatsShape::Table => out.write_all(self.table().as_bytes()),
            StatsShape::Csv => {
                write_cells(out, self.heads().into_iter())?;
                let mut rows = self.values.rows.iter();
                rows.try_for_each(|row| write_cells(out, self.cells(row).into_iter()))
            }
            StatsShape::Json => self.objects().iter().try_for_each(|object| {
                sanitize::write_json(&mut *out, object)?;
                out.write_all(b"\n")
            }),
        }
    }

    fn heads(&self) -> Vec<String> {
        let heads = [self.name, "records", "share", "first", "last"];
        heads.map(ToOwned::to_owned).to_vec()
    }

    fn cells(&self, (value, count): &(Box<str>, ValueCount)) -> Vec<String> {
        let time = |time: Option<DateTime<Utc>>| {
            time.map_or_else(|| "-".to_owned(), |time| printed_time(time, self.zone))
        };
        vec![
            value.to_string(),
            match count.missed {
                0 => count.records.to_string(),
                _ => format!("{}..{}", count.records, count.most()),
            },
            self.percent(count.records),
            time(count.first),
            time(count.last),
        ]
    }

    fn table(&self) -> String {
        // Values can be long, so they come last.
        let mut rows = vec![self.heads()];
        rows.extend(self.values.rows.iter().map(|row| self.cells(row)));
        if let Some((values, records)) = self.answer.others() {
            let more = if self.values.has_more {
                "more than "
            } else {
                ""
            };
            let word = if values == 1 { "value" } else { "values" };
            let values = format!("and {more}{values} other {word}");
            rows.push(self.remark(values, records));
        }
        let without = self.answer.records - self.answer.with_field;
        if without > 0 {
            rows.push(self.remark(format!("without {}", self.name), without));
        }
        for cells in &mut rows {
            cells.rotate_left(1);
            if let Some(value) = cells.last_mut() {
                *value = on_one_line(value);
            }
        }
        aligned(&rows, |column| column < 2)
    }

    fn remark(&self, text: String, records: u64) -> Vec<String> {
        let share = self.percent(records);
        vec![
            text,
            records.to_string(),
            share,
            String::new(),
            String::new(),
        ]
    }

    fn objects(&self) -> Vec<Map<String, Value>> {
        let object = |(value, count): &(Box<str>, ValueCount)| {
            let mut object = Map::new();
            object.insert(self.name.to_owned(), (**value).into());
            object.insert("records".to_owned(), count.records.into());
            if count.missed > 0 {
                object.insert("missed_at_most".to_owned(), count.missed.into());
            }
            object.insert("share".to_owned(), self.share(count.records).into());
            for (name, time) in [("first", count.first), ("last", count.last)] {
                if let Some(time) = time {
                    object.insert(name.to_owned(), printed_time(time, self.zone).into());
                }
            }
            object
        };
        let mut objects: Vec<_> = self.values.rows.iter().map(object).collect();
        let mut remark = |name: &str, what: Value, records: u64| {
            let mut object = Map::new();
            object.insert(name.to_owned(), what);
            object.insert("records".to_owned(), records.into());
            object.insert("share".to_owned(), self.share(records).into());
            objects.push(object);
        };
        if let Some((values, records)) = self.answer.others() {
            remark("other_values", values.into(), records);
        }
        let without = self.answer.records - self.answer.with_field;
        if without > 0 {
            remark("without", self.name.into(), without);
        }
        objects
    }

    /// Returns the share of all records, with four digits.
    #[expect(clippy::cast_precision_loss, reason = "a share has four digits")]
    fn share(&self, records: u64) -> f64 {
        let share = records as f64 / self.answer.records.max(1) as f64;
        (share * 1e4).round() / 1e4
    }

    fn percent(&self, records: u64) -> String {
        format!("{:.1}%", self.share(records) * 1e2)
    }
}
