//! The queue of events.
//!
//! Keys come before changes, so that a busy tree never delays the user. The number of pending
//! changes is bounded, so that memory does not grow with the load.

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

/// The most batches of pending changes.
const WAITING_CHANGES: usize = 4;

/// An event.
#[derive(Debug)]
pub(crate) enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// The size of the terminal changed.
    Resize,
    /// The query service replied.
    Reply(Reply),
    /// The tree changed.
    Changes(Vec<Change>),
    /// A signal asks to end.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no signals"))]
    Signal(i32),
    /// A thread that is needed has ended.
    Lost(io::Error),
}

/// A queue of events with two priorities.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    queues: Mutex<Queues>,
    /// Notified when an event is added.
    filled: Condvar,
    /// Notified when changes are taken.
    emptied: Condvar,
    /// How often [`Inbox::next`] waited without a timeout.
    #[cfg(test)]
    rests: std::sync::atomic::AtomicU64,
}

#[derive(Debug, Default)]
struct Queues {
    /// Everything but changes.
    urgent: VecDeque<Event>,
    changes: VecDeque<Vec<Change>>,
}

impl Inbox {
    /// Adds an event before all changes.
    pub(crate) fn push(&self, event: Event) {
        self.queues().urgent.push_back(event);
        self.filled.notify_one();
    }

    /// Adds changes. Blocks while too many are pending.
    pub(crate) fn push_changes(&self, changes: Vec<Change>) {
        let has_no_room = |queues: &mut Queues| queues.changes.len() >= WAITING_CHANGES;
        let queues = self.emptied.wait_while(self.queues(), has_no_room);
        queues
            .unwrap_or_else(PoisonError::into_inner)
            .changes
            .push_back(changes);
        self.filled.notify_one();
    }

    /// Returns the next event. Waits up to `timeout`, or without limit if it is `None`.
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
        // The queues are consistent wherever a holder could have panicked.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
