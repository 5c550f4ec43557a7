//! Adds context rows around those that the filter takes.
//!
//! ```text
//!   from ──► rest of the run │ … │ near rows, row that is taken, near rows │ … ──► direction
//! ```
//!
//! A run has no holes: it is a row that the filter takes, and the rows before and after it. Another
//! such row in the run makes it longer. If a page begins at a row, it begins with a run, because
//! the filter may take that row. Each step reads one block, so that a query can be cancelled
//! between two steps.

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
    /// The number of context rows on each side.
    rows: usize,
    /// The view without its filter.
    all: View,
    filter: Filter,
    direction: Direction,
    /// Rows up to this place have been returned, or are outside of the page.
    given: Place,
    /// Whether the page has begun.
    has_begun: bool,
    /// Rows that the filter takes, and whose runs have not been read.
    pending: VecDeque<Record>,
    side: Option<Probe>,
    /// Rows of the first run, until the filter takes one. Without such a row they are not part of
    /// the page.
    held: Vec<Record>,
    has_taken: bool,
    found: Vec<Record>,
}

/// A cursor over the rows beside one.
#[derive(Debug)]
struct Probe {
    cursor: TreeCursor,
    part: ProbeKind,
}

#[derive(Debug)]
enum ProbeKind {
    /// Reads back from a row that the filter takes, to the rows already returned. Nearest first.
    Near(Record, Vec<Record>),
    /// Reads on to the end of a run, which is this many rows away.
    Run(usize),
}

impl ContextRows {
    /// Returns `None` if the view has no context: rows that a rule drops are no context either.
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

    /// Adds rows that the filter takes, in the direction of the page.
    pub(super) fn take(&mut self, taken: Vec<Record>) {
        self.pending.extend(taken);
    }

    /// Takes the rows found so far, in the direction of the page.
    pub(super) fn found(&mut self) -> Vec<Record> {
        mem::take(&mut self.found)
    }

    /// Takes the remaining rows at the end of the tree.
    pub(super) fn rest(&mut self) -> Vec<Record> {
        mem::take(&mut self.held)
    }

    /// Reads one block. Returns whether there was anything to do before more rows must be added.
    pub(super) fn step(&mut self, tree: &mut Tree, now: DateTime<Utc>) -> bool {
        if let Some(mut side) = self.side.take() {
            let is_done = match side.cursor.step(tree, now) {
                Step::Records(records) => self.take_records(records, &mut side.part),
                // Unreadable files are skipped. The cursor of the page reports them.
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
            // An earlier run may have included it.
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

    /// Takes rows, oldest first. Returns whether the probe is done.
    fn take_records(&mut self, mut records: Vec<Record>, part: &mut ProbeKind) -> bool {
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
                    let is_taken = self.filter.takes(&record.line);
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

    /// Returns a probe of the rows after one that the filter takes.
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

    /// Returns whether a row has not been returned yet, and is inside of the page.
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
