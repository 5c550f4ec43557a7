//! Parks the writer while there is nothing to do, and unparks it.
//!
//! This is an event count. The writer announces its wait ([`Parker::prepare_wait`]), looks at every
//! queue and for commands once more, and then waits or cancels. A caller pushes its record and then
//! looks at the announcement. Each has a fence between its two steps, so at least one sees what the
//! other did: either the writer finds the record, or the caller finds the announcement and unparks
//! the writer. In the same way a caller learns that the logger was closed while it pushed.
//!
//! Ordinary pushes use the light side of an [asymmetric fence](super::asymmetric_fence), which is
//! free, and look only for `Parked` and `Closed`. Urgent pushes (a durability above `queued`, or a
//! queue that fills up) use a full fence and also end a batching wait. Their callers wait for the
//! writer in any case.

use std::{
    sync::{OnceLock, PoisonError},
    task::Waker,
    time::Duration,
};

use super::{
    asymmetric_fence,
    sync::{AtomicBool, AtomicU8, Condvar, Mutex, Ordering, fence, lock},
};
#[cfg(not(loom))]
use crate::clock::kernel::are_clocks_true;

/// The writer runs or gathers a batch. It will look at every queue again by itself.
const RUNNING: u8 = 0;
/// The writer waits until its next timer. Any record unparks it.
const PARKED: u8 = 1;
/// No more records are taken.
const CLOSED: u8 = 2;

/// How long a wait is at most where the clock of this process cannot time it.
#[cfg(not(loom))]
const UNTIMED_WAIT: Duration = Duration::from_millis(10);

/// How the writer means to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitMode {
    /// For a short fixed time, so that records gather into a batch. Only urgent ones end it.
    Batch,
    /// Until there is something to do.
    Park,
}

/// What a caller finds after it pushed a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConsumerState {
    /// The writer will look at every queue again.
    Running,
    /// The writer must be unparked.
    Parked,
    /// The logger was stopped.
    Closed,
}

/// Where the writer waits.
#[derive(Debug)]
pub(crate) struct Parker {
    /// One of the three states above. It is read with every record and written seldom.
    state: OwnLines<AtomicU8>,
    /// Whether the writer gathers a batch. It changes with every batch, and only urgent pushes read
    /// it.
    batching: OwnLines<AtomicBool>,
    /// Whether there was a notification since the writer's last wait.
    notified: Mutex<bool>,
    condvar: Condvar,
    /// Ends a wait at the writer's poller. If there is one, the writer parks there, and waits here
    /// only for batches.
    poller: OnceLock<Waker>,
}

/// A value with cache lines of its own: two, because processors fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct OwnLines<T>(T);

impl Parker {
    pub(crate) fn new() -> Self {
        asymmetric_fence::register();
        Self {
            state: OwnLines(AtomicU8::new(RUNNING)),
            batching: OwnLines(AtomicBool::new(false)),
            notified: Mutex::new(false),
            condvar: Condvar::new(),
            poller: OnceLock::new(),
        }
    }

    /// Sets what ends a wait at the writer's poller. Called once, before the writer's first wait.
    pub(crate) fn set_poller(&self, waker: Waker) {
        let is_first = self.poller.set(waker).is_ok();
        debug_assert!(is_first, "a writer has one poller");
    }

    /// Returns what the writer does. To be called after a push and a fence.
    #[inline]
    pub(super) fn consumer_state(&self, urgent: bool) -> ConsumerState {
        match self.state.0.load(Ordering::Relaxed) {
            RUNNING if urgent && self.batching.0.load(Ordering::Relaxed) => ConsumerState::Parked,
            RUNNING => ConsumerState::Running,
            PARKED => ConsumerState::Parked,
            _ => ConsumerState::Closed,
        }
    }

    /// Refuses all later records.
    pub(super) fn close(&self) {
        self.state.0.store(CLOSED, Ordering::Relaxed);
        asymmetric_fence::heavy();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.0.load(Ordering::Relaxed) == CLOSED
    }

    /// Unparks the writer if a push found it `Parked`. Of several callers that did, one does it.
    #[cold]
    pub(super) fn unpark(&self) {
        match (self.end_wait(), self.poller.get()) {
            (Some(WaitMode::Park), Some(poller)) => poller.wake_by_ref(),
            (Some(_), _) => self.notify(),
            (None, _) => {}
        }
    }

    /// Unparks the writer if it waits in any mode: for deferred records, and for records that have
    /// become urgent after their push.
    pub(crate) fn unpark_urgent(&self) {
        fence(Ordering::SeqCst);
        if self.consumer_state(true) == ConsumerState::Parked {
            self.unpark();
        }
    }

    /// Ends the writer's wait, or else its next one, whatever it does: for commands and clocks.
    pub(crate) fn unpark_now(&self) {
        self.end_wait();
        self.notify();
        if let Some(poller) = self.poller.get() {
            poller.wake_by_ref();
        }
    }

    fn notify(&self) {
        *lock(&self.notified) = true;
        self.condvar.notify_one();
    }

    /// Takes the announcement of a wait back, and returns its mode if there was one.
    pub(crate) fn end_wait(&self) -> Option<WaitMode> {
        // All callers share these cache lines, so they are written only if that changes something.
        let (state, batching) = (&self.state.0, &self.batching.0);
        let was_parked = state.load(Ordering::Relaxed) == PARKED
            && state
                .compare_exchange(PARKED, RUNNING, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if was_parked {
            return Some(WaitMode::Park);
        }
        let was_batching =
            batching.load(Ordering::Relaxed) && batching.swap(false, Ordering::Relaxed);
        was_batching.then_some(WaitMode::Batch)
    }

    /// Announces a wait. The writer must look at its queues and commands once more after this.
    pub(crate) fn prepare_wait(&self, mode: WaitMode) {
        match mode {
            WaitMode::Batch => {
                // A swap, like every other write to it: loom knows the order of these alone.
                self.batching.0.swap(true, Ordering::Relaxed);
                fence(Ordering::SeqCst);
            }
            WaitMode::Park => {
                // It fails if the logger was closed meanwhile, and stays closed then.
                let _ = self.state.0.compare_exchange(
                    RUNNING,
                    PARKED,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                );
                asymmetric_fence::heavy();
            }
        }
    }

    /// Waits for a notification, for at most `limit` if there is one.
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let mut notified = lock(&self.notified);
        // A spurious wake-up costs no more than one look at empty queues, so there is no loop.
        if !*notified {
            notified = match limit {
                None => self
                    .condvar
                    .wait(notified)
                    .unwrap_or_else(PoisonError::into_inner),
                // std would wait for too long, or not at all. Then a notification is seen late.
                #[cfg(not(loom))]
                Some(limit) if !are_clocks_true() => {
                    drop(notified);
                    std::thread::sleep(limit.min(UNTIMED_WAIT));
                    lock(&self.notified)
                }
                #[cfg(not(loom))]
                Some(limit) => {
                    let waited = self.condvar.wait_timeout(notified, limit);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                // loom has no time: a limited wait may end at once.
                #[cfg(loom)]
                Some(_) => notified,
            };
        }
        *notified = false;
        drop(notified);
        self.end_wait();
    }

    /// Ends a wait that took place at the poller.
    pub(crate) fn finish_wait(&self) {
        *lock(&self.notified) = false;
        self.end_wait();
    }
}
