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
///
/// The thresholds are a part of it, so that a call site finds its own at a place that the linker
/// knows.
#[derive(Debug)]
pub struct Declaration<T: ?Sized = [AtomicU32]> {
    names: &'static [&'static str],
    state: Mutex<RunState>,
    /// [`Declaration::off`] was called.
    is_off: AtomicBool,
    /// Records logged while no logger ran.
    refused: AtomicU64,
    has_reported: AtomicBool,
    /// Which records each stream takes: the numbers of [`Threshold`]s.
    thresholds: T,
}

/// A declaration as a part of a logger's streams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeclaredStreams {
    pub(crate) declaration: &'static Declaration,
    /// The index of its first stream in the logger.
    pub(crate) first: u16,
}

#[derive(Debug)]
enum RunState {
    NotStarted,
    Starting,
    /// The queues of the logger, and the index of the first stream in it.
    Running(Arc<QueueRegistry>, u16),
    Stopped,
}

impl<const N: usize> Declaration<[AtomicU32; N]> {
    /// Creates a declaration.
    #[must_use]
    pub const fn new(names: &'static [&'static str; N]) -> Self {
        Self {
            names,
            thresholds: [const { AtomicU32::new(0) }; N],
            state: Mutex::new(RunState::NotStarted),
            is_off: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            has_reported: AtomicBool::new(false),
        }
    }
}

impl Declaration {
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
        let is_running = matches!(state, RunState::Running(..));
        if self.is_off.load(Ordering::Relaxed) && !is_running {
            let none = Threshold::new(LevelFilter::Off, None).number();
            for threshold in &self.thresholds {
                threshold.store(none, Ordering::Relaxed);
            }
        }
    }

    /// Claims the declaration for one logger that is about to start.
    fn claim(&self) -> Result<(), Error> {
        self.with_state(|state| match state {
            // In a forked child, the parent's logger does not run.
            RunState::Running(queues, _) if !queues.channel.is_inherited() => {
                Err(Error::AlreadyStarted)
            }
            RunState::Starting => Err(Error::AlreadyStarted),
            RunState::NotStarted | RunState::Running(..) | RunState::Stopped => {
                *state = RunState::Starting;
                Ok(())
            }
        })
    }

    /// Tells that the logger that claimed it runs, with these queues.
    fn started(&self, queues: Arc<QueueRegistry>, first: u16) {
        // The old state is dropped after the lock, here and below. It may hold the last reference
        // to queues, whose records hold wakers of the user.
        drop(self.with_state(|state| {
            let streams = queues.channel.streams.iter().skip(usize::from(first));
            for (cell, policy) in self.thresholds.iter().zip(streams) {
                cell.store(policy.threshold.load(Ordering::Relaxed), Ordering::Relaxed);
            }
            std::mem::replace(state, RunState::Running(queues, first))
        }));
    }

    /// Sets which records a stream takes, if the logger with these queues still runs.
    fn set_threshold(
        &self,
        _guard: &DeclarationsGuard,
        queues: &Arc<QueueRegistry>,
        index: u16,
        threshold: Threshold,
    ) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = matches!(&*state, RunState::Running(running, _) if Arc::ptr_eq(running, queues));
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

    /// Returns the queues of the running logger, and the index of the first stream in it.
    pub(crate) fn registry(&self) -> Result<(Arc<QueueRegistry>, u16), LogError> {
        self.with_state(|state| match state {
            RunState::Running(queues, first) => Ok((Arc::clone(queues), *first)),
            RunState::NotStarted | RunState::Starting => Err(LogError::NotStarted),
            RunState::Stopped => Err(LogError::Stopped),
        })
    }

    /// Returns whether a refused record is to be reported: the first.
    pub(crate) fn report_once(&self) -> bool {
        !self.has_reported.swap(true, Ordering::Relaxed)
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

impl DeclaredStreams {
    /// Claims declarations for one logger that is about to start: all or none.
    pub(crate) fn claim(all: &[Self]) -> Result<(), Error> {
        for (at, streams) in all.iter().enumerate() {
            if let Err(error) = streams.declaration.claim() {
                all[..at]
                    .iter()
                    .for_each(|earlier| earlier.declaration.stopped());
                return Err(error);
            }
        }
        Ok(())
    }

    /// Tells that the logger that claimed it runs, with these queues.
    pub(crate) fn started(self, queues: &Arc<QueueRegistry>) {
        self.declaration.started(Arc::clone(queues), self.first);
    }

    /// Sets which records the streams take, if the logger with these queues still runs. The
    /// thresholds are those of all streams of the logger.
    pub(super) fn set_thresholds(
        self,
        guard: &DeclarationsGuard,
        queues: &Arc<QueueRegistry>,
        thresholds: &[Threshold],
    ) {
        let own = thresholds.iter().skip(usize::from(self.first));
        for (index, threshold) in (0..).zip(own) {
            self.declaration
                .set_threshold(guard, queues, index, *threshold);
        }
    }
}
