//! What the sinks count.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{Hook, SinkSettings};
use crate::{AtomicU64, Stats};

/// How long the end of the process waits for hooks.
const LIMIT: Duration = Duration::from_secs(1);

/// A hook no call of which ends for so long is not waited for then: a stop has waited for it.
const CALM: Duration = Duration::from_millis(100);

/// Counters of one hook since the logger was started: see
/// [`Logger::hook_stats`](crate::Logger::hook_stats).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookStats {
    /// The name of the hook.
    pub name: String,
    /// Calls that have ended, in whatever way.
    pub calls: u64,
    /// Calls that returned an error, or whose runtime ended while they ran.
    pub failed: u64,
    /// Calls that panicked.
    pub panicked: u64,
    /// Calls that took longer than the hook's timeout, and were cancelled.
    pub timed_out: u64,
    /// Records that were dropped because the hook's queue was full.
    pub dropped: u64,
    /// Records that wait for the hook, and the one that it is being called with. After a stop,
    /// those that it has not been called with in time.
    pub pending: u64,
}

/// The counters of all sinks of a logger.
#[derive(Clone, Debug, Default)]
pub(crate) struct SinkStats {
    pub(super) echo_dropped: Arc<AtomicU64>,
    /// In the order of the configuration.
    pub(super) hooks: Vec<Arc<HookCounters>>,
}

/// The counters of one hook.
#[derive(Debug, Default)]
pub(super) struct HookCounters {
    name: String,
    pub(super) calls: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) panicked: AtomicU64,
    pub(super) timed_out: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) pending: AtomicU64,
    /// Held while the end of a call is counted and reported.
    ending: Mutex<()>,
    ended: Condvar,
}

/// A record whose call has ended, while that is counted and reported. It is pending until this is
/// dropped: no reader finds it in neither number.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    counters: &'a HookCounters,
    _ending: MutexGuard<'a, ()>,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.counters.pending.fetch_sub(1, Ordering::Release);
        self.counters.ended.notify_all();
    }
}

impl HookCounters {
    /// Claims one record of those that are pending. `None` if the end of the process has reported
    /// it already.
    pub(super) fn claim(&self) -> Option<Claim<'_>> {
        let ending = self.lock();
        let is_pending = self.pending.load(Ordering::Relaxed) > 0;
        is_pending.then(|| Claim {
            counters: self,
            _ending: ending,
        })
    }

    /// Takes what is pending once no call ends any more, at `deadline` at the latest.
    fn take_all(&self, deadline: Instant) -> u64 {
        let mut guard = self.lock();
        loop {
            let pending = self.pending.load(Ordering::Relaxed);
            let left = deadline.saturating_duration_since(Instant::now());
            let is_same = |(): &mut ()| self.pending.load(Ordering::Relaxed) == pending;
            let limit = if pending == 0 {
                Duration::ZERO
            } else {
                left.min(CALM)
            };
            let waited = self.ended.wait_timeout_while(guard, limit, is_same);
            let waited = waited.unwrap_or_else(PoisonError::into_inner);
            guard = waited.0;
            if waited.1.timed_out() {
                return self.pending.swap(0, Ordering::Relaxed);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SinkStats {
    pub(crate) fn new(settings: &SinkSettings) -> Self {
        let hook = |hook: &Hook| {
            Arc::new(HookCounters {
                name: hook.name.clone(),
                ..HookCounters::default()
            })
        };
        Self {
            echo_dropped: Arc::default(),
            hooks: settings.hooks.iter().map(hook).collect(),
        }
    }

    /// Adds what is counted here to the statistics of the logger.
    pub(crate) fn add_to(&self, stats: &mut Stats) {
        stats.echo_dropped = self.echo_dropped.load(Ordering::Relaxed);
        for hook in self.hooks() {
            stats.hook_calls += hook.calls;
            stats.hook_failures += hook.failed + hook.panicked + hook.timed_out;
            stats.hook_dropped += hook.dropped;
        }
    }

    /// Returns the statistics of each hook.
    pub(crate) fn hooks(&self) -> impl Iterator<Item = HookStats> {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.hooks.iter().map(move |hook| {
            // First: what is no longer pending is counted.
            let pending = hook.pending.load(Ordering::Acquire);
            HookStats {
                name: hook.name.clone(),
                calls: read(&hook.calls),
                failed: read(&hook.failed),
                panicked: read(&hook.panicked),
                timed_out: read(&hook.timed_out),
                dropped: read(&hook.dropped),
                pending,
            }
        })
    }

    /// Returns whether a hook has records that it was not called with, or whose call has not ended.
    pub(crate) fn is_pending(&self) -> bool {
        self.hooks().any(|hook| hook.pending > 0)
    }

    /// Takes what is still pending at the end of the process: the name of each hook, and the
    /// number of records. Waits for hooks as long as their calls end, for a second at most.
    pub(crate) fn take_pending(&self) -> Vec<(&str, u64)> {
        let deadline = Instant::now() + LIMIT;
        let hooks = self.hooks.iter();
        let pending = hooks.map(|hook| (&*hook.name, hook.take_all(deadline)));
        pending.filter(|(_, records)| *records > 0).collect()
    }
}
