//! Waking the writer: only when it rests, and from a nap only when something is urgent.
//!
//! The writer announces its rest, looks at every lane once more, and only then waits. A caller queues its record and then looks at the
//! announcement. Each has a fence between the two; so at least one of them sees what the other did: either the writer finds the
//! record, or the caller finds the writer at rest and rings. In the same way a caller learns that the logger was closed while it
//! queued. Most callers only look whether the writer sleeps or is gone, which is seldom, and have the [fence](super::asymmetric_fence) that costs
//! them nothing; the urgent, who wait for the writer anyway, also look whether it naps, and have a full one.

use std::{fmt, sync::OnceLock, time::Duration};

use super::{
    asymmetric_fence,
    sync::{AtomicBool, AtomicU8, Condvar, Mutex, Ordering, fence, lock},
};

/// The writer is at work, or naps: it will look at every lane again.
const OPEN: u8 = 0;
/// The writer waits until the next rollover; any record wakes it.
const ASLEEP: u8 = 1;
/// Nothing more is taken.
const CLOSED: u8 = 2;

/// How the writer means to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Records may gather for a moment.
    Nap,
    /// There is nothing to do.
    Sleep,
}

/// What a caller finds after it queued a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// The writer will look at every lane again.
    Open,
    /// It must be woken.
    Asleep,
    /// The logger was stopped.
    Closed,
}

/// Where the writer rests.
#[derive(Debug)]
pub(crate) struct Wake {
    door: DoorState,
    napping: Napping,
    /// Whether somebody called since the writer last rested.
    called: Mutex<bool>,
    bell: Condvar,
    /// Where the writer sleeps, if not at the bell.
    elsewhere: OnceLock<OtherBell>,
}

/// Wakes a writer that sleeps elsewhere.
struct OtherBell(Box<dyn Fn() + Send + Sync>);

/// One of the three states above. Read with every record, and so kept apart from what changes with every batch.
#[derive(Debug)]
#[repr(align(128))]
struct DoorState(AtomicU8);

/// The writer waits for a fixed short time, so that records gather; only the urgent wake it.
#[derive(Debug)]
#[repr(align(128))]
struct Napping(AtomicBool);

impl Wake {
    pub(crate) fn new() -> Self {
        asymmetric_fence::prepare();
        Self {
            door: DoorState(AtomicU8::new(OPEN)),
            napping: Napping(AtomicBool::new(false)),
            called: Mutex::new(false),
            bell: Condvar::new(),
            elsewhere: OnceLock::new(),
        }
    }

    /// The writer will not sleep here but elsewhere, where `bell` wakes it. It still naps here.
    pub(crate) fn ring_also(&self, bell: impl Fn() + Send + Sync + 'static) {
        // Told once, by the writer, before its first rest.
        let _ = self.elsewhere.set(OtherBell(Box::new(bell)));
    }

    /// Looked at after something was queued, behind a fence.
    #[inline]
    pub(super) fn door(&self, urgent: bool) -> Door {
        match self.door.0.load(Ordering::Relaxed) {
            OPEN if urgent && self.napping.0.load(Ordering::Relaxed) => Door::Asleep,
            OPEN => Door::Open,
            ASLEEP => Door::Asleep,
            _ => Door::Closed,
        }
    }

    /// Takes nothing more from now on.
    pub(super) fn close(&self) {
        self.door.0.store(CLOSED, Ordering::Relaxed);
        asymmetric_fence::heavy();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.door.0.load(Ordering::Relaxed) == CLOSED
    }

    /// Calls the writer if it rests: for what lies aside, and for what was queued without haste and has become urgent.
    pub(crate) fn hurry(&self) {
        fence(Ordering::SeqCst);
        if self.door(true) == Door::Asleep {
            self.ring();
        }
    }

    /// Wakes the writer whatever it does: for commands and clocks.
    pub(crate) fn call(&self) {
        self.get_up();
        self.ring_here();
        if let Some(bell) = self.elsewhere.get() {
            bell.0();
        }
    }

    /// Of the callers that find the writer at rest, one rings.
    #[cold]
    pub(super) fn ring(&self) {
        match (self.get_up(), self.elsewhere.get()) {
            (Some(Rest::Sleep), Some(bell)) => bell.0(),
            (Some(_), _) => self.ring_here(),
            (None, _) => {}
        }
    }

    fn ring_here(&self) {
        *lock(&self.called) = true;
        self.bell.notify_one();
    }

    /// Takes the announcement of a rest back. Gives the rest, if one was announced.
    fn get_up(&self) -> Option<Rest> {
        // All callers share these lines, which are not written to without need.
        let (door, napping) = (&self.door.0, &self.napping.0);
        let slept = door.load(Ordering::Relaxed) == ASLEEP
            && door
                .compare_exchange(ASLEEP, OPEN, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if slept {
            return Some(Rest::Sleep);
        }
        let napped = napping.load(Ordering::Relaxed) && napping.swap(false, Ordering::Relaxed);
        napped.then_some(Rest::Nap)
    }

    /// The writer's announcement. It must look at its lanes and commands once more after this.
    pub(crate) fn announce(&self, rest: Rest) {
        match rest {
            Rest::Nap => {
                // An exchange, as every other write to it: only of those do the models know the order.
                self.napping.0.swap(true, Ordering::Relaxed);
                fence(Ordering::SeqCst);
            }
            Rest::Sleep => {
                // Unless it was closed meanwhile.
                let _ = self.door.0.compare_exchange(
                    OPEN,
                    ASLEEP,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                );
                asymmetric_fence::heavy();
            }
        }
    }

    /// Takes the announcement back without resting.
    pub(crate) fn stay_awake(&self) {
        self.get_up();
    }

    /// Waits until called or until `limit` has passed (`None`: however long it takes).
    pub(crate) fn rest(&self, limit: Option<Duration>) {
        let mut called = lock(&self.called);
        // A condition variable may wake on its own; the writer then only looks once too often.
        if !*called {
            called = self.wait(called, limit);
        }
        *called = false;
        drop(called);
        self.get_up();
    }

    /// The writer slept elsewhere and has woken up.
    pub(crate) fn rested(&self) {
        *lock(&self.called) = false;
        self.get_up();
    }

    #[cfg(not(loom))]
    fn wait<'a>(
        &self,
        called: std::sync::MutexGuard<'a, bool>,
        limit: Option<Duration>,
    ) -> std::sync::MutexGuard<'a, bool> {
        use std::sync::PoisonError;
        match limit {
            None => self
                .bell
                .wait(called)
                .unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                self.bell
                    .wait_timeout(called, limit)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        }
    }

    /// loom has no time: a limited rest may end at once, an unlimited one only by a call.
    #[cfg(loom)]
    fn wait<'a>(
        &self,
        called: loom::sync::MutexGuard<'a, bool>,
        limit: Option<Duration>,
    ) -> loom::sync::MutexGuard<'a, bool> {
        match limit {
            None => self
                .bell
                .wait(called)
                .unwrap_or_else(std::sync::PoisonError::into_inner),
            Some(_) => called,
        }
    }
}

impl fmt::Debug for OtherBell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtherBell")
    }
}
