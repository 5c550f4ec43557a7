//! Prints chosen fields of records: as columns, logfmt or CSV.

use std::io::{self, Write};

use chronologix_schema::layout::push_field_value;
use serde_json::{Map, Value};

use super::object::Object;
use crate::sanitize;

#[cfg(test)]
mod tests;

/// Returns cells as a table. Numbers are aligned right, words left.
pub(super) fn aligned(rows: &[Vec<String>], is_number: impl Fn(usize) -> bool) -> String {
    let mut table = String::new();
    let mut widths: Vec<usize> = Vec::new();
    for cells in rows {
        widths.resize(widths.len().max(cells.len()), 0);
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(sanitize::width(cell));
        }
    }
    for cells in rows {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - sanitize::width(cell));
            let gap = if column == 0 { "" } else { "  " };
            if is_number(column) {
                line.extend([gap, &padding, cell]);
            } else {
                line.extend([gap, cell, &padding]);
            }
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

/// The columns of CSV if none are chosen.
const USUAL: [&str; 5] = ["timestamp", "level", "stream", "message", "fields"];

/// Which fields are printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct PrintedFields {
    /// Their names, in order. Empty for all.
    pub(crate) names: Vec<String>,
    /// Whether CSV begins with a line of names.
    pub(crate) has_header: bool,
}

impl PrintedFields {
    /// Writes the chosen fields between tabs. A field that a record does not have is `-`.
    pub(super) fn write_text(&self, out: &mut dyn Write, object: &Object<'_>) -> io::Result<()> {
        let values = object.only(&self.names).into_iter();
        let cells: Vec<String> = values
            .map(|(_, value)| match value {
                Some(value) => on_one_line(&text_of(value)),
                None => "-".to_owned(),
            })
            .collect();
        writeln!(out, "{}", cells.join("\t"))
    }

    /// Writes the chosen fields as a JSON object.
    pub(super) fn write_json(&self, out: &mut dyn Write, object: &Object<'_>) -> io::Result<()> {
        if self.names.is_empty() {
            sanitize::write_json(&mut *out, object)?;
        } else {
            let chosen = object.only(&self.names).into_iter();
            let chosen = chosen.filter_map(|(name, value)| Some((name.to_owned(), value?)));
            sanitize::write_json(&mut *out, &chosen.collect::<Map<String, Value>>())?;
        }
        out.write_all(b"\n")
    }

    /// Writes the chosen fields, or all, as `name=value`.
    pub(super) fn write_logfmt(&self, out: &mut dyn Write, object: &Object<'_>) -> io::Result<()> {
        let pairs = if self.names.is_empty() {
            object.all()
        } else {
            let chosen = object.only(&self.names).into_iter();
            let chosen = chosen.filter_map(|(name, value)| Some((name.to_owned(), value?)));
            chosen.collect()
        };
        let mut line = Vec::new();
        for (name, value) in pairs {
            if !line.is_empty() {
                line.push(b' ');
            }
            push_field_value(&mut line, &name);
            line.push(b'=');
            push_field_value(&mut line, &text_of(value));
        }
        let line = String::from_utf8_lossy(&line);
        writeln!(out, "{}", sanitize::visible(&line))
    }

    /// Writes the names of the columns.
    pub(super) fn write_csv_header(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.has_header {
            return Ok(());
        }
        let names = self.csv_names();
        write_cells(out, names.into_iter())
    }

    /// Writes the chosen fields, or the usual ones, as a line of CSV.
    pub(super) fn write_csv(&self, out: &mut dyn Write, object: &Object<'_>) -> io::Result<()> {
        let names = self.csv_names().into_iter();
        write_cells(
            out,
            names.map(|name| object.value(&name).map_or_else(String::new, text_of)),
        )
    }

    fn csv_names(&self) -> Vec<String> {
        if self.names.is_empty() {
            return USUAL.map(ToOwned::to_owned).to_vec();
        }
        self.names.clone()
    }
}

/// Writes cells by RFC 4180, but with the line ends of Unix.
pub(super) fn write_cells(
    out: &mut dyn Write,
    cells: impl Iterator<Item = String>,
) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let lines: Vec<_> = cell.split('\n').map(sanitize::visible).collect();
        let cell = lines.join("\n");
        if cell.contains(['"', ',', '\n']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}

/// Returns a value as text. A string has no quotes, and nothing is an empty text.
pub(super) fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        Value::Object(members) if members.is_empty() => String::new(),
        other => other.to_string(),
    }
}

/// Returns a text without line ends and tabs.
pub(super) fn on_one_line(text: &str) -> String {
    let text = text.replace('\n', "\\n").replace('\t', "\\t");
    sanitize::visible(&text).into_owned()
}
