//! The records with the largest or the smallest numbers in a field. Pure.

use std::cmp::Ordering;

use crate::{line::Key, merge::Record};

#[cfg(test)]
mod tests;

/// A record with the number in its field.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedRecord {
    /// The number. Durations are in seconds.
    pub number: f64,
    /// The value as it is written.
    pub value: Box<str>,
    /// Its lines, at least one.
    pub lines: Vec<Record>,
}

impl RankedRecord {
    /// Returns the place of its first line.
    pub fn key(&self) -> Option<Key> {
        self.lines.first().map(|record| record.line.key)
    }
}

/// Keeps the records with the largest numbers, or with the smallest.
#[derive(Debug)]
pub(crate) struct LargestRecords {
    /// In order, best first.
    records: Vec<RankedRecord>,
    limit: usize,
    is_smallest: bool,
}

impl LargestRecords {
    /// Keeps so many records.
    pub(crate) fn new(limit: usize, is_smallest: bool) -> Self {
        Self {
            records: Vec::new(),
            limit,
            is_smallest,
        }
    }

    /// Returns whether a record with this number may be among those that are kept.
    pub(crate) fn may_take(&self, number: f64) -> bool {
        let last = self.records.last();
        let is_full = self.records.len() >= self.limit;
        !is_full || last.is_some_and(|last| self.by_number(number, last.number).is_le())
    }

    /// Adds a record. The earlier of two with the same number comes first.
    pub(crate) fn add(&mut self, record: RankedRecord) {
        let is_before = |other: &RankedRecord| {
            let by_number = self.by_number(other.number, record.number);
            by_number
                .then_with(|| other.key().cmp(&record.key()))
                .is_lt()
        };
        let place = self.records.partition_point(is_before);
        if place < self.limit {
            self.records.insert(place, record);
            self.records.truncate(self.limit);
        }
    }

    /// Adds the records of others.
    pub(crate) fn merge(&mut self, other: Self) {
        for record in other.records {
            self.add(record);
        }
    }

    /// Returns the records, best first.
    pub(crate) fn records(&self) -> &[RankedRecord] {
        &self.records
    }

    fn by_number(&self, one: f64, other: f64) -> Ordering {
        let order = one.total_cmp(&other);
        if self.is_smallest {
            order
        } else {
            order.reverse()
        }
    }
}
