//! What `#[chronologix::streams(...)]` declares, and the logger that runs it.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use super::Threshold;
use crate::{AtomicU64, Error, LevelFilter, LogError, queue::registry::QueueRegistry};

/// Held while any declaration's state is used, so that a fork waits for one lock only.
static RUNS: Mutex<()> = Mutex::new(());

/// Keeps other threads out of all declarations while it lives. For forks.
pub(crate) type DeclarationsGuard = MutexGuard<'static, ()>;

pub(crate) fn lock_declarations() -> DeclarationsGuard {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A declaration of streams. The macro makes it, once, as a static.
#[derive(Debug)]
pub struct Declaration {
    names: &'static [&'static str],
    /// Which records each stream takes: the numbers of [`Threshold`]s.
    thresholds: &'static [AtomicU32],
    state: Mutex<RunState>,
    /// [`Declaration::off`] was called.
    is_off: AtomicBool,
    /// Records logged while no logger ran.
    refused: AtomicU64,
    has_reported: AtomicBool,
}

#[derive(Debug)]
enum RunState {
    NotStarted,
    Starting,
    Running(Arc<QueueRegistry>),
    Stopped,
}

impl Declaration {
    /// Creates a declaration. `thresholds` must be as long as `names`.
    #[must_use]
    pub const fn new(names: &'static [&'static str], thresholds: &'static [AtomicU32]) -> Self {
        Self {
            names,
            thresholds,
            state: Mutex::new(RunState::NotStarted),
            is_off: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            has_reported: AtomicBool::new(false),
        }
    }

    /// Returns the names of the streams, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }

    pub(crate) fn name(&self, index: u16) -> &'static str {
        self.names
            .get(usize::from(index))
            .copied()
            .unwrap_or_default()
    }

    /// Returns which records a stream takes.
    #[inline]
    pub(crate) fn threshold(&self, index: u16) -> Threshold {
        Threshold::from_number(self.thresholds[usize::from(index)].load(Ordering::Relaxed))
    }

    /// Discards records that meet no logger: before one is started, and after it has stopped.
    pub fn off(&self) {
        self.with_state(|state| {
            self.is_off.store(true, Ordering::Relaxed);
            self.discard_if_off(state);
        });
    }

    /// To be called when no logger runs any more, or [`Declaration::off`] was called.
    fn discard_if_off(&self, state: &RunState) {
        let is_running = matches!(state, RunState::Running(_));
        if self.is_off.load(Ordering::Relaxed) && !is_running {
            let none = Threshold::new(LevelFilter::Off, None).number();
            for threshold in self.thresholds {
                threshold.store(none, Ordering::Relaxed);
            }
        }
    }

    /// Claims the declaration for one logger that is about to start.
    pub(crate) fn claim(&self) -> Result<(), Error> {
        self.with_state(|state| match state {
            // In a forked child, the parent's logger does not run.
            RunState::Running(queues) if !queues.channel.is_inherited() => {
                Err(Error::AlreadyStarted)
            }
            RunState::Starting => Err(Error::AlreadyStarted),
            RunState::NotStarted | RunState::Running(_) | RunState::Stopped => {
                *state = RunState::Starting;
                Ok(())
            }
        })
    }

    /// Tells that the logger that claimed it runs, with these queues.
    pub(crate) fn started(&self, queues: Arc<QueueRegistry>) {
        // The old state is dropped after the lock, here and below. It may hold the last reference
        // to queues, whose records hold wakers of the user.
        drop(self.with_state(|state| {
            for (cell, policy) in self.thresholds.iter().zip(&queues.channel.streams) {
                cell.store(policy.threshold.load(Ordering::Relaxed), Ordering::Relaxed);
            }
            std::mem::replace(state, RunState::Running(queues))
        }));
    }

    /// Sets which records a stream takes, if the logger with these queues still runs.
    pub(super) fn set_threshold(
        &self,
        _guard: &DeclarationsGuard,
        queues: &Arc<QueueRegistry>,
        index: u16,
        threshold: Threshold,
    ) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = matches!(&*state, RunState::Running(running) if Arc::ptr_eq(running, queues));
        if let (true, Some(cell)) = (runs, self.thresholds.get(usize::from(index))) {
            cell.store(threshold.number(), Ordering::Relaxed);
        }
    }

    /// Tells that the logger that claimed it stopped, or failed to start.
    pub(crate) fn stopped(&self) {
        drop(self.with_state(|state| {
            let after = if matches!(*state, RunState::Starting) {
                RunState::NotStarted
            } else {
                RunState::Stopped
            };
            let before = std::mem::replace(state, after);
            self.discard_if_off(state);
            before
        }));
    }

    /// Returns the queues of the running logger.
    pub(crate) fn registry(&self) -> Result<Arc<QueueRegistry>, LogError> {
        self.with_state(|state| match state {
            RunState::Running(queues) => Ok(Arc::clone(queues)),
            RunState::NotStarted | RunState::Starting => Err(LogError::NotStarted),
            RunState::Stopped => Err(LogError::Stopped),
        })
    }

    /// Counts a record that no logger took. The first is reported on stderr.
    pub(crate) fn refuse(&self, error: LogError) -> LogError {
        self.count_refused();
        if !self.has_reported.swap(true, Ordering::Relaxed) {
            crate::stderr::report(&error);
        }
        error
    }

    /// From now on no refused record is reported: a failed assertion of a test says more.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn report_none(&self) {
        self.has_reported.store(true, Ordering::Relaxed);
    }

    pub(crate) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many records were refused.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn with_state<T>(&self, work: impl FnOnce(&mut RunState) -> T) -> T {
        let _guard = lock_declarations();
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
