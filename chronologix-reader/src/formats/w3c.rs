//! The extended log format of W3C, as IIS writes it: a line of names, and lines of values.

use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

use super::{Moment, Values, cursor::Cursor, logfmt};

#[cfg(test)]
mod tests;

/// The names of the values, from a line `#Fields: date time …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldNames {
    /// The names in their order.
    names: Vec<String>,
}

impl FieldNames {
    /// Reads a line of names.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let names = line.strip_prefix(b"#Fields:")?;
        let names = String::from_utf8_lossy(names);
        let names: Vec<_> = names
            .split_ascii_whitespace()
            .map(ToOwned::to_owned)
            .collect();
        (!names.is_empty()).then_some(Self { names })
    }

    /// Returns the values of a line. There are as many as names.
    fn cells<'a>(&self, line: &'a [u8]) -> Option<Vec<&'a [u8]>> {
        let cells: Vec<_> = split(line).collect();
        (cells.len() == self.names.len()).then_some(cells)
    }

    /// Returns the time of a line, which is in UTC by the standard. `None` if the line does not
    /// have these values, or no time among them.
    pub(super) fn moment(&self, line: &[u8]) -> Option<Moment> {
        let mut date = None;
        let mut time = None;
        let mut count = 0;
        for (cell, name) in split(line).zip(&self.names) {
            match name.as_str() {
                "date" => date = Some(self::date(cell)?),
                "time" => time = Some(self::time(cell)?),
                _ => {}
            }
            count += 1;
        }
        if count < self.names.len() {
            return None;
        }
        let time = time?;
        Some(match date {
            Some(date) => Moment::Instant(date.and_time(time).and_utc()),
            None => Moment::TimeOfDay(time),
        })
    }

    /// Reads everything. `-` stands for no value.
    pub(super) fn values(&self, line: &[u8]) -> Option<Values> {
        let cells = self.cells(line)?;
        let cell = |name: &str| {
            let index = self.names.iter().position(|it| it == name)?;
            let text = String::from_utf8_lossy(cells.get(index)?);
            (text != "-").then(|| text.into_owned())
        };
        let stamp = match (cell("date"), cell("time")) {
            (Some(date), Some(time)) => Some(format!("{date} {time}")),
            (None, time) => time,
            (date, None) => date,
        };
        let request = [cell("cs-method"), cell("cs-uri-stem").or(cell("cs-uri"))];
        let message = request.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let named = self.names.iter().zip(&cells);
        let fields = named
            .filter(|(name, cell)| !matches!(name.as_str(), "date" | "time") && **cell != b"-")
            .map(|(name, cell)| (name.clone(), value(cell)));
        Some(Values {
            stamp,
            level: None,
            message,
            fields: fields.collect(),
        })
    }
}

/// What the lines begin with that say how a table is to be read: those of W3C, and of Zeek.
const HEADERS: [&[u8]; 17] = [
    b"#Software:",
    b"#Version:",
    b"#Date:",
    b"#Fields:",
    b"#Start-Date:",
    b"#End-Date:",
    b"#Remark:",
    b"#GMT-Offset:",
    b"#separator ",
    b"#set_separator\t",
    b"#empty_field\t",
    b"#unset_field\t",
    b"#path\t",
    b"#open\t",
    b"#close\t",
    b"#fields\t",
    b"#types\t",
];

/// Returns whether a line says how a table is to be read. It is no part of the record before.
pub(super) fn is_header(line: &[u8]) -> bool {
    HEADERS.iter().any(|header| line.starts_with(header))
}

/// Splits a line into its values, which can have quotes.
fn split(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line.trim_ascii();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let quoted = rest.strip_prefix(b"\"");
        let end = match quoted.and_then(|inner| memchr::memchr(b'"', inner)) {
            Some(length) => length + 2,
            None => memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len()),
        };
        let (cell, behind) = rest.split_at(end);
        rest = behind.trim_ascii_start();
        Some(cell)
    })
}

/// Returns a value with its type.
fn value(cell: &[u8]) -> Value {
    let text = String::from_utf8_lossy(cell);
    match text
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
    {
        Some(inner) => Value::String(inner.to_owned()),
        None => logfmt::typed(&text),
    }
}

/// Reads `2025-05-04`.
fn date(cell: &[u8]) -> Option<NaiveDate> {
    let mut cursor = Cursor::new(cell, 0);
    let year = i32::try_from(cursor.four()?).ok()?;
    cursor.skip(1);
    let month = cursor.two()?;
    cursor.skip(1);
    NaiveDate::from_ymd_opt(year, month, cursor.two()?)
}

/// Reads `14:02:19` and `14:02:19.123`.
fn time(cell: &[u8]) -> Option<NaiveTime> {
    let mut cursor = Cursor::new(cell, 0);
    let hour = cursor.two()?;
    cursor.eat(b':').then_some(())?;
    let minute = cursor.two()?;
    cursor.eat(b':').then_some(())?;
    let second = cursor.two()?;
    let nanos = if cursor.eat(b'.') {
        cursor.fraction()?
    } else {
        0
    };
    NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)
}
