//! The layout of the screen, and the height of rows.
//!
//! ```text
//!   header    my_logs   Sun 4 May 2025 15:00:02 UTC              LIVE
//!   timeline  10:00 ▁▂▅█▃ 15:00      18,204 lines · 97 err
//!   tabs      0 all 12 │ 1 app 9 │ 2 errors 3!
//!   filters   level ≥ WARN │ not /healthz/              2 of 12 shown
//!   sidebar   │ lines                     │ lines of the other half
//!   status    PAUSED           / search  & filter  : commands
//! ```
//!
//! On small terminals the timeline goes first, then filters, header, tabs, status.

use std::borrow::Cow;

use ratatui::layout::{Constraint, Layout, Rect};

use super::{
    Model, Side,
    buffer::{Body, Row},
    columns::Columns,
    overlay::Overlay,
};
use crate::{line::LogLine, number::grouped, sanitize};

/// The minimum width of a half.
const LEAST_HALF: u16 = 20;

/// The width of the sidebar.
const SIDEBAR: u16 = 40;

/// The height of the detail view, if there is room for it.
const LEAST_DETAIL: u16 = 9;

/// The areas of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScreenLayout {
    /// The base folder, and the timeline bar.
    pub(crate) header: Rect,
    /// The timeline bar of the whole tree.
    pub(crate) timeline: Rect,
    /// The large histogram.
    pub(crate) histogram: Rect,
    /// The tabs.
    pub(crate) tabs: Rect,
    /// The filters in force.
    pub(crate) filters: Rect,
    /// The list of streams.
    pub(crate) sidebar: Rect,
    /// The lines of one tab or two, the active tab first.
    pub(crate) panes: Vec<(usize, Rect)>,
    /// The titles of the halves, and the rule between them.
    pub(crate) titles: Vec<(usize, Rect)>,
    pub(crate) rule: Rect,
    /// The record at the cursor in full.
    pub(crate) detail: Rect,
    /// The status, or the prompt.
    pub(crate) status: Rect,
}

impl ScreenLayout {
    /// Computes the layout.
    pub(crate) fn of(model: &Model) -> Self {
        let area = Rect::from(model.size);
        let is_bare = model.panels.is_minimal;
        let bar = |least: u16, height: u16| {
            let is_shown = area.height >= least && !is_bare;
            Constraint::Length(if is_shown { height } else { 0 })
        };
        let histogram = if model.panels.has_histogram { 5 } else { 0 };
        let status = if is_bare && model.prompt.is_some() {
            Constraint::Length(1)
        } else {
            bar(3, 1)
        };
        let parts = [
            bar(6, 1),
            bar(16, u16::from(histogram == 0)),
            bar(14, histogram),
            // One stream needs no tabs.
            bar(4, u16::from(model.streams.len() > 1)),
            bar(8, u16::from(model.is_filtered())),
            Constraint::Min(0),
            status,
        ];
        let [header, timeline, histogram, tabs, filters, middle, status] =
            Layout::vertical(parts).areas(area);
        let has_sidebar =
            model.panels.has_sidebar && !is_bare && middle.width >= SIDEBAR + 2 * LEAST_HALF;
        let sidebar = Constraint::Length(if has_sidebar { SIDEBAR } else { 0 });
        let [sidebar, lines] = Layout::horizontal([sidebar, Constraint::Min(0)]).areas(middle);
        let detail = match &model.overlay {
            Some(Overlay::Detail { .. }) => detail_height(lines.height),
            _ => 0,
        };
        let parts = [Constraint::Min(0), Constraint::Length(detail)];
        let [lines, detail] = Layout::vertical(parts).areas(lines);
        let (mut panes, mut titles, mut rule) = (vec![(model.tab, lines)], Vec::new(), Rect::ZERO);
        if let Some(other) = model.other.filter(|_| lines.width >= 2 * LEAST_HALF) {
            let [left, between, right] = Layout::horizontal([
                Constraint::Fill(1),
                Constraint::Length(1),
                Constraint::Fill(1),
            ])
            .areas(lines);
            let (near, far) = match model.side {
                Side::Left => (left, right),
                Side::Right => (right, left),
            };
            let halves = [(model.tab, near), (other, far)].map(|(tab, half)| {
                let parts = [Constraint::Length(1), Constraint::Min(0)];
                let [title, lines] = Layout::vertical(parts).areas(half);
                (tab, title, lines)
            });
            titles = halves.map(|(tab, title, _)| (tab, title)).to_vec();
            panes = halves.map(|(tab, _, lines)| (tab, lines)).to_vec();
            rule = between;
        }
        Self {
            header,
            timeline,
            histogram,
            tabs,
            filters,
            sidebar,
            panes,
            titles,
            rule,
            detail,
            status,
        }
    }

    /// Returns the area of the active tab.
    pub(crate) fn lines(&self) -> Rect {
        self.panes.first().map_or(Rect::ZERO, |(_, area)| *area)
    }
}

/// Returns the height of the detail view, of so many rows: a third, if that is enough to read.
fn detail_height(rows: u16) -> u16 {
    (rows / 3).max(LEAST_DETAIL).min(rows - rows / 3)
}

/// The columns beside the text: mark and scrollbar.
const MARGINS: u16 = 2;

/// Returns the height of a row in this tab, at this width.
pub(crate) fn height(model: &Model, tab: usize, number: u64, row: &Row, width: u16) -> u64 {
    match &row.body {
        Body::Line(line, _) if model.is_wrapped => {
            let width = text_width(model, tab, width);
            let count = model.panes[tab].count_before(number);
            sanitize::rows(&(count + &shown(row, line)), width).len() as u64
        }
        Body::Line(..) | Body::Mark(_) => 1,
    }
}

/// Returns the width of the message of a line.
pub(crate) fn text_width(model: &Model, tab: usize, width: u16) -> usize {
    let columns = Columns::of(model, tab, width).width();
    usize::from(width.saturating_sub(MARGINS)).saturating_sub(columns)
}

/// Returns the width of the message of a row, with what follows it.
pub(crate) fn width(row: &Row) -> usize {
    row.line()
        .map_or(0, |line| sanitize::width(&shown(row, line)))
}

/// Returns the message of a line as it is shown.
fn shown(row: &Row, line: &LogLine) -> String {
    line.parts().message + &end_of(row, line)
}

/// Returns what follows the message of a line.
pub(crate) fn end_of(row: &Row, line: &LogLine) -> Cow<'static, str> {
    if let Some(beyond) = &line.beyond {
        format!(" … match at column {}", grouped(beyond.column as u64)).into()
    } else if line.is_cut {
        " … (long line, cut here)".into()
    } else if row.is_unfinished {
        " (no newline yet)".into()
    } else {
        "".into()
    }
}
