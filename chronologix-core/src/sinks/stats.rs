//! What the sinks count.

use std::sync::{Arc, atomic::Ordering};

use super::{Hook, SinkSettings};
use crate::{AtomicU64, Stats};

/// Counters of one hook since the logger was started: see
/// [`Logger::hook_stats`](crate::Logger::hook_stats).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookStats {
    /// The name of the hook.
    pub name: String,
    /// Calls that have ended, in whatever way.
    pub calls: u64,
    /// Calls that returned an error, or whose runtime was shut down.
    pub failed: u64,
    /// Calls that panicked.
    pub panicked: u64,
    /// Calls that took longer than the hook's timeout, and were cancelled.
    pub timed_out: u64,
    /// Records that were dropped because the hook's queue was full.
    pub dropped: u64,
}

/// The counters of all sinks of a logger.
#[derive(Debug, Default)]
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
        self.hooks.iter().map(move |hook| HookStats {
            name: hook.name.clone(),
            calls: read(&hook.calls),
            failed: read(&hook.failed),
            panicked: read(&hook.panicked),
            timed_out: read(&hook.timed_out),
            dropped: read(&hook.dropped),
        })
    }
}
