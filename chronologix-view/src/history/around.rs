//! The rows around those that a filter takes.
//!
//! ```text
//!   from ──► rest of the run │ … │ near rows, row that is taken, near rows │ … ──► direction
//! ```
//!
//! Rows come in runs without a hole: a row that is taken, and so many before and behind it; one that is taken among these makes the run longer.
//! Where a page begins at a row, so does a run, for it may be one that is taken.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{
    filter::{Filter, View},
    journey::Journey,
    reply::Record,
    request::{Direction, Place},
    walk::Step,
};
use crate::{files::Tree, line::Key};

#[cfg(test)]
mod tests;

/// Adds rows that the filter does not take to those that it takes.
#[derive(Debug)]
pub(super) struct Around {
    /// How many on each side.
    rows: usize,
    /// What counts as a row.
    all: View,
    filter: Filter,
    direction: Direction,
    /// Rows up to this place were given, or are not wanted.
    given: Place,
    has_begun: bool,
}

impl Around {
    /// For a page of this view; `None` if there is nothing to be added.
    pub(super) fn new(view: &View, from: Place, direction: Direction, rows: usize) -> Option<Self> {
        (rows > 0 && !view.filter.is_empty()).then(|| Self {
            rows,
            all: View {
                streams: view.streams.clone(),
                filter: Filter::default(),
            },
            filter: view.filter.clone(),
            direction,
            given: from,
            has_begun: false,
        })
    }

    /// What a page begins with, if that is a row.
    pub(super) fn begin(&mut self, tree: &mut Tree, now: Timestamp, most: usize) -> Vec<Record> {
        let mut records = Vec::new();
        if let (Place::Row(row), false) = (self.given, self.has_begun) {
            self.run(row, tree, now, most, &mut records);
        }
        self.has_begun = true;
        records
    }

    /// Rows that the filter takes, in the direction of the journey, with those around them: `most` or a few more.
    pub(super) fn add_to(
        &mut self,
        taken: Vec<Record>,
        tree: &mut Tree,
        now: Timestamp,
        most: usize,
    ) -> Vec<Record> {
        let mut records = Vec::new();
        for record in taken {
            let row = record.line.key;
            // A run may have come to it before.
            if !self.is_beyond(row) {
                continue;
            }
            if records.len() >= most {
                break;
            }
            let mut near = Vec::new();
            let back = opposite(self.direction);
            self.read(row, back, tree, now, |found| {
                if !self.is_beyond(found.line.key) {
                    return false;
                }
                near.push(found);
                near.len() < self.rows
            });
            records.extend(near.into_iter().rev());
            records.push(record);
            let room = most.saturating_sub(records.len());
            self.run(row, tree, now, room, &mut records);
        }
        records
    }

    /// The rows beyond one that is taken, up to the end of its run.
    fn run(
        &mut self,
        row: Key,
        tree: &mut Tree,
        now: Timestamp,
        most: usize,
        records: &mut Vec<Record>,
    ) {
        let first = records.len();
        let mut left = self.rows;
        self.read(row, self.direction, tree, now, |found| {
            left = if self.filter.takes(&found.line.text) {
                self.rows
            } else {
                left - 1
            };
            records.push(found);
            left > 0 && records.len() - first < most
        });
        let last = records[first..]
            .last()
            .map_or(row, |record| record.line.key);
        self.given = Place::Row(last);
    }

    /// Reads rows from one on, as long as `wants` says so.
    fn read(
        &self,
        from: Key,
        direction: Direction,
        tree: &mut Tree,
        now: Timestamp,
        mut wants: impl FnMut(Record) -> bool,
    ) {
        let mut journey = Journey::new(tree, &self.all, Place::Row(from), direction);
        loop {
            match journey.step(tree, now) {
                Step::Records(records) => {
                    let mut records = VecDeque::from(records);
                    let mut next = || match direction {
                        Direction::Older => records.pop_back(),
                        Direction::Newer => records.pop_front(),
                    };
                    while let Some(record) = next() {
                        if !wants(record) {
                            return;
                        }
                    }
                }
                // What cannot be read, the journey to the rows that are taken says.
                Step::Reading | Step::Trouble(_) => {}
                Step::End => return,
            }
        }
    }

    /// Whether a row was not given yet, and is wanted.
    fn is_beyond(&self, row: Key) -> bool {
        match (self.given, self.direction) {
            (Place::Row(given), Direction::Older) => row < given,
            (Place::Row(given), Direction::Newer) => row > given,
            (Place::Time(time), Direction::Older) => row.instant < time,
            (Place::Time(time), Direction::Newer) => row.instant >= time,
            (Place::Beginning | Place::End, _) => true,
        }
    }
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Older => Direction::Newer,
        Direction::Newer => Direction::Older,
    }
}
