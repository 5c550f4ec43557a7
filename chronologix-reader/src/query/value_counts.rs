//! How often each value of a field occurs, in bounded memory. Pure.
//!
//! Counts are exact as long as the values fit. Beyond that, this is lossy counting (Manku and
//! Motwani, "Approximate Frequency Counts over Data Streams", VLDB 2002) with a bound on memory
//! instead of one on the error: the rarest values are left out, of equals the longest, and a value
//! that comes for the first time, or again, may have occurred as often before as the most frequent
//! of these.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

#[cfg(test)]
mod tests;

/// The most values that are counted at once.
const MOST_VALUES: usize = if cfg!(test) { 100 } else { 100_000 };

/// The most bytes of these values.
const MOST_BYTES: usize = if cfg!(test) { 1 << 12 } else { 12 << 20 };

/// What is known of a value besides its text, in bytes.
const OVERHEAD: usize = 96;

/// How often a value occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueCount {
    /// The number of records that were counted.
    pub records: u64,
    /// How many more there may be.
    pub missed: u64,
    /// The earliest time.
    pub first: Option<DateTime<Utc>>,
    /// The latest time.
    pub last: Option<DateTime<Utc>>,
}

/// Counts values.
#[derive(Debug, Default)]
pub(crate) struct ValueCounts {
    values: HashMap<Box<str>, ValueCount>,
    bytes: usize,
    /// How often a value may have occurred that is not among the counted ones.
    missed: u64,
    /// The number of values that there are at least.
    distinct: u64,
}

/// The values that occur most often, or least.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RankedValues {
    /// The values in order.
    pub rows: Vec<(Box<str>, ValueCount)>,
    /// The number of all values.
    pub distinct: u64,
    /// Whether there are more values than that.
    pub has_more: bool,
}

impl ValueCount {
    fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
    }
}

impl ValueCounts {
    /// Counts a record. The values are bounded when they are merged into others.
    pub(crate) fn add(&mut self, value: &str, own: Option<DateTime<Utc>>) {
        let count = ValueCount {
            records: 1,
            missed: 0,
            first: own,
            last: own,
        };
        // Most values are known. Only a new one needs a text of its own.
        match self.values.get_mut(value) {
            Some(known) => known.add(&count),
            None => self.insert(value.into(), count),
        }
    }

    /// Adds other counts, which left out no values, and keeps within the bounds.
    pub(crate) fn merge(&mut self, other: Self) {
        debug_assert_eq!(other.missed, 0, "counts with gaps cannot be merged");
        for (value, count) in other.values {
            match self.values.get_mut(&value) {
                Some(known) => known.add(&count),
                None => self.insert(value, count),
            }
        }
        if self.values.len() > MOST_VALUES || self.bytes > MOST_BYTES {
            self.leave_out();
        }
    }

    /// Returns the bytes of the counted values.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    fn insert(&mut self, value: Box<str>, mut count: ValueCount) {
        count.missed = self.missed;
        self.bytes += value.len() + OVERHEAD;
        self.values.insert(value, count);
        self.distinct = self.distinct.max(self.values.len() as u64);
    }

    /// Leaves out the rarest values, until half of the room is free.
    fn leave_out(&mut self) {
        let mut values: Vec<(Box<str>, ValueCount)> = self.values.drain().collect();
        values.sort_unstable_by(|(value, count), (other, other_count)| {
            let by_count = other_count.most().cmp(&count.most());
            by_count
                .then(value.len().cmp(&other.len()))
                .then_with(|| value.cmp(other))
        });
        self.bytes = 0;
        for (value, count) in values {
            let bytes = self.bytes + value.len() + OVERHEAD;
            if self.values.len() >= MOST_VALUES / 2 || bytes > MOST_BYTES / 2 {
                self.missed = self.missed.max(count.most());
            } else {
                self.bytes = bytes;
                self.values.insert(value, count);
            }
        }
    }

    /// Returns at most so many values, the most frequent or the rarest first. Of values with the
    /// same count, those that came first are first.
    pub(crate) fn ranked(&self, rows: usize, is_rarest_first: bool) -> RankedValues {
        let values = self.values.iter();
        let mut values: Vec<(&str, &ValueCount)> =
            values.map(|(value, count)| (&**value, count)).collect();
        let order = |one: &(&str, &ValueCount), other: &(&str, &ValueCount)| {
            let ((value, count), (other_value, other)) = (one, other);
            let by_records = count.records.cmp(&other.records);
            let by_records = if is_rarest_first {
                by_records
            } else {
                by_records.reverse()
            };
            // Without a time last.
            let time = |count: &ValueCount| (count.first.is_none(), count.first);
            by_records
                .then_with(|| time(count).cmp(&time(other)))
                .then_with(|| value.cmp(other_value))
        };
        if values.len() > rows && rows > 0 {
            values.select_nth_unstable_by(rows - 1, order);
        }
        values.truncate(rows);
        values.sort_unstable_by(order);
        let rows = values.into_iter();
        RankedValues {
            rows: rows
                .map(|(value, count)| (value.into(), count.clone()))
                .collect(),
            distinct: self.distinct,
            has_more: self.missed > 0,
        }
    }
}

impl ValueCount {
    /// Returns how many records there are at most.
    pub fn most(&self) -> u64 {
        self.records + self.missed
    }
}
