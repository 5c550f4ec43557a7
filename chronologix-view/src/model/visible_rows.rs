//! Iterates over the visible rows of a pane.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta};

use chronologix_schema::layout::{Folder, TimeZone};

use super::{buffer::Row, pane::Pane, scroll::Scroll};
use crate::{line::Key, query::Verdict};

#[cfg(test)]
mod tests;

/// The shortest gap that is shown among dense rows.
const SHORTEST_GAP: TimeDelta = TimeDelta::seconds(5);

/// The shortest gap that is shown where too few rows tell what is usual.
const USUAL_GAP: TimeDelta = TimeDelta::seconds(60);

/// How many rows before a gap tell how dense rows are, and how many gaps they need at least.
const DENSITY_ROWS: u64 = 64;
const LEAST_GAPS: i32 = 8;

/// How many times longer than usual a gap is that is shown.
const MANY: i32 = 30;

/// A separator between two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Separator {
    /// The interval folder that begins here.
    pub(crate) folder: Option<Folder>,
    /// The day that begins here.
    pub(crate) day: Option<NaiveDate>,
    /// How far clocks are ahead of UTC, if they change here.
    pub(crate) clocks: Option<FixedOffset>,
    /// The time without lines, if it is long.
    pub(crate) gap: Option<TimeDelta>,
    /// Whether lines between two groups of context lines are left out here.
    pub(crate) is_cut: bool,
}

impl Pane {
    /// Returns the end of the rows that may be shown.
    pub(crate) fn end(&self) -> u64 {
        let rows = self.rows();
        match self.scroll {
            Scroll::Following => rows.end,
            Scroll::Held(held) => held.shown.clamp(rows.start, rows.end),
        }
    }

    /// Returns whether a row is visible: the filters keep it, and it is no repeat.
    pub(crate) fn is_seen(&self, number: u64) -> bool {
        self.is_kept(number) && !self.is_repeat(number)
    }

    /// Returns whether the filters keep a row, or it is near one that they keep.
    pub(crate) fn is_kept(&self, number: u64) -> bool {
        match self.verdict(number) {
            Verdict::Kept => true,
            Verdict::Out => false,
            Verdict::Near => {
                let around = number.saturating_sub(self.context)..=number + self.context;
                self.context > 0
                    && around
                        .into_iter()
                        .any(|near| self.verdict(near) == Verdict::Kept)
            }
        }
    }

    /// Returns the first visible row from `number` on.
    pub(crate) fn seen_from(&self, number: u64) -> Option<u64> {
        (number.max(self.rows().start)..self.end()).find(|number| self.is_seen(*number))
    }

    /// Returns the last visible row before `number`.
    pub(crate) fn seen_before(&self, number: u64) -> Option<u64> {
        let mut rows = self.rows().start..number.min(self.end());
        rows.rfind(|number| self.is_seen(*number))
    }

    /// Returns the first row from `number` on that the filters keep.
    pub(crate) fn kept_from(&self, number: u64) -> Option<u64> {
        (number.max(self.rows().start)..self.end()).find(|number| self.is_kept(*number))
    }

    /// Returns the last row before `number` that the filters keep.
    pub(crate) fn kept_before(&self, number: u64) -> Option<u64> {
        let mut rows = self.rows().start..number.min(self.end());
        rows.rfind(|number| self.is_kept(*number))
    }

    /// Returns `number` if it is visible, else the nearest visible row before it, else after it.
    pub(crate) fn nearest_seen(&self, number: u64) -> Option<u64> {
        self.seen_before(number.saturating_add(1))
            .or_else(|| self.seen_from(number))
    }

    /// Returns the last visible row up to the time of this key.
    pub(crate) fn last_by(&self, key: Key) -> Option<u64> {
        let time = (key.folder, key.instant);
        self.seen_before(self.buffer.end_of(time))
    }

    /// Returns the separator before a row.
    pub(crate) fn separator(&self, number: u64) -> Option<Separator> {
        self.parting(self.kept_before(number)?, number)
    }

    /// Returns what parts two rows, of which the second follows the first.
    pub(super) fn parting(&self, number_before: u64, number: u64) -> Option<Separator> {
        let before = self.buffer.row(number_before)?;
        let row = self.buffer.row(number)?;
        let folder = row.key.folder;
        let separator = Separator {
            folder: (before.key.folder != folder).then_some(folder),
            day: self.new_day(before, row),
            clocks: self.new_clocks(before, row),
            gap: self.gap(before, row, number_before),
            is_cut: self.context > 0 && number_before + 1 < number,
        };
        let is_any = separator.folder.is_some()
            || separator.day.is_some()
            || separator.clocks.is_some()
            || separator.gap.is_some()
            || separator.is_cut;
        is_any.then_some(separator)
    }

    /// Returns the time between two rows, if it is long. What is usual is counted only for a gap
    /// that can be long, because most rows are drawn behind a short one.
    fn gap(&self, before: &Row, row: &Row, number_before: u64) -> Option<TimeDelta> {
        let gap = row.key.instant - before.key.instant;
        let are_lines = before.line().is_some() && row.line().is_some();
        let can_be_long = are_lines && gap >= SHORTEST_GAP;
        (can_be_long && gap >= self.long_gap(number_before)).then_some(gap)
    }

    /// Returns how long a gap after a row is long: many times longer than those before it.
    fn long_gap(&self, number: u64) -> TimeDelta {
        let first = number.saturating_sub(DENSITY_ROWS).max(self.rows().start);
        let mut seen = (first..=number).filter(|number| self.is_kept(*number));
        let begin = seen.next().and_then(|first| self.buffer.row(first));
        let gaps = i32::try_from(seen.count()).unwrap_or(i32::MAX);
        let ends = begin.zip(self.buffer.row(number));
        match ends {
            Some((begin, end)) if gaps >= LEAST_GAPS => {
                let usual = (end.key.instant - begin.key.instant) / gaps;
                (usual * MANY).max(SHORTEST_GAP)
            }
            _ => USUAL_GAP,
        }
    }

    /// Returns how far clocks are ahead of UTC at a row, if they were not at the row before it.
    fn new_clocks(&self, before: &Row, row: &Row) -> Option<FixedOffset> {
        let zone = self.zone.as_ref()?;
        let [before, instant] = [before, row].map(|row| row.key.instant);
        let is_same_minute = before.timestamp() / 60 == instant.timestamp() / 60;
        // Lines without times are of 1970.
        if is_same_minute || before == DateTime::UNIX_EPOCH {
            return None;
        }
        let [before, offset] = [before, instant].map(|instant| zone.offset(instant));
        (before != offset).then_some(offset)
    }

    /// Returns the day of a row, if the row before it is of another one.
    fn new_day(&self, before: &Row, row: &Row) -> Option<NaiveDate> {
        let [before, instant] = [before, row].map(|row| row.key.instant);
        // Most rows are of the same minute, which needs no time zone.
        if before.timestamp() / 60 == instant.timestamp() / 60 {
            return None;
        }
        let zone = self.zone.as_ref().unwrap_or(&TimeZone::UTC);
        let [before, day] = [before, instant].map(|instant| zone.civil(instant).date());
        (before != day).then_some(day)
    }
}
