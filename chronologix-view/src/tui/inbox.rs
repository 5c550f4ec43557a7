//! What wakes the screen: keys, changes of the tree, signals, all through one inbox.
//!
//! Keys come before changes, so that a busy tree never keeps the reader waiting, and only a few
//! changes are held at a time, so that memory does not grow with the load.

use std::{
    collections::VecDeque,
    io,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crossterm::event::{KeyEvent, MouseEvent};

use crate::{query::Reply, tail::Change};

#[cfg(test)]
mod tests;

/// The most batches of changes that wait for the screen.
const WAITING_CHANGES: usize = 4;

/// Something for the screen to do.
#[derive(Debug)]
pub(crate) enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The terminal has another size.
    Resize,
    /// The query service answers.
    Reply(Reply),
    /// Something changed in the tree.
    Changes(Vec<Change>),
    /// The system asks to end, by this signal.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no signals"))]
    Signal(i32),
    /// A part of the program ended that must not.
    Lost(io::Error),
}

/// Where events wait.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    queues: Mutex<Queues>,
    /// An event came.
    filled: Condvar,
    /// Changes were taken.
    emptied: Condvar,
    /// How often an event was waited for without an end.
    #[cfg(test)]
    rests: std::sync::atomic::AtomicU64,
}

#[derive(Debug, Default)]
struct Queues {
    /// Keys and signals.
    urgent: VecDeque<Event>,
    changes: VecDeque<Vec<Change>>,
}

impl Inbox {
    /// Adds an event that comes before all changes.
    pub(crate) fn push(&self, event: Event) {
        self.queues().urgent.push_back(event);
        self.filled.notify_one();
    }

    /// Adds changes; waits while too many are not yet taken.
    pub(crate) fn push_changes(&self, changes: Vec<Change>) {
        let has_no_room = |queues: &mut Queues| queues.changes.len() >= WAITING_CHANGES;
        let queues = self.emptied.wait_while(self.queues(), has_no_room);
        queues
            .unwrap_or_else(PoisonError::into_inner)
            .changes
            .push_back(changes);
        self.filled.notify_one();
    }

    /// The next event; waits for one, at most so long. None stands for ever.
    pub(crate) fn next(&self, timeout: Option<Duration>) -> Option<Event> {
        let is_empty = |queues: &mut Queues| queues.urgent.is_empty() && queues.changes.is_empty();
        let queues = self.queues();
        #[cfg(test)]
        if timeout.is_none() && queues.urgent.is_empty() && queues.changes.is_empty() {
            self.rests.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
        let mut queues = match timeout {
            None => self
                .filled
                .wait_while(queues, is_empty)
                .unwrap_or_else(PoisonError::into_inner),
            Some(timeout) => {
                let result = self.filled.wait_timeout_while(queues, timeout, is_empty);
                result.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        if let Some(event) = queues.urgent.pop_front() {
            return Some(event);
        }
        let changes = queues.changes.pop_front()?;
        self.emptied.notify_one();
        Some(Event::Changes(changes))
    }

    #[cfg(test)]
    pub(crate) fn rests(&self) -> u64 {
        self.rests.load(std::sync::atomic::Ordering::SeqCst)
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        // The queues are whole at every moment a holder could have panicked.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
