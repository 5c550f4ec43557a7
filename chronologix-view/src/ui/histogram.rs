//! The histogram: lines over time, with warnings and errors as their parts.
//!
//! ```text
//!  364 ▂▅▇█▃▂
//!      ██████
//!    0 ██████
//!         ▲ 14:03  364 lines · 40 warn · 2 err        peak: 364 lines per minute
//!      4 May 14:00   │14:10
//! ```

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    Screen,
    header::rounded,
    timeline_bar::{BARS, Column, columns, scaled, totals},
    writer_at,
};
use crate::{
    model::{Model, search_results::TimeSlice},
    number::grouped,
    sanitize,
};

/// The columns from one label of the axis to the next, or more if a label is wider.
const LABELS: u16 = 12;

#[cfg(test)]
mod tests;

impl Screen<'_> {
    pub(super) fn histogram(&self, area: Rect, buffer: &mut Buffer) {
        if area.height < 3 {
            return;
        }
        let theme = self.theme();
        let (bars, columns) = bars_of(self.model, area);
        let most = columns.iter().map(Column::lines).max().unwrap_or(0);
        let rows = area.height - 2;
        for (y, label) in [(area.y, grouped(most)), (area.y + rows - 1, "0".to_owned())] {
            let width = usize::from(bars.x - area.x).saturating_sub(1);
            writer_at(area, y, buffer).write(&format!("{label:>width$}"), theme.remark());
        }
        for (x, column) in (bars.left()..bars.right()).zip(&columns) {
            let heights = Heights::of(column, most, u64::from(rows) * 8);
            for row in 0..rows {
                let (bar, style) = self.cell(&heights, u64::from(row) * 8);
                buffer.set_string(x, area.y + rows - 1 - row, bar, style);
            }
        }
        let under = Rect {
            y: area.y + rows,
            height: 1,
            ..bars
        };
        self.caret(&columns, most, under, buffer);
        let axis = Rect {
            y: under.y + 1,
            ..under
        };
        self.axis(&columns, axis, buffer);
    }

    /// Returns the character of a cell that begins at a height, and its style.
    fn cell(&self, heights: &Heights, from: u64) -> (&'static str, Style) {
        let part = |end: u64| end.saturating_sub(from).min(8);
        let parts = [heights.errors, heights.warnings, heights.lines].map(part);
        let [red, yellow, all] = parts;
        let eighths = |height: u64| {
            let index = usize::try_from(height).unwrap_or(0);
            BARS.get(index).copied().unwrap_or(" ")
        };
        let [error, warn, line] = self.theme().bars();
        // A cell has two colours at most: that of the lower part, and the one above it.
        match (red, yellow, all) {
            (0, 0, all) => (eighths(all), line),
            (0, yellow, all) if yellow == all => (eighths(all), warn),
            (0, yellow, _) => (eighths(yellow), on(warn, line)),
            (red, _, all) if red == all => (eighths(all), error),
            (red, yellow, _) if yellow > red => (eighths(red), on(error, warn)),
            (red, ..) => (eighths(red), on(error, line)),
        }
    }

    /// Draws the marks of matches, the place of the cursor with its counts, and the peak.
    fn caret(&self, columns: &[Column], most: u64, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme();
        for (x, column) in (area.left()..area.right()).zip(columns) {
            if column.cells.iter().any(|cell| cell.hits > 0) {
                buffer.set_string(x, area.y, "•", theme.key());
            }
        }
        let peak = match width_of(columns) {
            Some(span) => {
                let span = rounded(span);
                let span = span.strip_prefix("1 ").unwrap_or(&span);
                format!(" peak: {} lines per {span} ", grouped(most))
            }
            None => format!(" peak: {} lines ", grouped(most)),
        };
        let mut writer = writer_at(area, area.y, buffer);
        writer.move_to_last(sanitize::width(&peak));
        writer.write(&peak, theme.remark());
        let Some(place) = columns.iter().position(|column| self.is_at_cursor(column)) else {
            return;
        };
        let column = &columns[place];
        let Some(first) = column.cells.first() else {
            return;
        };
        let mut sum = *first;
        (sum.lines, sum.levels) = (0, [0; 7]);
        column.cells.iter().for_each(|cell| sum.add(cell));
        let time = self.zone().civil(first.from).format("%H:%M:%S");
        let text = format!(" {time}  {}", totals(&sum));
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        let text_width = u16::try_from(sanitize::width(&text)).unwrap_or(u16::MAX);
        let x = area.x.saturating_add(place);
        buffer.set_string(x, area.y, "▲", theme.key());
        // Beside the caret, where there is room.
        let right = x + 1;
        let peak = u16::try_from(sanitize::width(&peak)).unwrap_or(u16::MAX);
        let start = if right + text_width + peak <= area.right() {
            right
        } else {
            x.saturating_sub(text_width).max(area.x)
        };
        if start + text_width <= x || start == right {
            buffer.set_stringn(start, area.y, &text, usize::from(text_width), Style::new());
        }
    }

    /// Draws the times at which columns begin.
    fn axis(&self, columns: &[Column], area: Rect, buffer: &mut Buffer) {
        let start = |column: &Column| Some(self.zone().civil(column.cells.first()?.from));
        let starts: Vec<_> = columns.iter().map(start).collect();
        for (x, label) in axis_labels(&starts, area.width) {
            buffer.set_string(area.x + x, area.y, &label, self.theme().remark());
        }
    }
}

/// Returns the labels of an axis with their columns, by the times at which columns begin. Each is
/// whole.
fn axis_labels(starts: &[Option<NaiveDateTime>], width: u16) -> Vec<(u16, String)> {
    let mut labels = Vec::new();
    let mut day = None;
    // Where the next label can begin: one with a day is wider than one with a time.
    let mut free = 0;
    for (x, start) in (0..width).zip(starts) {
        let Some(start) = start.filter(|_| x >= free) else {
            continue;
        };
        let is_new_day = day != Some(start.date());
        let label = start.format(if is_new_day {
            "│%-d %b %H:%M"
        } else {
            "│%H:%M"
        });
        let label = label.to_string();
        let label_width = u16::try_from(label.chars().count()).unwrap_or(u16::MAX);
        free = x.saturating_add(LABELS.max(label_width.saturating_add(1)));
        if label_width <= width - x {
            labels.push((x, label));
            day = Some(start.date());
        }
    }
    labels
}

/// The heights of a column from the bottom up, in eighths of a row. Each includes those before.
struct Heights {
    errors: u64,
    warnings: u64,
    lines: u64,
}

impl Heights {
    /// Scales a column. What is there at all is seen.
    fn of(column: &Column, most: u64, height: u64) -> Self {
        let (lines, warnings, errors) = (column.lines(), column.warnings(), column.errors());
        let at_least = |count: u64| u64::from(count > 0);
        let errors_height = scaled(errors, most, height).max(at_least(errors));
        let warnings_height = scaled(warnings, most, height).max(at_least(warnings));
        let others = lines.saturating_sub(warnings + errors);
        let low = errors_height + warnings_height;
        let all = scaled(lines, most, height).max(low + at_least(others));
        Self {
            errors: errors_height.min(height),
            warnings: low.min(height),
            lines: all.min(height),
        }
    }
}

/// Returns a style with the colour of another behind it.
fn on(front: Style, back: Style) -> Style {
    Style {
        bg: back.fg,
        ..front
    }
}

/// Returns the time that a column covers.
fn width_of(columns: &[Column]) -> Option<TimeDelta> {
    let first = columns.first()?;
    let (_, end): (_, DateTime<Utc>) = first.end?;
    Some(end - first.cells.first()?.from)
}

/// Returns the area of the bars, and the columns in it.
fn bars_of(model: &Model, area: Rect) -> (Rect, Vec<Column>) {
    let slices = zoomed(model, model.slices());
    // The widest label is that of all lines in one column.
    let most: u64 = slices.iter().map(|slice| slice.lines).sum();
    let label = u16::try_from(grouped(most).len()).unwrap_or(u16::MAX) + 2;
    let label = label.min(area.width / 2);
    let bars = Rect {
        x: area.x + label,
        width: area.width - label,
        ..area
    };
    (bars, columns(&slices, bars.width))
}

/// Returns the slices around the cursor, as far as the histogram is zoomed.
fn zoomed(model: &Model, slices: Vec<TimeSlice>) -> Vec<TimeSlice> {
    let length = slices.len() / model.zoom.max(1);
    if model.zoom <= 1 || length == 0 {
        return slices;
    }
    let cursor = model.cursor().map(|row| (row.key.folder, row.key.instant));
    let at = slices.partition_point(|slice| Some((slice.folder, slice.from)) <= cursor);
    let start = at.saturating_sub(length / 2 + 1).min(slices.len() - length);
    slices[start..start + length].to_vec()
}

/// Returns the slice at a column of the histogram.
pub(super) fn slice_at(model: &Model, area: Rect, x: u16) -> Option<TimeSlice> {
    let (bars, columns) = bars_of(model, area);
    let column = columns.get(usize::from(x.checked_sub(bars.x)?))?;
    column.cells.first().copied()
}
