//! How the records of a pattern spread over time, in little memory. Pure.

use chrono::{DateTime, TimeDelta, Utc};

#[cfg(test)]
mod tests;

/// The number of slices.
const SLICES: usize = 32;

/// Counts of records in slices of equal length. If a time lies beyond all slices, their length
/// doubles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeSpread {
    records: [u32; SLICES],
    /// The number of the first slice, counted from 1970.
    first: i64,
    /// A slice is 2^`width` seconds long.
    width: u32,
    is_begun: bool,
}

impl TimeSpread {
    /// Counts a record.
    pub(super) fn add_record(&mut self, time: DateTime<Utc>) {
        self.add_at(time.timestamp(), 1);
    }

    /// Adds other counts.
    pub(super) fn add(&mut self, other: &Self) {
        while self.is_begun && self.width < other.width {
            self.widen();
        }
        if !self.is_begun {
            *self = other.clone();
            return;
        }
        for (slice, records) in (other.first..).zip(other.records) {
            if records > 0 {
                self.add_at(slice << other.width, records);
            }
        }
    }

    fn add_at(&mut self, second: i64, records: u32) {
        if !self.is_begun {
            (self.first, self.is_begun) = (second, true);
        }
        loop {
            let slice = second >> self.width;
            let place = usize::try_from(slice - self.first).ok();
            if let Some(own) = place.and_then(|place| self.records.get_mut(place)) {
                *own = own.saturating_add(records);
                return;
            }
            if !self.begin_at(slice) {
                self.widen();
            }
        }
    }

    /// Begins with an earlier slice if the last one that has records is kept.
    fn begin_at(&mut self, slice: i64) -> bool {
        let last = self.records.iter().rposition(|records| *records > 0);
        let by = usize::try_from(self.first - slice).unwrap_or(SLICES);
        if by == 0 || by + last.unwrap_or(0) >= SLICES {
            return false;
        }
        self.records.rotate_right(by);
        self.first = slice;
        true
    }

    /// Makes each slice twice as long.
    fn widen(&mut self) {
        let first = self.first >> 1;
        let mut wider = [0_u32; SLICES];
        for (slice, records) in (self.first..).zip(self.records) {
            let place = usize::try_from((slice >> 1) - first).unwrap_or(0);
            wider[place] = wider[place].saturating_add(records);
        }
        (self.records, self.first, self.width) = (wider, first, self.width + 1);
    }

    /// Returns the records in each of `columns` parts of a span of time. A slice counts where it
    /// begins.
    pub fn columns(
        &self,
        (first, last): (DateTime<Utc>, DateTime<Utc>),
        columns: usize,
    ) -> Vec<u64> {
        let mut counts = vec![0; columns];
        let span = (last - first).max(TimeDelta::seconds(1)).num_seconds();
        for (slice, records) in (self.first..).zip(self.records) {
            let second = (slice << self.width) - first.timestamp();
            let second = usize::try_from(second.clamp(0, span)).unwrap_or(0);
            let place = second * columns / usize::try_from(span + 1).unwrap_or(usize::MAX);
            if let Some(count) = counts.get_mut(place) {
                *count += u64::from(records);
            }
        }
        counts
    }
}
