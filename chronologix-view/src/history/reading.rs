//! Pages and finds: a journey that is answered in parts.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{
    around::Around,
    filter::View,
    journey::Journey,
    reply::{Answer, Found, Page, Record},
    request::{Direction, Place, Question, Request, Target, Ticket},
    walk::Step,
};
use crate::files::Tree;

#[cfg(test)]
mod tests;

/// How often a journey that finds little says how far it is.
const TELLING: Duration = Duration::from_millis(50);

/// A question that is being answered.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Which one.
    pub(crate) ticket: Ticket,
    journey: Journey,
    /// What is added to the rows that are taken.
    around: Option<Around>,
    direction: Direction,
    /// How many rows are still wanted.
    rows: usize,
    /// Whether only the key of the first row is wanted.
    is_find: bool,
    /// Records found and not yet told, in the direction of the journey.
    found: Vec<Record>,
    /// The row that was told last.
    last: Option<Place>,
    told: Instant,
}

/// What one step of a reading came to.
#[derive(Debug)]
pub(crate) enum Told {
    /// Nothing to be said yet.
    Nothing,
    /// A part of the answer.
    Part(Answer),
    /// The rest of the answer.
    Whole(Answer),
    /// A file cannot be read.
    Trouble(String),
}

impl Reading {
    /// Begins to answer a page or a find; `None` for other questions.
    pub(crate) fn new(question: Question, tree: &Tree) -> Option<Self> {
        let (view, from, direction, rows, around, is_find) = match question.request {
            Request::Page {
                view,
                from,
                direction,
                rows,
                around,
            } => (view, from, direction, rows, around, false),
            Request::Find {
                view,
                target,
                from,
                direction,
            } => (aim(view, target), from, direction, 1, 0, true),
            Request::Search { .. } | Request::Histogram { .. } => return None,
        };
        Some(Self {
            ticket: question.ticket,
            journey: Journey::new(tree, &view, from, direction),
            around: Around::new(&view, from, direction, around),
            direction,
            rows,
            is_find,
            found: Vec::new(),
            last: None,
            told: Instant::now(),
        })
    }

    /// Reads a block.
    pub(crate) fn step(&mut self, tree: &mut Tree, now: Timestamp) -> Told {
        let is_beside = match &mut self.around {
            Some(around) => {
                let is_beside = around.step(tree, now);
                self.found.extend(around.found());
                is_beside
            }
            None => false,
        };
        if !is_beside {
            match self.journey.step(tree, now) {
                Step::Records(mut records) => {
                    if self.direction == Direction::Older {
                        records.reverse();
                    }
                    match &mut self.around {
                        Some(around) => around.take(records),
                        None => self.found.extend(records),
                    }
                }
                Step::Reading => {}
                Step::Trouble(trouble) => return Told::Trouble(trouble),
                Step::End => {
                    self.found
                        .extend(self.around.iter_mut().flat_map(Around::rest));
                    return Told::Whole(self.tell(true, true));
                }
            }
        }
        if self.found.len() >= self.rows {
            self.found.truncate(self.rows);
            return Told::Whole(self.tell(false, true));
        }
        if self.told.elapsed() >= TELLING {
            return Told::Part(self.tell(false, false));
        }
        Told::Nothing
    }

    fn tell(&mut self, is_at_end: bool, is_complete: bool) -> Answer {
        self.told = Instant::now();
        let mut records = std::mem::take(&mut self.found);
        self.rows -= records.len().min(self.rows);
        if let Some(record) = records.last() {
            self.last = Some(Place::Row(record.line.key));
        }
        let reached = match self.last {
            // Rows of the same time may be left.
            Some(last) if self.rows == 0 => last,
            _ => self.journey.reached(),
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

/// The view whose rows are what is looked for.
fn aim(mut view: View, target: Target) -> View {
    match target {
        Target::Match(pattern) => view.filter.include.push(pattern),
        Target::Level(level) => view.filter.least = view.filter.least.max(Some(level)),
    }
    view
}
