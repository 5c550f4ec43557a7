//! Answers pages and finds, in parts.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::{
    context::ContextRows,
    filter::{FilterRule, View},
    folder_cursor::Step,
    reply::{Answer, Found, Page},
    request::{Direction, Place, Query, QueryId, RecordRange, Request, Target},
    tree_cursor::{Bounds, TreeCursor},
};
use crate::{line::Key, merge::Record, tree::Tree};

#[cfg(test)]
mod tests;

/// How often a query that finds little reports its progress.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// A query that is being answered.
#[derive(Debug)]
pub(crate) struct PageQuery {
    /// Its id.
    pub id: QueryId,
    cursor: TreeCursor,
    /// Adds context rows.
    context: Option<ContextRows>,
    direction: Direction,
    /// The number of rows still to find.
    rows: usize,
    /// Whether only the key of the first row is wanted.
    is_find: bool,
    /// Records that have not been reported, in the direction of the cursor.
    found: Vec<Record>,
    /// The last row that was reported.
    last: Option<Place>,
    reported: Instant,
}

/// The result of a step.
#[derive(Debug)]
pub(crate) enum PageStep {
    /// Nothing to report.
    Nothing,
    /// Part of the answer.
    Part(Answer),
    /// The rest of the answer.
    Whole(Answer),
    /// A file could not be read.
    Trouble(String),
}

impl PageQuery {
    /// Starts answering a page or a find. Returns `None` for other queries.
    pub(crate) fn new(query: Query, tree: &Tree) -> Option<Self> {
        let (view, from, direction, rows, context, is_find) = match query.request {
            Request::Page {
                view,
                from,
                direction,
                rows,
                context,
            } => (view, from, direction, rows, context, false),
            Request::Find {
                view,
                target,
                from,
                direction,
            } => (aim(view, target), from, direction, 1, 0, true),
            Request::Search { .. }
            | Request::Histogram { .. }
            | Request::Top { .. }
            | Request::Take { .. } => return None,
        };
        Some(Self {
            id: query.id,
            cursor: TreeCursor::new(tree, &view, from, direction),
            context: ContextRows::new(&view, from, direction, context),
            direction,
            rows,
            is_find,
            found: Vec::new(),
            last: None,
            reported: Instant::now(),
        })
    }

    /// Reads the lines of a range, and those after it.
    pub(crate) fn of_range(id: QueryId, range: &RecordRange, tree: &Tree) -> Self {
        let direction = Direction::Newer;
        // A row at the place itself would be excluded.
        let from = range.keys.map_or(Place::Beginning, |(first, _)| {
            Place::Row(Key {
                sequence: first.sequence.saturating_sub(1),
                ..first
            })
        });
        Self {
            id,
            cursor: TreeCursor::new(tree, &range.view, from, direction).within(Bounds::whole()),
            context: ContextRows::new(&range.view, from, direction, range.context),
            direction,
            rows: usize::MAX,
            is_find: false,
            found: Vec::new(),
            last: None,
            reported: Instant::now(),
        }
    }

    /// Takes the rows that have not been reported.
    pub(crate) fn take(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.found)
    }

    /// Returns how far the query got.
    pub(crate) fn reached(&self) -> Place {
        self.cursor.reached()
    }

    /// Reads a block.
    pub(crate) fn step(&mut self, tree: &mut Tree, now: DateTime<Utc>) -> PageStep {
        let is_beside = match &mut self.context {
            Some(context) => {
                let is_beside = context.step(tree, now);
                self.found.extend(context.found());
                is_beside
            }
            None => false,
        };
        if !is_beside {
            match self.cursor.step(tree, now) {
                Step::Records(mut records) => {
                    if self.direction == Direction::Older {
                        records.reverse();
                    }
                    match &mut self.context {
                        Some(context) => context.take(records),
                        None => self.found.extend(records),
                    }
                }
                Step::Pending => {}
                Step::Trouble(trouble) => return PageStep::Trouble(trouble),
                Step::End => {
                    self.found
                        .extend(self.context.iter_mut().flat_map(ContextRows::rest));
                    return PageStep::Whole(self.report(true, true));
                }
            }
        }
        if self.found.len() >= self.rows {
            self.found.truncate(self.rows);
            return PageStep::Whole(self.report(false, true));
        }
        if self.reported.elapsed() >= PROGRESS_INTERVAL {
            return PageStep::Part(self.report(false, false));
        }
        PageStep::Nothing
    }

    fn report(&mut self, is_at_end: bool, is_complete: bool) -> Answer {
        self.reported = Instant::now();
        let mut records = std::mem::take(&mut self.found);
        self.rows -= records.len().min(self.rows);
        if let Some(record) = records.last() {
            self.last = Some(Place::Row(record.line.key));
        }
        let reached = match self.last {
            // More rows of the same time may follow.
            Some(last) if self.rows == 0 => last,
            _ => self.cursor.reached(),
        };
        if self.is_find {
            return Answer::Found(Found {
                key: records.first().map(|record| record.line.key),
                reached,
                is_complete,
            });
        }
        if self.direction == Direction::Older {
            records.reverse();
        }
        Answer::Page(Page {
            records,
            reached,
            is_at_end,
            is_complete,
        })
    }
}

/// Returns a view of the rows that match the target.
fn aim(mut view: View, target: Target) -> View {
    match target {
        Target::Match(pattern) => view.filter.rules.push(FilterRule::new(pattern, true)),
        Target::Level(level) => {
            let least = view.filter.least().max(Some(level));
            view.filter.set_least(least);
        }
    }
    view
}
