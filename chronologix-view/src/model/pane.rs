//! What one tab shows: a stream, or all of them merged.

use std::{ops::Range, sync::Arc};

use chronologix_schema::Level;

use super::{
    buffer::{Body, Buffer, Limit, Row},
    past::{Aside, Edge},
    scroll::Scroll,
    sight::{Look, Sight},
    sweep::Sweep,
};
use crate::{
    lens::Verdict,
    line::{Key, LogLine},
    merge::{Fold, Placed},
    streams::{StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// The rows of one tab and the position in them.
#[derive(Debug)]
pub(crate) struct Pane {
    /// What there is to see.
    pub(crate) buffer: Buffer,
    /// Which of it is seen.
    pub(crate) scroll: Scroll,
    /// How many columns are scrolled out at the left.
    pub(crate) left: usize,
    /// How many rows around those that are kept are seen.
    pub(super) context: u64,
    /// Whether the rows are those of all streams.
    is_merged: bool,
    /// How far the rows were looked at, for each [`Look`].
    pub(super) sweeps: [Sweep; Look::ALL.len()],
    /// The rows that come, while those of the past are looked at.
    pub(super) aside: Option<Aside>,
    /// Rows from this one on came by following, so that none between them is left out.
    pub(super) solid: u64,
    /// What lies before the first row.
    pub(super) older: Edge,
    /// What lies after the last row, if that is not the newest.
    pub(super) newer: Edge,
    /// Whether the rows of the past were fetched through another lens.
    pub(crate) is_stale: bool,
    /// Whether rows around the cursor are still to come, which was put there from afar.
    pub(crate) is_arriving: bool,
    /// The line it is to be on when they have come, if that is known.
    pub(crate) destination: Option<Key>,
}

impl Pane {
    /// An empty pane that follows.
    pub(crate) fn new(limit: Limit, is_merged: bool) -> Self {
        Self {
            solid: Buffer::new(limit).range().start,
            buffer: Buffer::new(limit),
            scroll: Scroll::Following,
            left: 0,
            context: 0,
            is_merged,
            sweeps: Default::default(),
            aside: None,
            older: Edge::Open,
            newer: Edge::Ended,
            is_stale: false,
            is_arriving: false,
            destination: None,
        }
    }

    /// Adds a line of a stream.
    pub(crate) fn add(&mut self, line: &Arc<LogLine>, level: Option<Level>, sight: &Sight) {
        let streams = StreamSet::of(line.key.stream);
        self.insert(
            Row::new(line.key, Body::Line(Arc::clone(line), streams), level),
            sight,
        );
    }

    /// Adds something that happened to a file.
    pub(crate) fn mark(&mut self, key: Key, text: &Arc<str>, sight: &Sight) {
        self.insert(Row::new(key, Body::Mark(Arc::clone(text)), None), sight);
    }

    /// Adds a line of any stream, unless it is a copy of one that is here.
    pub(crate) fn merge(
        &mut self,
        line: &Arc<LogLine>,
        level: Option<Level>,
        fold: &mut Fold,
        streams: &Streams,
        sight: &Sight,
    ) {
        let Placed::CopyOf(key) = fold.place(line, streams) else {
            return self.add(line, level, sight);
        };
        let coming = self.coming();
        let Some(number) = coming.find(key) else {
            return;
        };
        let Some(Row {
            body: Body::Line(_, found),
            ..
        }) = coming.row(number)
        else {
            return;
        };
        let found = found.with(line.key.stream);
        if line.key > key {
            coming.add_copy(number, found);
            if !self.is_away() {
                // The stream it was found in as well may be one that is seen.
                self.look_at(Look::Lens, number, sight);
            }
            return;
        }
        coming.remove(number);
        if !self.is_away() {
            self.scroll.removed(number);
            self.solid -= u64::from(number < self.solid);
            for sweep in &mut self.sweeps {
                sweep.removed(number);
            }
        }
        let row = Row::new(line.key, Body::Line(Arc::clone(line), found), level);
        self.insert(row, sight);
    }

    /// The rows there are.
    pub(crate) fn rows(&self) -> Range<u64> {
        self.buffer.range()
    }

    /// Looks for something else from now on, first at the rows around the reader.
    pub(crate) fn look_anew(&mut self, look: Look, sight: &Sight) {
        let rows = self.rows();
        self.context = sight.lens.context;
        if sight.is_clear(look, self.is_merged) {
            for number in rows.clone() {
                self.look_at(look, number, sight);
            }
            self.sweeps[look as usize].finish(&rows);
        } else {
            let reader = self.scroll.held().map_or(rows.end, |held| held.cursor);
            self.sweeps[look as usize].begin(reader.clamp(rows.start, rows.end));
        }
    }

    /// Looks at so many rows at most; says whether there are more.
    pub(crate) fn sweep(&mut self, sight: &Sight, rows: usize) -> bool {
        let all = self.rows();
        for look in Look::ALL {
            for _ in 0..rows {
                let Some(number) = self.sweeps[look as usize].advance(&all) else {
                    break;
                };
                self.look_at(look, number, sight);
            }
        }
        !Look::ALL.into_iter().all(|look| self.is_swept(look))
    }

    /// Whether every row was looked at.
    pub(crate) fn is_swept(&self, look: Look) -> bool {
        self.sweeps[look as usize].is_finished(&self.rows())
    }

    /// The rows that were looked at.
    pub(crate) fn swept(&self, look: Look) -> &Range<u64> {
        self.sweeps[look as usize].done()
    }

    /// Whether a row holds what is searched for, as far as is known.
    pub(crate) fn is_found(&self, number: u64) -> bool {
        self.swept(Look::Search).contains(&number)
            && self.buffer.row(number).is_some_and(|row| row.is_found)
    }

    /// Whether the filter that is being typed would leave a row out, as far as is known.
    pub(crate) fn would_go(&self, number: u64) -> bool {
        self.swept(Look::Draft).contains(&number)
            && self.buffer.row(number).is_some_and(|row| !row.is_drafted)
    }

    /// What the lens makes of a row; out where it was not looked through yet.
    pub(crate) fn verdict(&self, number: u64) -> Verdict {
        let row = self.buffer.row(number);
        match row {
            Some(row) if self.swept(Look::Lens).contains(&number) => row.verdict,
            _ => Verdict::Out,
        }
    }

    pub(super) fn look_at(&mut self, look: Look, number: u64, sight: &Sight) {
        let is_merged = self.is_merged;
        if let Some(row) = self.buffer.row_mut(number) {
            sight.look(look, row, is_merged);
        }
    }

    fn insert(&mut self, mut row: Row, sight: &Sight) {
        let is_error = row.is_error();
        if let Some(aside) = &mut self.aside {
            sight.look(Look::Lens, &mut row, self.is_merged);
            if row.verdict == Verdict::Kept {
                self.scroll.came(u64::MAX, is_error);
            }
            aside.add(row);
            return;
        }
        let number = self.buffer.insert(row);
        self.scroll.inserted(number);
        for look in Look::ALL {
            if self.sweeps[look as usize].inserted(number) {
                self.look_at(look, number, sight);
            }
        }
        self.solid += u64::from(number < self.solid);
        if self.verdict(number) == Verdict::Kept {
            self.scroll.came(number, is_error);
        }
        let is_held = self.scroll.held().is_some();
        if is_held && self.buffer.is_full(1) {
            return self.leave_alone();
        }
        self.trim();
    }
}
