//! The intervals of the tree as bars: small in the header, or as a large histogram. They show the
//! number of lines, errors, hits of the search, and the position of the cursor.
//!
//! ```text
//!   ▁▂▅▇█▃▂
//!      •  •       hits
//!   13:00   14:00   15:00
//! ```

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Screen, row_of, writer_at};
use crate::model::{
    Model,
    search_results::{SearchResults, TimeSlice},
};
use crate::number::grouped;

/// The bars of one row, by height.
const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

impl Screen<'_> {
    /// Draws the timeline bar at the right of an area.
    pub(super) fn timeline_bar(&self, area: Rect, buffer: &mut Buffer) {
        let cells = columns(&self.model.folder_cells(), area.width);
        let left = area.right().saturating_sub(width_of(&cells));
        let most = cells.iter().map(Column::lines).max().unwrap_or(0);
        for (x, column) in (left..area.right()).zip(&cells) {
            let height = scaled(column.lines(), most, 8).max(u64::from(column.lines() > 0));
            let bar = usize::try_from(height)
                .ok()
                .and_then(|height| BARS.get(height));
            let style = self.column_style(column, self.theme().bar());
            buffer.set_string(x, area.y, bar.copied().unwrap_or(" "), style);
        }
    }

    /// Draws the large histogram.
    pub(super) fn histogram(&self, area: Rect, buffer: &mut Buffer) {
        if area.height < 3 {
            return;
        }
        let cells = columns(&self.model.slice_cells(), area.width);
        let most = cells.iter().map(Column::lines).max().unwrap_or(0);
        let rows = area.height - 2;
        let (marks, axis) = (area.bottom() - 2, area.bottom() - 1);
        for (x, column) in (area.left()..area.right()).zip(&cells) {
            let eighths = scaled(column.lines(), most, u64::from(rows) * 8);
            let eighths = eighths.max(u64::from(column.lines() > 0));
            let style = self.column_style(column, Style::new());
            for row in 0..rows {
                let full = eighths.saturating_sub(u64::from(row) * 8).min(8);
                let bar = usize::try_from(full).ok().and_then(|full| BARS.get(full));
                let y = marks - 1 - row;
                buffer.set_string(x, y, bar.copied().unwrap_or(" "), style);
            }
            if column.cells.iter().any(|cell| cell.hits > 0) {
                buffer.set_string(x, marks, "•", self.theme().key());
            }
        }
        self.axis(&cells, row_of(area, axis), buffer);
        let said = format!(" peak: {} lines per column ", grouped(most));
        let mut writer = writer_at(area, area.top(), buffer);
        writer.move_to_last(said.len());
        writer.write(&said, self.theme().remark());
    }

    /// Draws the times at which columns begin.
    fn axis(&self, cells: &[Column], area: Rect, buffer: &mut Buffer) {
        let mut free = area.left();
        let mut day = None;
        for (x, column) in (area.left()..area.right()).zip(cells) {
            let Some(cell) = column.cells.first() else {
                continue;
            };
            let folder = cell.folder.start();
            let is_new_day = day != Some(folder.date());
            let format = if is_new_day { "│%m-%d" } else { "│%H:%M" };
            let label = folder.format(format).to_string();
            let width = u16::try_from(label.chars().count()).unwrap_or(u16::MAX) + 1;
            if x >= free && x + width <= area.right() && column.begins_folder {
                buffer.set_string(x, area.y, &label, self.theme().remark());
                free = x + width;
                day = Some(folder.date());
            }
        }
    }

    /// Returns the style of a column. The column of the cursor and those with errors stand out.
    fn column_style(&self, column: &Column, ground: Style) -> Style {
        let errors = column.cells.iter().any(|cell| cell.errors > 0);
        let hits = column.cells.iter().any(|cell| cell.hits > 0);
        let mut style = ground;
        if errors {
            let alarm = self.theme().message(Some(Level::Error));
            style = style.patch(alarm).add_modifier(Modifier::BOLD);
        }
        if hits {
            style = style.add_modifier(Modifier::UNDERLINED);
        }
        let at = self
            .model
            .cursor()
            .map(|row| (row.key.folder, row.key.instant));
        if at.is_some_and(|at| column.holds(at)) {
            let is_reversed = ground.add_modifier.contains(Modifier::REVERSED);
            style = if is_reversed {
                style.remove_modifier(Modifier::REVERSED)
            } else {
                style.add_modifier(Modifier::REVERSED)
            };
        }
        style
    }
}

/// The slices that one column of the screen shows.
#[derive(Debug)]
struct Column {
    cells: Vec<TimeSlice>,
    /// Whether its first slice is the first of a folder.
    begins_folder: bool,
    /// The start of the next column.
    end: Option<(Folder, DateTime<Utc>)>,
}

impl Column {
    fn lines(&self) -> u64 {
        self.cells.iter().map(|cell| cell.lines).sum()
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
fn columns(cells: &[TimeSlice], width: u16) -> Vec<Column> {
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

fn width_of(columns: &[Column]) -> u16 {
    u16::try_from(columns.len()).unwrap_or(u16::MAX)
}

/// Scales a part of the whole to a height.
fn scaled(part: u64, whole: u64, height: u64) -> u64 {
    (part.saturating_mul(height) + whole / 2)
        .checked_div(whole)
        .unwrap_or(0)
}

/// Returns the slice at a column of the timeline bar.
pub(super) fn slice_at_timeline_bar(model: &Model, area: Rect, x: u16) -> Option<TimeSlice> {
    let columns = columns(&model.folder_cells(), area.width);
    let left = area.right().saturating_sub(width_of(&columns));
    let column = columns.get(usize::from(x.checked_sub(left)?))?;
    column.cells.first().copied()
}

/// Returns the slice at a column of the large histogram.
pub(super) fn slice_at_histogram(model: &Model, area: Rect, x: u16) -> Option<TimeSlice> {
    let columns = columns(&model.slice_cells(), area.width);
    let column = columns.get(usize::from(x.checked_sub(area.x)?))?;
    column.cells.first().copied()
}

impl Model {
    fn folder_cells(&self) -> Vec<TimeSlice> {
        self.counts.folders(
            self.search_results
                .as_ref()
                .unwrap_or(&SearchResults::default()),
        )
    }

    fn slice_cells(&self) -> Vec<TimeSlice> {
        self.counts.slices(
            self.search_results
                .as_ref()
                .unwrap_or(&SearchResults::default()),
        )
    }
}
