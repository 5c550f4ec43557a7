//! What `#[chronologix::streams(...)]` declares, and the logger that runs it.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
};

use crate::{Error, Level, LogError, queue::registry::QueueRegistry};

/// Held whenever what a declaration runs is looked at, so that a fork has to wait for one lock only.
static RUNS: Mutex<()> = Mutex::new(());

/// While it lives, no other thread looks at any declaration. For forks.
pub(crate) struct DeclarationsGuard {
    _runs: MutexGuard<'static, ()>,
}

pub(crate) fn lock_declarations() -> DeclarationsGuard {
    let runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
    DeclarationsGuard { _runs: runs }
}

/// A declaration of streams. Made by the macro, once, as a static.
#[derive(Debug)]
pub struct Declaration {
    names: &'static [&'static str],
    /// The lowest level each stream takes, as a number; 0 takes all.
    levels: &'static [AtomicU8],
    run: Mutex<Run>,
    /// Records logged while no logger ran.
    refused: AtomicU64,
    told: AtomicBool,
}

#[derive(Debug)]
enum Run {
    NotStarted,
    Starting,
    Running(Arc<QueueRegistry>),
    Stopped,
}

impl Declaration {
    /// Called by generated code. `levels` is as long as `names`.
    #[must_use]
    pub const fn new(names: &'static [&'static str], levels: &'static [AtomicU8]) -> Self {
        Self {
            names,
            levels,
            run: Mutex::new(Run::NotStarted),
            refused: AtomicU64::new(0),
            told: AtomicBool::new(false),
        }
    }

    /// The names of the streams, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }

    pub(crate) fn name(&self, index: u16) -> &'static str {
        self.names
            .get(usize::from(index))
            .copied()
            .unwrap_or_default()
    }

    /// Whether a record of this level is wanted.
    #[inline]
    pub(crate) fn allows(&self, index: u16, level: Level) -> bool {
        level as u8 >= self.levels[usize::from(index)].load(Ordering::Relaxed)
    }

    /// Claims the declaration for one logger that is about to start.
    pub(crate) fn claim(&self) -> Result<(), Error> {
        self.with_run(|run| match run {
            // In a forked child the parent's logger is none that runs.
            Run::Running(queues) if !queues.channel.is_inherited() => Err(Error::AlreadyStarted),
            Run::Starting => Err(Error::AlreadyStarted),
            Run::NotStarted | Run::Running(_) | Run::Stopped => {
                *run = Run::Starting;
                Ok(())
            }
        })
    }

    /// The logger that claimed it runs. `levels` are the lowest of each stream.
    pub(crate) fn started(
        &self,
        queues: Arc<QueueRegistry>,
        levels: impl Iterator<Item = Option<Level>>,
    ) {
        // Dropped outside of the lock, as below: there may be something of the user's in it.
        drop(self.with_run(|run| {
            for (cell, level) in self.levels.iter().zip(levels) {
                cell.store(Level::number(level), Ordering::Relaxed);
            }
            std::mem::replace(run, Run::Running(queues))
        }));
    }

    /// Another level is the lowest of a stream, if it is still this logger that runs.
    pub(super) fn set_level(
        &self,
        _guard: &DeclarationsGuard,
        queues: &Arc<QueueRegistry>,
        index: u16,
        level: Option<Level>,
    ) {
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = matches!(&*run, Run::Running(running) if Arc::ptr_eq(running, queues));
        if let (true, Some(cell)) = (runs, self.levels.get(usize::from(index))) {
            cell.store(Level::number(level), Ordering::Relaxed);
        }
    }

    /// The logger that claimed it stopped, or did not get to start.
    pub(crate) fn stopped(&self) {
        drop(self.with_run(|run| {
            let after = if matches!(*run, Run::Starting) {
                Run::NotStarted
            } else {
                Run::Stopped
            };
            std::mem::replace(run, after)
        }));
    }

    /// The queues of the running logger.
    pub(crate) fn queues(&self) -> Result<Arc<QueueRegistry>, LogError> {
        self.with_run(|run| match run {
            Run::Running(queues) => Ok(Arc::clone(queues)),
            Run::NotStarted | Run::Starting => Err(LogError::NotStarted),
            Run::Stopped => Err(LogError::Stopped),
        })
    }

    /// Counts a record that no logger took; the first says so on stderr.
    pub(crate) fn refuse(&self, error: LogError) -> LogError {
        self.refused.fetch_add(1, Ordering::Relaxed);
        if !self.told.swap(true, Ordering::Relaxed) {
            crate::stderr::report(&error);
        }
        error
    }

    /// Records refused so far.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn with_run<T>(&self, look: impl FnOnce(&mut Run) -> T) -> T {
        let _guard = lock_declarations();
        look(&mut self.run.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
