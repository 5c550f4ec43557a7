//! Waking the writer: only when it rests, and from a nap only when something is urgent.
//!
//! The writer announces its rest, looks at every queue once more, and only then waits. A caller queues its record and then looks at the
//! announcement. Each has a fence between the two; so at least one of them sees what the other did: either the writer finds the
//! record, or the caller finds the writer at rest and rings. In the same way a caller learns that the logger was closed while it
//! queued. Most callers only look whether the writer sleeps or is gone, which is seldom, and have the [fence](super::asymmetric_fence) that costs
//! them nothing; the urgent, who wait for the writer anyway, also look whether it naps, and have a full one.

use std::{sync::OnceLock, task::Waker, time::Duration};

use super::{
    asymmetric_fence,
    sync::{AtomicBool, AtomicU8, Condvar, Mutex, Ordering, fence, lock},
};

/// The writer is at work, or naps: it will look at every queue again.
const RUNNING: u8 = 0;
/// The writer waits until the next rollover; any record wakes it.
const PARKED: u8 = 1;
/// Nothing more is taken.
const CLOSED: u8 = 2;

/// How the writer means to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitMode {
    /// Records may gather for a moment.
    Batch,
    /// There is nothing to do.
    Park,
}

/// What a caller finds after it queued a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConsumerState {
    /// The writer will look at every queue again.
    Running,
    /// It must be woken.
    Parked,
    /// The logger was stopped.
    Closed,
}

/// Where the writer rests.
#[derive(Debug)]
pub(crate) struct Parker {
    state: StateCell,
    batching: BatchingFlag,
    /// Whether somebody notified since the writer last rested.
    notified: Mutex<bool>,
    bell: Condvar,
    /// Wakes a writer that parks in a poller, and not at the condition variable.
    poller: OnceLock<Waker>,
}

/// One of the three states above. Read with every record, and so kept apart from what changes with every batch.
#[derive(Debug)]
#[repr(align(128))]
struct StateCell(AtomicU8);

/// The writer waits for a fixed short time, so that records gather; only the urgent wake it.
#[derive(Debug)]
#[repr(align(128))]
struct BatchingFlag(AtomicBool);

impl Parker {
    pub(crate) fn new() -> Self {
        asymmetric_fence::prepare();
        Self {
            state: StateCell(AtomicU8::new(RUNNING)),
            batching: BatchingFlag(AtomicBool::new(false)),
            notified: Mutex::new(false),
            bell: Condvar::new(),
            poller: OnceLock::new(),
        }
    }

    /// Says that the writer parks in a poller, where `waker` wakes it. It still batches here.
    pub(crate) fn set_poller(&self, waker: Waker) {
        // Called once, by the writer, before its first wait.
        let _ = self.poller.set(waker);
    }

    /// Looked at after something was queued, behind a fence.
    #[inline]
    pub(super) fn consumer_state(&self, urgent: bool) -> ConsumerState {
        match self.state.0.load(Ordering::Relaxed) {
            RUNNING if urgent && self.batching.0.load(Ordering::Relaxed) => ConsumerState::Parked,
            RUNNING => ConsumerState::Running,
            PARKED => ConsumerState::Parked,
            _ => ConsumerState::Closed,
        }
    }

    /// Takes nothing more from now on.
    pub(super) fn close(&self) {
        self.state.0.store(CLOSED, Ordering::Relaxed);
        asymmetric_fence::heavy();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.0.load(Ordering::Relaxed) == CLOSED
    }

    /// Calls the writer if it rests: for what lies deferred, and for what was queued without haste and has become urgent.
    pub(crate) fn unpark_urgent(&self) {
        fence(Ordering::SeqCst);
        if self.consumer_state(true) == ConsumerState::Parked {
            self.unpark();
        }
    }

    /// Wakes the writer whatever it does: for commands and clocks.
    pub(crate) fn unpark_now(&self) {
        self.end_wait();
        self.notify();
        if let Some(waker) = self.poller.get() {
            waker.wake_by_ref();
        }
    }

    /// Of the callers that find the writer at rest, one rings.
    #[cold]
    pub(super) fn unpark(&self) {
        match (self.end_wait(), self.poller.get()) {
            (Some(WaitMode::Park), Some(waker)) => waker.wake_by_ref(),
            (Some(_), _) => self.notify(),
            (None, _) => {}
        }
    }

    fn notify(&self) {
        *lock(&self.notified) = true;
        self.bell.notify_one();
    }

    /// Takes the announcement of a rest back. Gives the rest, if one was announced.
    fn end_wait(&self) -> Option<WaitMode> {
        // All callers share these lines, which are not written to without need.
        let (state, batching) = (&self.state.0, &self.batching.0);
        let slept = state.load(Ordering::Relaxed) == PARKED
            && state
                .compare_exchange(PARKED, RUNNING, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if slept {
            return Some(WaitMode::Park);
        }
        let napped = batching.load(Ordering::Relaxed) && batching.swap(false, Ordering::Relaxed);
        napped.then_some(WaitMode::Batch)
    }

    /// The writer's announcement. It must look at its queues and commands once more after this.
    pub(crate) fn announce(&self, mode: WaitMode) {
        match mode {
            WaitMode::Batch => {
                // An exchange, as every other write to it: only of those do the models know the order.
                self.batching.0.swap(true, Ordering::Relaxed);
                fence(Ordering::SeqCst);
            }
            WaitMode::Park => {
                // Unless it was closed meanwhile.
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

    /// Takes the announcement back without resting.
    pub(crate) fn cancel_wait(&self) {
        self.end_wait();
    }

    /// Waits until notified or until `limit` has passed (`None`: however long it takes).
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let mut notified = lock(&self.notified);
        // A condition variable may wake on its own; the writer then only looks once too often.
        if !*notified {
            notified = self.wait(notified, limit);
        }
        *notified = false;
        drop(notified);
        self.end_wait();
    }

    /// The writer slept elsewhere and has woken up.
    pub(crate) fn finish_wait(&self) {
        *lock(&self.notified) = false;
        self.end_wait();
    }

    #[cfg(not(loom))]
    fn wait<'a>(
        &self,
        notified: std::sync::MutexGuard<'a, bool>,
        limit: Option<Duration>,
    ) -> std::sync::MutexGuard<'a, bool> {
        use std::sync::PoisonError;
        match limit {
            None => self
                .bell
                .wait(notified)
                .unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                self.bell
                    .wait_timeout(notified, limit)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        }
    }

    /// loom has no time: a limited rest may end at once, an unlimited one only by a call.
    #[cfg(loom)]
    fn wait<'a>(
        &self,
        notified: loom::sync::MutexGuard<'a, bool>,
        limit: Option<Duration>,
    ) -> loom::sync::MutexGuard<'a, bool> {
        match limit {
            None => self
                .bell
                .wait(notified)
                .unwrap_or_else(std::sync::PoisonError::into_inner),
            Some(_) => notified,
        }
    }
}
