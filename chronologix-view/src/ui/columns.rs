//! The columns before the message of a line: time, level, stream, chosen fields.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use chronologix_schema::{Level, layout::TimeZone};
use ratatui::style::Style;

use super::{Screen, cell_writer::CellWriter};
use crate::{
    line::LogLine,
    model::{
        buffer::{Body, Row},
        columns::{Columns, LEVEL, StampStyle},
    },
    query::LineValues,
    sanitize,
    theme::Theme,
};

impl Screen<'_> {
    /// Writes the columns of a line.
    pub(super) fn columns(
        &self,
        columns: Columns,
        tab: usize,
        number: u64,
        (row, line): (&Row, &LogLine),
        level: Option<Level>,
        writer: &mut CellWriter<'_>,
    ) {
        let width = columns.stamp.width();
        match line.own {
            Some(own) => {
                let text = match columns.stamp {
                    StampStyle::Relative => self.since_row_before(tab, number, own),
                    stamp => time_of_day(own, stamp, self.zone()),
                };
                writer.write(&format!("{text:>width$} "), Theme::FAINT);
            }
            // A record without a time is not one that goes on.
            None if line.begins_record => writer.write(&format!("{:<width$} ", "-"), Theme::FAINT),
            None => writer.skip(width + 1),
        }
        match level {
            Some(level) => writer.write(badge(level), self.theme().level(level)),
            None => writer.skip(LEVEL),
        }
        writer.skip(1);
        if let (1.., Body::Line(_, found)) = (columns.name, &row.body) {
            let stream = self.model.streams.origin(found);
            let name = fitted(self.model.streams.name(stream), columns.name);
            writer.write(&name, self.theme().stream(stream));
            writer.write(" ", Style::new());
        }
        let values = LineValues::new(&line.text, line.format);
        for column in self.model.columns.iter().take(columns.fields) {
            let value = column.value(&values).unwrap_or_default();
            let value = sanitize::visible(&value.replace('\n', " ")).into_owned();
            let is_number = value.parse::<f64>().is_ok();
            let mut cell = fitted(&value, column.width);
            if is_number {
                // Numbers of one length stand below each other.
                let text = cell.trim_end();
                cell = format!("{text:>0$}", column.width);
            }
            writer.write(&cell, Style::new());
            writer.write(" ", Style::new());
        }
    }

    /// Returns the zone that times are written in.
    pub(super) fn zone(&self) -> &TimeZone {
        self.model.zones.shown()
    }

    /// Formats the time since the row before.
    fn since_row_before(&self, tab: usize, number: u64, own: DateTime<Utc>) -> String {
        let pane = &self.model.panes[tab];
        let before = pane
            .kept_before(number)
            .and_then(|row| pane.buffer.row(row));
        let before = before.and_then(|row| row.line()?.own);
        before.map_or_else(String::new, |before| span(own - before))
    }
}

/// Formats a time of day.
pub(super) fn time_of_day(instant: DateTime<Utc>, style: StampStyle, zone: &TimeZone) -> String {
    let (digits, format) = match style {
        StampStyle::Seconds | StampStyle::Relative => (0, "%H:%M:%S"),
        StampStyle::Millis => (3, "%H:%M:%S%.3f"),
        StampStyle::Micros => (6, "%H:%M:%S%.6f"),
    };
    let civil = zone.civil(instant.trunc_subsecs(digits));
    civil.format(format).to_string()
}

/// Formats a time span in its largest unit: `+4.7ms`, `+41.0s`, `+3m12s`.
fn span(span: TimeDelta) -> String {
    let (sign, span) = if span < TimeDelta::zero() {
        ('-', -span)
    } else {
        ('+', span)
    };
    let seconds = span.as_seconds_f64();
    match span.num_seconds() {
        0 => format!("{sign}{:.1}ms", seconds * 1e3),
        1..60 => format!("{sign}{seconds:.1}s"),
        60..3_600 => format!(
            "{sign}{}m{:02}s",
            span.num_minutes(),
            span.num_seconds() % 60
        ),
        3_600..86_400 => format!("{sign}{}h{:02}m", span.num_hours(), span.num_minutes() % 60),
        _ => format!("{sign}{}d{:02}h", span.num_days(), span.num_hours() % 24),
    }
}

/// Returns the three letters of a level.
pub(super) fn badge(level: Level) -> &'static str {
    match level {
        Level::Trace => "TRC",
        Level::Debug => "DBG",
        Level::Info => "INF",
        Level::Warn => "WRN",
        Level::Error => "ERR",
        Level::Critical => "CRT",
    }
}

/// Cuts or pads a name to a width.
fn fitted(name: &str, width: usize) -> String {
    let own = sanitize::width(name);
    if own <= width {
        return format!("{name}{:1$}", "", width - own);
    }
    let mut short = sanitize::broken(name, width - 1).swap_remove(0);
    short.push('…');
    let own = sanitize::width(&short);
    format!("{short}{:1$}", "", width.saturating_sub(own))
}
