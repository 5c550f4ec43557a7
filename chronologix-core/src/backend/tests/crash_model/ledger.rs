//! What a program knows of the records it made: what must become of each, and what may.

use crate::{Durability, LogError, LogFuture, frontend::future::ReceiptFuture};
use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// A record that was made.
#[derive(Clone, Debug)]
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

/// A future that a caller holds.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) entry: usize,
    /// What is true once it is ready and well.
    pub(crate) durability: Durability,
    caller: Arc<Mutex<Caller>>,
}

/// A future, seen from within an operation on the disk.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) entry: usize,
    durability: Durability,
    caller: Arc<Mutex<Caller>>,
}

/// Who polls a future.
#[derive(Debug)]
struct Caller {
    future: Waiting,
    bell: Arc<Bell>,
    is_polled: bool,
    outcome: Option<Result<(), LogError>>,
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
        let caller = Caller {
            future,
            bell: Arc::default(),
            is_polled: false,
            outcome: None,
        };
        Self {
            entry,
            durability,
            caller: Arc::new(Mutex::new(caller)),
        }
    }

    /// The same future, for a look at it while the writer works.
    pub(crate) fn watched(&self) -> Watched {
        Watched {
            entry: self.entry,
            durability: self.durability,
            caller: Arc::clone(&self.caller),
        }
    }

    /// What it gives, if it is ready. An error if it became ready and did not wake its caller.
    pub(crate) fn poll(&mut self) -> Result<Option<Result<(), LogError>>, String> {
        let mut caller = self.caller.lock().unwrap();
        let is_woken = caller.bell.0.swap(false, Ordering::SeqCst);
        let was_polled = caller.is_polled;
        let was_ready = caller.outcome.is_some();
        match caller.poll() {
            Some(outcome) if was_polled && !was_ready && !is_woken => Err(format!(
                "record {} was not woken, and is ready: {outcome:?}",
                self.entry
            )),
            outcome => Ok(outcome.cloned()),
        }
    }
}

impl Watched {
    /// Whether the caller would know by now that the record survives.
    pub(crate) fn is_synced(&self) -> bool {
        let mut caller = self.caller.lock().unwrap();
        self.durability == Durability::Synced && matches!(caller.poll(), Some(Ok(())))
    }
}

impl Caller {
    fn poll(&mut self) -> Option<&Result<(), LogError>> {
        if self.outcome.is_none() {
            let waker = Waker::from(Arc::clone(&self.bell));
            let mut context = Context::from_waker(&waker);
            let polled = match &mut self.future {
                Waiting::Own(record) => Pin::new(record)
                    .poll(&mut context)
                    .map(crate::Receipt::into_result),
                Waiting::Until(record) => Pin::new(record).poll(&mut context),
            };
            self.is_polled = true;
            if let Poll::Ready(outcome) = polled {
                self.outcome = Some(outcome);
            }
        }
        self.outcome.as_ref()
    }
}
