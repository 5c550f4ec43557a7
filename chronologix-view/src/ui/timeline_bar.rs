//! The timeline bar: the whole tree in one row, with its totals.
//!
//! ```text
//!  10:00 ▁▂▅▇█▃▂ 15:00               18,204 lines · 412 warn · 97 err
//! ```

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Screen, writer_at};
use crate::{
    model::{
        Model,
        search_results::{SearchResults, TimeSlice},
    },
    number::grouped,
    sanitize,
};

/// The bars of one row, by height.
pub(super) const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The least width of the bars.
const LEAST: u16 = 10;

impl Screen<'_> {
    pub(super) fn timeline_bar(&self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme();
        let Some(row) = TimelineRow::of(self.model, area) else {
            return;
        };
        let most = row.columns.iter().map(Column::lines).max().unwrap_or(0);
        for (x, column) in (row.bars.left()..row.bars.right()).zip(&row.columns) {
            let height = scaled(column.lines(), most, 8).max(u64::from(column.lines() > 0));
            let bar = usize::try_from(height)
                .ok()
                .and_then(|height| BARS.get(height));
            let style = self.column_style(column, Style::new());
            buffer.set_string(x, area.y, bar.copied().unwrap_or(" "), style);
        }
        let mut writer = writer_at(area, area.y, buffer);
        writer.write(&format!(" {}", row.begin), theme.remark());
        let mut end = Rect {
            x: row.bars.x + u16::try_from(row.columns.len()).unwrap_or(u16::MAX),
            ..area
        };
        end.width = area.right().saturating_sub(end.x);
        let mut writer = writer_at(end, area.y, buffer);
        writer.write(&format!(" {}", row.end), theme.remark());
        writer.move_to_last(sanitize::width(&row.totals));
        writer.write(&row.totals, theme.remark());
    }

    /// Returns the style of a column. The column of the cursor and those with errors stand out.
    fn column_style(&self, column: &Column, ground: Style) -> Style {
        let mut style = ground;
        if column.errors() > 0 {
            let alarm = self.theme().message(Some(Level::Error));
            style = style.patch(alarm).add_modifier(Modifier::BOLD);
        }
        if column.cells.iter().any(|cell| cell.hits > 0) {
            style = style.add_modifier(Modifier::UNDERLINED);
        }
        if self.is_at_cursor(column) {
            style = style.add_modifier(Modifier::REVERSED);
        }
        style
    }

    /// Returns whether the cursor is in a column.
    pub(super) fn is_at_cursor(&self, column: &Column) -> bool {
        let at = self.model.cursor();
        at.is_some_and(|row| column.holds((row.key.folder, row.key.instant)))
    }
}

/// The parts of the row.
struct TimelineRow {
    begin: String,
    bars: Rect,
    columns: Vec<Column>,
    end: String,
    totals: String,
}

impl TimelineRow {
    /// Divides the row. `None` if nothing is counted yet, or there is no room.
    fn of(model: &Model, area: Rect) -> Option<Self> {
        let slices = model.slices();
        let [begin, end] = [slices.first()?, slices.last()?].map(|slice| slice.from);
        let civil = |instant| model.zones.shown().civil(instant);
        let is_one_day = civil(begin).date() == civil(end).date();
        let format = if is_one_day { "%H:%M" } else { "%-d %b %H:%M" };
        let [begin, end] = [begin, end].map(|instant| civil(instant).format(format).to_string());
        let totals = totals(&model.counts.total()?);
        let labels = [&begin, &end, &totals]
            .map(|text| sanitize::width(text))
            .iter()
            .sum::<usize>();
        let labels = u16::try_from(labels + 5).unwrap_or(u16::MAX);
        let width = area.width.saturating_sub(labels);
        if area.is_empty() || width < LEAST {
            return None;
        }
        let bars = Rect {
            x: area.x + 2 + u16::try_from(begin.len()).unwrap_or(u16::MAX),
            width,
            ..area
        };
        Some(Self {
            begin,
            bars,
            columns: columns(&slices, width),
            end,
            totals,
        })
    }
}

/// Formats the counts of a time.
pub(super) fn totals(slice: &TimeSlice) -> String {
    let word = if slice.lines == 1 { "line" } else { "lines" };
    let mut text = format!("{} {word}", grouped(slice.lines));
    for (count, word) in [(slice.warnings(), "warn"), (slice.errors(), "err")] {
        if count > 0 {
            let _ = write!(text, " · {} {word}", grouped(count));
        }
    }
    text.push(' ');
    text
}

/// The slices that one column of the screen shows.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) cells: Vec<TimeSlice>,
    /// Whether its first slice is the first of a folder.
    begins_folder: bool,
    /// The start of the next column.
    pub(super) end: Option<(Folder, DateTime<Utc>)>,
}

impl Column {
    pub(super) fn lines(&self) -> u64 {
        self.cells.iter().map(|cell| cell.lines).sum()
    }

    pub(super) fn errors(&self) -> u64 {
        self.cells.iter().map(TimeSlice::errors).sum()
    }

    pub(super) fn warnings(&self) -> u64 {
        self.cells.iter().map(TimeSlice::warnings).sum()
    }

    /// Returns whether a line of this folder and time belongs to the column.
    fn holds(&self, at: (Folder, DateTime<Utc>)) -> bool {
        let start = self.cells.first().map(|cell| (cell.folder, cell.from));
        // A line may have a time before the first slice of its folder.
        let begins =
            start.is_some_and(|start| start <= at || (self.begins_folder && start.0 == at.0));
        begins && self.end.is_none_or(|end| at < end)
    }
}

/// Divides the slices into at most `width` columns.
pub(super) fn columns(cells: &[TimeSlice], width: u16) -> Vec<Column> {
    let width = usize::from(width).max(1);
    let each = cells.len().div_ceil(width).max(1);
    let starts: Vec<_> = cells
        .iter()
        .step_by(each)
        .map(|cell| (cell.folder, cell.from))
        .collect();
    let mut before = None;
    let mut columns = Vec::new();
    for (index, cells) in cells.chunks(each).enumerate() {
        let folder = cells.first().map(|cell| cell.folder);
        columns.push(Column {
            cells: cells.to_vec(),
            begins_folder: folder != before,
            end: starts.get(index + 1).copied(),
        });
        before = cells.last().map(|cell| cell.folder);
    }
    columns
}

/// Scales a part of the whole to a height.
pub(super) fn scaled(part: u64, whole: u64, height: u64) -> u64 {
    (part.saturating_mul(height) + whole / 2)
        .checked_div(whole)
        .unwrap_or(0)
}

/// Returns the slice at a column of the row.
pub(super) fn slice_at(model: &Model, area: Rect, x: u16) -> Option<TimeSlice> {
    let row = TimelineRow::of(model, area)?;
    let column = row.columns.get(usize::from(x.checked_sub(row.bars.x)?))?;
    column.cells.first().copied()
}

impl Model {
    /// Returns all slices of the tree.
    pub(super) fn slices(&self) -> Vec<TimeSlice> {
        let none = SearchResults::default();
        let search_results = self.search_results.as_ref().unwrap_or(&none);
        self.counts.slices(search_results)
    }
}
