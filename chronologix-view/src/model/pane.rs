//! A tab: the rows of one stream, or of all streams merged.

use std::{ops::Range, sync::Arc};

use chronologix_schema::{Level, layout::TimeZone};

use super::{
    buffer::{Body, Limit, Row, RowBuffer},
    row_match::{Criterion, RowMatch},
    row_scan::RowScan,
    scroll::Scroll,
    window::{Edge, LiveBuffer},
};
use crate::{
    line::{Key, LogLine},
    merge::{Fold, FoldOutcome},
    query::Verdict,
    streams::{StreamSet, Streams},
};

#[cfg(test)]
mod tests;

/// The rows of a tab, and the scroll position.
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent of each other"
)]
#[derive(Debug)]
pub(crate) struct Pane {
    /// The rows.
    pub(crate) buffer: RowBuffer,
    /// The scroll position.
    pub(crate) scroll: Scroll,
    /// The number of columns that are scrolled out at the left.
    pub(crate) left: usize,
    /// The time zone of days.
    pub(super) zone: Option<TimeZone>,
    /// Whether records that say the same as the one before are counted instead of shown.
    pub(crate) counts_repeats: bool,
    /// The number of context rows.
    pub(super) context: u64,
    /// Whether the tab shows all streams.
    is_merged: bool,
    /// Which rows have been matched, for each [`Criterion`].
    pub(super) scans: [RowScan; Criterion::ALL.len()],
    /// The live rows, while the tab shows a window into other rows.
    pub(super) live: Option<LiveBuffer>,
    /// The first row from which on no row is missing, because all came by following.
    pub(super) contiguous_from: u64,
    /// What lies before the first row.
    pub(super) older: Edge,
    /// What lies after the last row of a window.
    pub(super) newer: Edge,
    /// Whether the rows of the window were fetched with another filter.
    pub(crate) is_stale: bool,
    /// Whether rows around the cursor are still to come after a jump.
    pub(crate) is_arriving: bool,
    /// The line of the cursor once they have come, if it is known.
    pub(crate) destination: Option<Key>,
}

impl Pane {
    /// Returns an empty tab that follows.
    pub(crate) fn new(limit: Limit, is_merged: bool) -> Self {
        Self {
            contiguous_from: RowBuffer::new(limit).range().start,
            buffer: RowBuffer::new(limit),
            scroll: Scroll::Following,
            left: 0,
            zone: None,
            counts_repeats: true,
            context: 0,
            is_merged,
            scans: Default::default(),
            live: None,
            older: Edge::Open,
            newer: Edge::Ended,
            is_stale: false,
            is_arriving: false,
            destination: None,
        }
    }

    /// Adds a line of a stream.
    pub(crate) fn add(&mut self, line: &Arc<LogLine>, level: Option<Level>, row_match: &RowMatch) {
        let streams = StreamSet::of(line.key.stream);
        self.insert(
            Row::new(line.key, Body::Line(Arc::clone(line), streams), level),
            row_match,
        );
    }

    /// Adds an incident of a file.
    pub(crate) fn mark(&mut self, key: Key, text: &Arc<str>, row_match: &RowMatch) {
        self.insert(Row::new(key, Body::Mark(Arc::clone(text)), None), row_match);
    }

    /// Adds a line of any stream, unless it is a copy of a line in this tab.
    pub(crate) fn merge(
        &mut self,
        line: &Arc<LogLine>,
        level: Option<Level>,
        fold: &mut Fold,
        streams: &Streams,
        row_match: &RowMatch,
    ) {
        let FoldOutcome::CopyOf(key) = fold.place(line, streams) else {
            return self.add(line, level, row_match);
        };
        let live_rows = self.live_rows();
        let Some(number) = live_rows.find(key) else {
            return;
        };
        let Some(Row {
            body: Body::Line(_, found),
            ..
        }) = live_rows.row(number)
        else {
            return;
        };
        let found = found.with(line.key.stream);
        if line.key > key {
            live_rows.add_copy(number, found);
            if !self.is_detached() {
                // A stream that the copy was found in may be a visible one.
                self.match_row(Criterion::Filter, number, row_match);
            }
            return;
        }
        self.remove(number);
        let row = Row::new(line.key, Body::Line(Arc::clone(line), found), level);
        self.insert(row, row_match);
    }

    /// Adds a last line without a line end.
    pub(crate) fn add_unfinished(
        &mut self,
        line: &Arc<LogLine>,
        level: Option<Level>,
        row_match: &RowMatch,
    ) {
        self.insert(Row::of_unfinished(line, level), row_match);
    }

    /// Removes the row of a last line that had no line end.
    pub(crate) fn remove_unfinished(&mut self, key: Key) {
        let live_rows = self.live_rows();
        if let Some(number) = live_rows.find(key)
            && live_rows.row(number).is_some_and(|row| row.is_unfinished)
        {
            self.remove(number);
        }
    }

    /// Removes one of the live rows.
    fn remove(&mut self, number: u64) {
        self.live_rows().remove(number);
        if !self.is_detached() {
            self.scroll.removed(number);
            self.contiguous_from -= u64::from(number < self.contiguous_from);
            for scan in &mut self.scans {
                scan.removed(number);
            }
        }
    }

    /// Returns the numbers of the rows.
    pub(crate) fn rows(&self) -> Range<u64> {
        self.buffer.range()
    }

    /// Matches all rows again, beginning around the cursor.
    pub(crate) fn rescan(&mut self, criterion: Criterion, row_match: &RowMatch) {
        let rows = self.rows();
        self.context = row_match.context;
        if row_match.is_clear(criterion, self.is_merged) {
            for number in rows.clone() {
                self.match_row(criterion, number, row_match);
            }
            self.scans[criterion as usize].finish(&rows);
        } else {
            let reader = self.scroll.held().map_or(rows.end, |held| held.cursor);
            self.scans[criterion as usize].begin(reader.clamp(rows.start, rows.end));
        }
    }

    /// Matches up to `rows` rows. Returns whether there are more.
    pub(crate) fn scan(&mut self, row_match: &RowMatch, rows: usize) -> bool {
        let all = self.rows();
        for criterion in Criterion::ALL {
            for _ in 0..rows {
                let Some(number) = self.scans[criterion as usize].advance(&all) else {
                    break;
                };
                self.match_row(criterion, number, row_match);
            }
        }
        !Criterion::ALL
            .into_iter()
            .all(|criterion| self.is_scanned(criterion))
    }

    /// Returns whether all rows have been matched.
    pub(crate) fn is_scanned(&self, criterion: Criterion) -> bool {
        self.scans[criterion as usize].is_finished(&self.rows())
    }

    /// Returns whether a record begins with a row.
    pub(crate) fn begins_record(&self, number: u64) -> bool {
        self.buffer.row(number).is_some_and(Row::begins_record)
    }

    /// Returns the rows that have been matched.
    pub(crate) fn scanned(&self, criterion: Criterion) -> &Range<u64> {
        self.scans[criterion as usize].done()
    }

    /// Returns whether the search matches a row, as far as is known.
    pub(crate) fn is_found(&self, number: u64) -> bool {
        self.scanned(Criterion::Search).contains(&number)
            && self.buffer.row(number).is_some_and(|row| row.is_found)
    }

    /// Returns whether the filter being typed drops a row, as far as is known.
    pub(crate) fn would_drop(&self, number: u64) -> bool {
        self.scanned(Criterion::Draft).contains(&number)
            && self.buffer.row(number).is_some_and(|row| !row.is_drafted)
    }

    /// Returns the result of the filter for a row, or `Out` if it has not been matched.
    pub(crate) fn verdict(&self, number: u64) -> Verdict {
        let row = self.buffer.row(number);
        match row {
            Some(row) if self.scanned(Criterion::Filter).contains(&number) => row.verdict,
            _ => Verdict::Out,
        }
    }

    /// Matches a row. The rows of a record share what the filters make of it.
    pub(super) fn match_row(&mut self, criterion: Criterion, number: u64, row_match: &RowMatch) {
        if criterion == Criterion::Search {
            if let Some(row) = self.buffer.row_mut(number) {
                row.is_found = row_match.finds(row);
            }
            return;
        }
        let record = self.buffer.record(number);
        let rows = record.clone().filter_map(|number| self.buffer.row(number));
        if criterion == Criterion::Filter {
            let verdict = row_match.verdict(rows, self.is_merged);
            for number in record.clone() {
                if let Some(row) = self.buffer.row_mut(number) {
                    row.verdict = verdict;
                }
            }
        } else {
            let is_drafted = row_match.drafts(rows);
            for number in record.clone() {
                if let Some(row) = self.buffer.row_mut(number) {
                    row.is_drafted = is_drafted;
                }
            }
        }
        self.scans[criterion as usize].include(&record);
    }

    fn insert(&mut self, row: Row, row_match: &RowMatch) {
        let is_error = row.is_error();
        // An unfinished line is new when it is finished.
        let is_counted = !row.is_unfinished && row.begins_record();
        if let Some(live) = &mut self.live {
            let verdict = row_match.verdict(std::iter::once(&row), self.is_merged);
            if verdict == Verdict::Kept && is_counted {
                self.scroll.came(u64::MAX, is_error);
            }
            live.add(row);
            return;
        }
        let number = self.buffer.insert(row);
        self.scroll.inserted(number);
        for criterion in Criterion::ALL {
            if self.scans[criterion as usize].inserted(number) {
                self.match_row(criterion, number, row_match);
            }
        }
        self.contiguous_from += u64::from(number < self.contiguous_from);
        if self.verdict(number) == Verdict::Kept && is_counted {
            self.scroll.came(number, is_error);
        }
        let is_held = self.scroll.held().is_some();
        if is_held && self.buffer.is_full(1) {
            return self.detach();
        }
        self.trim();
    }
}
