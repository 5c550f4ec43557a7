//! The window: rows from anywhere in the tree, before the live rows or instead of them.
//!
//! ```text
//!   attached: rows from queries ─┬─ live rows, without a hole from `contiguous_from` on ─► newest
//!                                (filtered)
//!   detached: rows from queries only; the live rows are kept in `LiveBuffer`
//! ```

use super::{
    buffer::{Body, Limit, Row, RowBuffer},
    pane::Pane,
    row_match::{Criterion, RowMatch},
    scroll::{Held, Scroll},
};
use crate::{
    line::Key,
    merge::Record,
    query::{Direction, Place},
};

#[cfg(test)]
mod tests;

/// Rows that are matched as soon as they are loaded.
const FIRST_ROWS: usize = 1_000;

/// Live rows that are kept when the tab is detached from them.
const KEPT: u64 = 2_000;

/// What lies beyond the first or the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Edge {
    /// There may be more, from the row at the edge on.
    #[default]
    Open,
    /// There may be more beyond this place. Up to it, nothing was found.
    Reached(Place),
    /// There is nothing more.
    Ended,
}

/// The live rows, while the tab shows a window into other rows.
#[derive(Debug)]
pub(super) struct LiveBuffer {
    pub(super) buffer: RowBuffer,
    contiguous_from: u64,
}

impl LiveBuffer {
    /// Adds a new row.
    pub(super) fn add(&mut self, row: Row) {
        self.buffer.insert(row);
        self.buffer.trim();
        self.contiguous_from = self.contiguous_from.max(self.buffer.range().start);
    }
}

impl Pane {
    /// Returns whether the tab shows a window instead of the live rows.
    pub(crate) fn is_detached(&self) -> bool {
        self.live.is_some()
    }

    /// Returns what lies beyond the rows on one side.
    pub(crate) fn edge(&self, direction: Direction) -> Edge {
        match direction {
            Direction::Older => self.older,
            Direction::Newer if self.is_detached() => self.newer,
            Direction::Newer => Edge::Ended,
        }
    }

    /// Returns the place at which the rows beyond the last one on a side begin.
    pub(crate) fn place(&self, direction: Direction) -> Place {
        let rows = self.rows();
        let (edge, number, end) = match direction {
            Direction::Older => (self.older, rows.start, Place::End),
            Direction::Newer => (self.newer, rows.end.saturating_sub(1), Place::Beginning),
        };
        match (edge, self.buffer.row(number)) {
            (Edge::Reached(place), _) => place,
            (_, Some(row)) => Place::Row(row.key),
            (_, None) => end,
        }
    }

    /// Sets what lies beyond the rows on a side.
    pub(crate) fn set_edge(&mut self, direction: Direction, edge: Edge) {
        match direction {
            Direction::Older => self.older = edge,
            Direction::Newer => self.newer = edge,
        }
    }

    /// Adds fetched rows, oldest first, at one side. `is_all` says that no row between them is
    /// missing.
    pub(crate) fn extend(
        &mut self,
        records: &[Record],
        direction: Direction,
        is_all: bool,
        row_match: &RowMatch,
    ) {
        let rows = rows_of(records);
        for row in &rows {
            if row.line().is_some_and(|line| line.beyond.is_some()) {
                self.live_rows().replace(row);
            }
        }
        match direction {
            Direction::Older => {
                if !self.is_detached() && self.buffer.is_full(rows.len()) {
                    self.detach();
                }
                let is_contiguous = is_all && self.contiguous_from == self.rows().start;
                rows.into_iter()
                    .rev()
                    .for_each(|row| self.buffer.push_front(row));
                if is_contiguous {
                    self.contiguous_from = self.rows().start;
                }
                if self.is_detached() && self.buffer.trim_back() {
                    self.newer = Edge::Open;
                }
            }
            Direction::Newer => {
                for row in rows {
                    let number = self.buffer.insert(row);
                    for criterion in Criterion::ALL {
                        if self.scans[criterion as usize].inserted(number) {
                            self.match_row(criterion, number, row_match);
                        }
                    }
                }
                self.trim();
            }
        }
        let rows = self.rows();
        self.scans.iter_mut().for_each(|scan| scan.cut(&rows));
        if let Scroll::Held(held) = &mut self.scroll
            && self.live.is_some()
        {
            held.shown = rows.end;
        }
        self.scan(row_match, FIRST_ROWS);
    }

    /// Replaces the rows by a window that is still empty.
    pub(crate) fn open_window(&mut self) {
        let limit = self.buffer.limit();
        let buffer = std::mem::replace(&mut self.buffer, RowBuffer::new(limit));
        if self.live.is_none() {
            let contiguous_from = self.contiguous_from;
            self.live = Some(LiveBuffer {
                buffer,
                contiguous_from,
            });
        }
        let start = self.rows().start;
        (self.older, self.newer, self.contiguous_from) = (Edge::Open, Edge::Open, u64::MAX);
        (self.is_stale, self.is_arriving) = (false, true);
        self.scans.iter_mut().for_each(|scan| scan.begin(start));
        let (new, new_errors) = self
            .scroll
            .held()
            .map_or((0, 0), |held| (held.new, held.new_errors));
        self.scroll = Scroll::Held(Held {
            top: start,
            cursor: start,
            shown: start,
            new,
            new_errors,
        });
    }

    /// Detaches the rows from the live rows. Used if there are too many to keep both the rows on
    /// screen and new ones.
    pub(super) fn detach(&mut self) {
        let rows = self.rows();
        let first = rows
            .end
            .saturating_sub(KEPT)
            .max(self.contiguous_from)
            .max(rows.start);
        let mut buffer = RowBuffer::new(self.buffer.limit());
        for row in (first..rows.end).filter_map(|number| self.buffer.row(number)) {
            buffer.insert(row.clone());
        }
        let contiguous_from = buffer.range().start;
        self.live = Some(LiveBuffer {
            buffer,
            contiguous_from,
        });
        self.newer = Edge::Open;
        if let Scroll::Held(held) = &mut self.scroll {
            held.shown = rows.end;
        }
    }

    /// Returns whether the rows on screen are also among the live rows.
    pub(crate) fn is_in_live(&self) -> bool {
        let top = self
            .scroll
            .held()
            .and_then(|held| self.buffer.row(held.top));
        top.is_some_and(|top| self.live_reaches(top.key))
    }

    /// Returns whether the live rows reach back to this line.
    pub(crate) fn live_reaches(&self, key: Key) -> bool {
        let first = self
            .live
            .as_ref()
            .and_then(|live| live.buffer.row(live.contiguous_from));
        first.is_some_and(|first| first.key <= key)
    }

    /// Shows the live rows again, at the same position.
    pub(crate) fn return_to_live(&mut self, row_match: &RowMatch) {
        let Some(live) = self.live.take() else {
            return;
        };
        let held = self.scroll.held();
        let key_of = |number| self.buffer.row(number).map(|row| row.key);
        let keys = held.and_then(|held| key_of(held.top).zip(key_of(held.cursor)));
        (self.buffer, self.contiguous_from, self.older) =
            (live.buffer, live.contiguous_from, Edge::Open);
        let rows = self.rows();
        self.scroll = match (held, keys) {
            (Some(held), Some((top, cursor))) => Scroll::Held(Held {
                top: self.buffer.position(top),
                cursor: self.buffer.position(cursor),
                shown: rows.end.saturating_sub(held.new).max(rows.start),
                ..held
            }),
            _ => Scroll::Following,
        };
        for criterion in Criterion::ALL {
            self.rescan(criterion, row_match);
        }
        self.scan(row_match, FIRST_ROWS);
    }

    /// Drops the rows that were fetched with another filter. They are fetched again if the cursor
    /// is on one of them.
    pub(super) fn drop_window(&mut self) {
        // The rest of a line that is cut can only be filtered in the file.
        if let Some(cut) = self.rows().rev().find(|number| self.is_cut(*number)) {
            self.contiguous_from = self.contiguous_from.max(cut + 1);
        }
        let cursor = self.scroll.held().map(|held| held.cursor);
        if self.is_detached() || cursor.is_some_and(|cursor| cursor < self.contiguous_from) {
            self.is_stale = true;
            return;
        }
        // There may be older rows for this filter even if there were none for the other.
        self.older = Edge::Open;
        if self.buffer.drop_before(self.contiguous_from) {
            let rows = self.rows();
            self.scroll.trimmed(rows.start, rows.end);
        }
    }

    /// Returns whether the text of a row is cut.
    fn is_cut(&self, number: u64) -> bool {
        let line = self.buffer.row(number).and_then(Row::line);
        line.is_some_and(|line| line.is_cut)
    }

    /// Returns whether the text of a loaded row is cut.
    pub(crate) fn has_cut_lines(&self) -> bool {
        self.rows().any(|number| self.is_cut(number))
    }

    /// Returns the live rows.
    pub(super) fn live_rows(&mut self) -> &mut RowBuffer {
        match &mut self.live {
            Some(live) => &mut live.buffer,
            None => &mut self.buffer,
        }
    }

    /// Returns whether a row is among the live rows.
    pub(crate) fn is_live(&self, key: Key) -> bool {
        let buffer = self.live.as_ref().map_or(&self.buffer, |live| &live.buffer);
        buffer.find(key).is_some()
    }

    /// Drops the oldest rows until the bounds are kept.
    pub(super) fn trim(&mut self) {
        if self.buffer.trim() {
            self.older = Edge::Open;
            let rows = self.rows();
            self.contiguous_from = self.contiguous_from.max(rows.start);
            self.scroll.trimmed(rows.start, rows.end);
            self.scans.iter_mut().for_each(|scan| scan.cut(&rows));
        }
    }
}

/// Turns records into rows. A line without a timestamp has the level of the record before it.
fn rows_of(records: &[Record]) -> Vec<Row> {
    let mut levels = Vec::new();
    let row = |record: &Record| {
        let key = record.line.key;
        let index = key.stream.index();
        if levels.len() <= index {
            levels.resize(index + 1, None);
        }
        let (level, has_timestamp) = (record.line.level(), record.line.begins_record);
        if has_timestamp {
            levels[index] = level;
        }
        let line = std::sync::Arc::clone(&record.line);
        Row::new(key, Body::Line(line, record.streams.clone()), levels[index])
    };
    records.iter().map(row).collect()
}

impl Pane {
    /// Sets the bounds.
    pub(super) fn set_limit(&mut self, limit: Limit) {
        if self.buffer.limit() != limit {
            self.buffer.set_limit(limit);
            self.trim();
        }
    }
}
