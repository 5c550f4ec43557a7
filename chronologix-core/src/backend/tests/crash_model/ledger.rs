//! What a program knows of the records it made: what must become of each, and what may.

use crate::{Durability, LogError, LogFuture, frontend::future::ReceiptFuture};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// A record that was made.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) stream: usize,
    pub(crate) queue: usize,
    /// Which writer it was made for, from 0.
    pub(crate) life: usize,
    /// No other record's message begins like this one.
    pub(crate) message: String,
    pub(crate) ticks: u64,
    /// How often the clock had been set.
    pub(crate) sets: usize,
    pub(crate) fate: Fate,
    pub(crate) must: Must,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Queued,
    /// It waited for room when it was made. It is in the queue as soon as there is some.
    Deferred,
    /// Its future was dropped or failed, perhaps while it waited for room: then it is kept, or
    /// dropped or refused and counted.
    Unsure,
    /// It was not taken, and its caller was told.
    Refused,
}

/// What was promised of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Must {
    Nothing,
    /// Its lines can be read, until the power is cut.
    Stand,
    /// Its lines can be read, whatever happens.
    Survive,
}

impl Entry {
    pub(crate) fn promise(&mut self, must: Must) {
        self.must = self.must.max(must);
    }
}

/// A future that somebody holds.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) entry: usize,
    /// What is true once it is ready and well.
    pub(crate) durability: Durability,
    future: Waiting,
    bell: Arc<Bell>,
    is_polled: bool,
}

#[derive(Debug)]
enum Waiting {
    Own(LogFuture),
    Until(ReceiptFuture),
}

#[derive(Debug, Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Held {
    /// A record that is awaited as it is; `durability` is what its stream promises.
    pub(crate) fn own(entry: usize, durability: Durability, record: LogFuture) -> Self {
        Self::new(entry, durability, Waiting::Own(record))
    }

    pub(crate) fn until(entry: usize, durability: Durability, record: LogFuture) -> Self {
        let future = match durability {
            Durability::Queued => record.queued(),
            Durability::Written => record.written(),
            _ => record.synced(),
        };
        Self::new(entry, durability, Waiting::Until(future))
    }

    fn new(entry: usize, durability: Durability, future: Waiting) -> Self {
        Self {
            entry,
            durability,
            future,
            bell: Arc::default(),
            is_polled: false,
        }
    }

    /// What it gives, if it is ready. An error if it became ready and nobody was woken.
    pub(crate) fn poll(&mut self) -> Result<Option<Result<(), LogError>>, String> {
        let is_woken = self.bell.0.swap(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(&self.bell));
        let mut context = Context::from_waker(&waker);
        let polled = match &mut self.future {
            Waiting::Own(record) => Pin::new(record)
                .poll(&mut context)
                .map(crate::Receipt::into_result),
            Waiting::Until(record) => Pin::new(record).poll(&mut context),
        };
        let was_polled = std::mem::replace(&mut self.is_polled, true);
        match polled {
            Poll::Ready(outcome) if was_polled && !is_woken => Err(format!(
                "record {} was not woken, and is ready: {outcome:?}",
                self.entry
            )),
            Poll::Ready(outcome) => Ok(Some(outcome)),
            Poll::Pending => Ok(None),
        }
    }
}
