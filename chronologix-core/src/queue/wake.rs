//! Waking the writer: only when it rests, and from a nap only when something is urgent.
//!
//! The writer announces its rest, looks at every lane once more, and only then waits. A caller looks
//! at the announcement after it has let go of its lane. Either the caller's turn at the lane came before the
//! writer's look, which then finds the record, or it came after, and then the lock of the lane carries the announcement to the
//! caller. So a relaxed load is enough, and a caller that finds the writer awake pays for that load alone.

use std::time::Duration;

use super::sync::{AtomicU8, Condvar, Mutex, Ordering, lock};

/// The writer is at work and will look at every lane again before it rests.
const AWAKE: u8 = 0;
/// The writer waits for a fixed short time, so that records gather; only the urgent wake it.
const NAPPING: u8 = 1;
/// The writer waits until the next rollover; any record wakes it.
const SLEEPING: u8 = 2;

/// How the writer means to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Records may gather for a moment.
    Nap,
    /// There is nothing to do.
    Sleep,
}

/// Where the writer rests.
#[derive(Debug)]
pub(crate) struct Wake {
    /// One of the three states above; written by the writer, and by the caller that wakes it.
    state: AtomicU8,
    /// Whether somebody called since the writer last rested.
    called: Mutex<bool>,
    bell: Condvar,
}

impl Wake {
    pub(crate) fn new() -> Self {
        Self {
            state: AtomicU8::new(AWAKE),
            called: Mutex::new(false),
            bell: Condvar::new(),
        }
    }

    /// Called after something was queued.
    #[inline]
    pub(crate) fn after_queueing(&self, urgent: bool) {
        let state = self.state.load(Ordering::Relaxed);
        if state == SLEEPING || (urgent && state == NAPPING) {
            self.ring(state);
        }
    }

    /// Wakes the writer whatever it does: for commands and clocks.
    pub(crate) fn call(&self) {
        self.state.store(AWAKE, Ordering::Relaxed);
        *lock(&self.called) = true;
        self.bell.notify_one();
    }

    /// Of the callers that find the writer at rest, one rings.
    #[cold]
    fn ring(&self, seen: u8) {
        if self
            .state
            .compare_exchange(seen, AWAKE, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
        {
            *lock(&self.called) = true;
            self.bell.notify_one();
        }
    }

    /// The writer's announcement. It must look at its lanes and commands once more after this.
    pub(crate) fn announce(&self, rest: Rest) {
        let state = if rest == Rest::Nap { NAPPING } else { SLEEPING };
        self.state.store(state, Ordering::Relaxed);
    }

    /// Takes the announcement back without resting.
    pub(crate) fn stay_awake(&self) {
        self.state.store(AWAKE, Ordering::Relaxed);
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
        self.state.store(AWAKE, Ordering::Relaxed);
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
