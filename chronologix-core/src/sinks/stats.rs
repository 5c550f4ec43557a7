//! How the outlets fare, in numbers.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::OutletSettings;
use crate::Stats;

/// How one hook fared since the logger was started: see [`Logger::hooks`](crate::Logger::hooks).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookStats {
    /// The name it was given.
    pub name: String,
    /// Calls that came to an end, good or bad.
    pub calls: u64,
    /// Calls that said they failed, or whose runtime went away.
    pub failed: u64,
    /// Calls that panicked.
    pub panicked: u64,
    /// Calls that took longer than the hook's timeout, and were given up.
    pub timed_out: u64,
    /// Records that found the hook's queue full.
    pub dropped: u64,
}

/// The counters of all outlets of a logger.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) echo_dropped: Arc<AtomicU64>,
    /// In the order of the configuration.
    pub(crate) hooks: Vec<Arc<HookTally>>,
}

/// The counters of one hook.
#[derive(Debug, Default)]
pub(crate) struct HookTally {
    name: String,
    pub(crate) calls: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) panicked: AtomicU64,
    pub(crate) timed_out: AtomicU64,
    pub(crate) dropped: AtomicU64,
}

impl Tally {
    pub(crate) fn new(settings: &OutletSettings) -> Self {
        let hook = |name: &String| {
            Arc::new(HookTally {
                name: name.clone(),
                ..HookTally::default()
            })
        };
        Self {
            echo_dropped: Arc::default(),
            hooks: settings
                .hooks
                .iter()
                .map(|known| hook(&known.name))
                .collect(),
        }
    }

    /// Fills in what is counted here.
    pub(crate) fn add_to(&self, stats: &mut Stats) {
        stats.echo_dropped = self.echo_dropped.load(Ordering::Relaxed);
        for hook in self.hooks() {
            stats.hook_calls += hook.calls;
            stats.hook_failures += hook.failed + hook.panicked + hook.timed_out;
            stats.hook_dropped += hook.dropped;
        }
    }

    /// Each hook by itself.
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

/// Counts one more.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
