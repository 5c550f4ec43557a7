//! Answers questions in the background: one thread for pages and finds, which somebody waits for, and
//! two that go over all files.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{
    reading::{Reading, Told},
    reply::{Answer, Reply},
    request::{Kind, Question, Ticket},
    survey::Survey,
};
use crate::{
    files::{Root, Tree},
    follow::{Clock, LONGEST_SHOWN},
    streams::StreamNames,
};

#[cfg(test)]
mod tests;

/// Threads that go over all files; more would wait for the same disk.
const SURVEYORS: usize = 2;

/// Where answers go.
pub(crate) type Sink = Arc<dyn Fn(Reply) + Send + Sync>;

/// Takes questions. The threads end when it is dropped.
#[derive(Debug)]
pub(crate) struct Librarian {
    desk: Arc<Desk>,
}

/// Where questions lie.
#[derive(Debug, Default)]
struct Desk {
    slots: Mutex<Slots>,
    asked: Condvar,
}

/// The newest question of each kind, until it is taken up.
#[derive(Debug, Default)]
struct Slots {
    page: Slot,
    find: Slot,
    search: Slot,
    histogram: Slot,
    /// What goes over all files, the more urgent one first.
    surveys: [Option<Arc<Survey>>; 2],
    is_closed: bool,
}

#[derive(Debug, Default)]
struct Slot {
    /// Asked, and not taken up.
    question: Option<Question>,
    /// The ticket of the newest question; older ones are obsolete. None if there is none to answer.
    newest: Option<Ticket>,
}

/// What a librarian needs to know of a tree.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    /// What it was given as.
    pub(crate) base: Root,
    /// The names of its streams, shared with the follower.
    pub(crate) names: StreamNames,
    /// Where the time comes from.
    pub(crate) clock: Clock,
}

impl Library {
    /// The tree, to be read.
    pub(crate) fn tree(&self) -> Tree {
        Tree::new(self.base.clone(), LONGEST_SHOWN, self.names.clone())
    }
}

impl Librarian {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    pub(crate) fn start(library: &Library, sink: &Sink) -> io::Result<Self> {
        // Dropped on an error, which ends the threads that were started.
        let librarian = Self {
            desk: Arc::default(),
        };
        let desk = &librarian.desk;
        spawn("history", desk, library, sink, read)?;
        for _ in 0..SURVEYORS {
            spawn("survey", desk, library, sink, survey)?;
        }
        Ok(librarian)
    }

    /// Asks. Older questions of the same kind are not answered any more.
    pub(crate) fn ask(&self, question: Question) {
        let mut slots = self.desk.slots();
        let slot = slots.slot(question.request.kind());
        slot.newest = Some(question.ticket);
        slot.question = Some(question);
        drop(slots);
        self.desk.asked.notify_all();
    }

    /// Lets the questions of one kind go unanswered.
    pub(crate) fn cancel(&self, kind: Kind) {
        *self.desk.slots().slot(kind) = Slot::default();
    }
}

impl Drop for Librarian {
    fn drop(&mut self) {
        self.desk.slots().is_closed = true;
        self.desk.asked.notify_all();
    }
}

impl Desk {
    fn slots(&self) -> MutexGuard<'_, Slots> {
        // The slots are whole at every moment a holder could have panicked.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the question still wants an answer.
    fn wants(&self, kind: Kind, ticket: Ticket) -> bool {
        let mut slots = self.slots();
        !slots.is_closed && slots.slot(kind).newest == Some(ticket)
    }
}

impl Slots {
    fn slot(&mut self, kind: Kind) -> &mut Slot {
        match kind {
            Kind::Page => &mut self.page,
            Kind::Find => &mut self.find,
            Kind::Search => &mut self.search,
            Kind::Histogram => &mut self.histogram,
        }
    }

    /// A survey with something left to do.
    fn survey(&mut self) -> Option<Arc<Survey>> {
        let kinds = [Kind::Search, Kind::Histogram];
        for (index, kind) in kinds.into_iter().enumerate() {
            if let Some(question) = self.slot(kind).question.take() {
                self.surveys[index] = Survey::new(question).map(Arc::new);
            }
            let newest = self.slot(kind).newest;
            let survey = &mut self.surveys[index];
            if survey
                .as_ref()
                .is_some_and(|survey| Some(survey.ticket()) != newest || survey.is_handed_out())
            {
                *survey = None;
            }
            if survey.is_some() {
                return survey.clone();
            }
        }
        None
    }
}

type Work = fn(&Desk, &Library, &Sink);

fn spawn(
    name: &str,
    desk: &Arc<Desk>,
    library: &Library,
    sink: &Sink,
    work: Work,
) -> io::Result<()> {
    let (desk, library, sink) = (Arc::clone(desk), library.clone(), Arc::clone(sink));
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || work(&desk, &library, &sink))
        .map(drop)
}

/// Answers pages and finds, block by block, so that a long find does not hold up a page.
fn read(desk: &Desk, library: &Library, sink: &Sink) {
    let mut tree = library.tree();
    let mut at_work: [Option<Reading>; 2] = [None, None];
    let kinds = [Kind::Page, Kind::Find];
    loop {
        let mut slots = desk.slots();
        if at_work.iter().all(Option::is_none) {
            let is_idle = |slots: &mut Slots| {
                !slots.is_closed && slots.page.question.is_none() && slots.find.question.is_none()
            };
            let waited = desk.asked.wait_while(slots, is_idle);
            slots = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if slots.is_closed {
            return;
        }
        for (kind, reading) in kinds.into_iter().zip(&mut at_work) {
            let slot = slots.slot(kind);
            if reading
                .as_ref()
                .is_some_and(|reading| slot.newest != Some(reading.ticket))
            {
                *reading = None;
            }
            if let Some(question) = slot.question.take() {
                // A tree that cannot be read has no folders; the follower says why.
                let _ = tree.refresh((library.clock)());
                *reading = Reading::new(question, &tree);
            }
        }
        drop(slots);
        // In turns: neither waits for the other.
        for (kind, reading) in kinds.into_iter().zip(&mut at_work) {
            advance(desk, kind, reading, &mut tree, library, sink);
        }
    }
}

/// One step of a reading, and what is to be told of it.
fn advance(
    desk: &Desk,
    kind: Kind,
    at_work: &mut Option<Reading>,
    tree: &mut Tree,
    library: &Library,
    sink: &Sink,
) {
    let Some(reading) = at_work else { return };
    let ticket = reading.ticket;
    let answer = match reading.step(tree, (library.clock)()) {
        Told::Nothing => return,
        Told::Part(answer) => answer,
        Told::Whole(answer) => {
            *at_work = None;
            answer
        }
        Told::Trouble(trouble) => Answer::Trouble(trouble),
    };
    if desk.wants(kind, ticket) {
        sink(Reply {
            ticket,
            streams: tree.streams().clone(),
            answer,
        });
    }
}

/// Goes over files, a piece at a time.
fn survey(desk: &Desk, library: &Library, sink: &Sink) {
    let mut tree = library.tree();
    let mut buffer = Vec::new();
    let mut read_for = None;
    loop {
        let mut slots = desk.slots();
        let survey = loop {
            if slots.is_closed {
                return;
            }
            if let Some(survey) = slots.survey() {
                break survey;
            }
            slots = desk
                .asked
                .wait(slots)
                .unwrap_or_else(PoisonError::into_inner);
        };
        drop(slots);
        let (kind, ticket) = (survey.kind(), survey.ticket());
        if read_for.replace(ticket) != Some(ticket) {
            // A tree that cannot be read has no folders; the follower says why.
            let _ = tree.refresh((library.clock)());
        }
        survey.advance(&mut tree, (library.clock)(), &mut buffer, |tree, answer| {
            if desk.wants(kind, ticket) {
                sink(Reply {
                    ticket,
                    streams: tree.streams().clone(),
                    answer,
                });
            }
        });
    }
}
