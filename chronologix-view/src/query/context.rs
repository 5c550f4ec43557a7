//! The rows around those that a filter takes.
//!
//! ```text
//!   from ──► rest of the run │ … │ near rows, row that is taken, near rows │ … ──► direction
//! ```
//!
//! Rows come in runs without a hole: a row that is taken, and so many before and behind it; one that is taken among these makes the run longer.
//! Where a page begins at a row, so does a run, for it may be one that is taken. Each step reads one block, so that a question can be given up
//! between two of them.

use std::{collections::VecDeque, mem};

use chrono::{DateTime, Utc};

use super::{
    filter::{Filter, View},
    folder_cursor::Step,
    request::{Direction, Place},
    tree_cursor::TreeCursor,
};
use crate::{line::Key, merge::Record, tree::Tree};

#[cfg(test)]
mod tests;

/// Adds rows that the filter does not take to those that it takes.
#[derive(Debug)]
pub(super) struct ContextRows {
    /// How many on each side.
    rows: usize,
    /// What counts as a row.
    all: View,
    filter: Filter,
    direction: Direction,
    /// Rows up to this place were given, or are not wanted.
    given: Place,
    /// Whether the page has begun, which it does with a run if it begins at a row.
    has_begun: bool,
    /// Rows that are taken, and whose runs are still to be read.
    pending: VecDeque<Record>,
    side: Option<Probe>,
    /// Rows of the first run, until there is one that is taken: alone they are none of the page.
    held: Vec<Record>,
    has_taken: bool,
    found: Vec<Record>,
}

/// A look at the rows beside one.
#[derive(Debug)]
struct Probe {
    cursor: TreeCursor,
    part: ProbeKind,
}

#[derive(Debug)]
enum ProbeKind {
    /// Back to where rows were given, from one that is taken; the nearest first.
    Near(Record, Vec<Record>),
    /// On to the end of a run, which is so many rows away.
    Run(usize),
}

impl ContextRows {
    /// For a page of this view; `None` if there is nothing to be added: what is dropped is no row around another.
    pub(super) fn new(view: &View, from: Place, direction: Direction, rows: usize) -> Option<Self> {
        (rows > 0 && view.filter.keeps_some()).then(|| Self {
            rows,
            all: View {
                streams: view.streams.clone(),
                filter: Filter::default(),
            },
            filter: view.filter.clone(),
            direction,
            given: from,
            has_begun: false,
            pending: VecDeque::new(),
            side: None,
            held: Vec::new(),
            has_taken: false,
            found: Vec::new(),
        })
    }

    /// Takes rows that the filter takes, in the direction of the page.
    pub(super) fn take(&mut self, taken: Vec<Record>) {
        self.pending.extend(taken);
    }

    /// The rows that were found, in the direction of the page.
    pub(super) fn found(&mut self) -> Vec<Record> {
        mem::take(&mut self.found)
    }

    /// The rows that are left when there are none that are taken any more.
    pub(super) fn rest(&mut self) -> Vec<Record> {
        mem::take(&mut self.held)
    }

    /// Reads one block; says whether there was anything to do before more rows are to be taken.
    pub(super) fn step(&mut self, tree: &mut Tree, now: DateTime<Utc>) -> bool {
        if let Some(mut side) = self.side.take() {
            let is_done = match side.cursor.step(tree, now) {
                Step::Records(records) => self.match_row(records, &mut side.part),
                // What cannot be read is left out, as it is on the cursor to the rows that are taken, which tells of it.
                Step::Pending | Step::Trouble(_) => false,
                Step::End => true,
            };
            if is_done {
                self.end(side.part, tree);
            } else {
                self.side = Some(side);
            }
            return true;
        }
        if !mem::replace(&mut self.has_begun, true)
            && let Place::Row(row) = self.given
        {
            self.side = Some(self.run(row, tree));
            return true;
        }
        while let Some(record) = self.pending.pop_front() {
            let row = record.line.key;
            // A run may have come to it before.
            if self.is_beyond(row) {
                let back = match self.direction {
                    Direction::Older => Direction::Newer,
                    Direction::Newer => Direction::Older,
                };
                self.side = Some(Probe {
                    cursor: TreeCursor::new(tree, &self.all, Place::Row(row), back),
                    part: ProbeKind::Near(record, Vec::new()),
                });
                return true;
            }
        }
        false
    }

    /// Takes these rows, oldest first; says whether there is nothing more to be looked at.
    fn match_row(&mut self, mut records: Vec<Record>, part: &mut ProbeKind) -> bool {
        let is_backwards = matches!(part, ProbeKind::Near(..));
        if (self.direction == Direction::Older) != is_backwards {
            records.reverse();
        }
        for record in records {
            match part {
                ProbeKind::Near(_, near) => {
                    if !self.is_beyond(record.line.key) {
                        return true;
                    }
                    near.push(record);
                    if near.len() >= self.rows {
                        return true;
                    }
                }
                ProbeKind::Run(left) => {
                    let is_taken = self.filter.takes(&record.line.text);
                    *left = if is_taken { self.rows } else { *left - 1 };
                    self.give(record, is_taken);
                    if *left == 0 {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn end(&mut self, part: ProbeKind, tree: &Tree) {
        if let ProbeKind::Near(record, near) = part {
            let row = record.line.key;
            self.found.append(&mut self.held);
            self.found.extend(near.into_iter().rev());
            self.give(record, true);
            self.side = Some(self.run(row, tree));
        }
    }

    /// A look at the rows beyond one that is taken.
    fn run(&self, row: Key, tree: &Tree) -> Probe {
        Probe {
            cursor: TreeCursor::new(tree, &self.all, Place::Row(row), self.direction),
            part: ProbeKind::Run(self.rows),
        }
    }

    fn give(&mut self, record: Record, is_taken: bool) {
        self.given = Place::Row(record.line.key);
        self.has_taken |= is_taken;
        self.held.push(record);
        if self.has_taken {
            self.found.append(&mut self.held);
        }
    }

    /// Whether a row is not given yet, and is wanted.
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
