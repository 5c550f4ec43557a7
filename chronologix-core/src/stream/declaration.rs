//! What `#[chronologix::streams(...)]` declares, and the logger that runs it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use chronologix_schema::layout::Multiline;

use crate::{
    Config, Durability, Error, Format, Level, LogError, Overflow, StreamConfig,
    queue::registry::QueueRegistry,
};

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
    streams: &'static [StreamSpec],
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

/// One stream as declared.
#[derive(Clone, Copy, Debug)]
pub struct StreamSpec {
    name: &'static str,
    mirror: &'static [u16],
    durability: Option<Durability>,
    format: Option<Format>,
    min_level: Option<Level>,
    file: Option<&'static str>,
    multiline: Option<Multiline>,
    overflow: Option<Overflow>,
    dedup: Option<Duration>,
}

impl StreamSpec {
    /// A stream with no options.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            mirror: &[],
            durability: None,
            format: None,
            min_level: None,
            file: None,
            multiline: None,
            overflow: None,
            dedup: None,
        }
    }

    /// The streams its records are copied to, by index.
    #[must_use]
    pub const fn mirror(mut self, targets: &'static [u16]) -> Self {
        self.mirror = targets;
        self
    }

    /// Sets the option of this name.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = Some(durability);
        self
    }

    /// Sets the option of this name.
    #[must_use]
    pub const fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Sets the option of this name.
    #[must_use]
    pub const fn min_level(mut self, level: Level) -> Self {
        self.min_level = Some(level);
        self
    }

    /// Sets the option of this name.
    #[must_use]
    pub const fn file(mut self, file: &'static str) -> Self {
        self.file = Some(file);
        self
    }

    /// Sets the option of this name.
    #[must_use]
    pub const fn multiline(mut self, multiline: Multiline) -> Self {
        self.multiline = Some(multiline);
        self
    }

    /// Sets the option of this name.
    #[must_use]
    pub const fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = Some(overflow);
        self
    }

    /// Sets the option of this name.
    #[must_use]
    pub const fn dedup(mut self, period: Duration) -> Self {
        self.dedup = Some(period);
        self
    }

    fn to_config(self) -> StreamConfig {
        StreamConfig {
            name: self.name.to_owned(),
            durability: self.durability,
            format: self.format,
            min_level: self.min_level,
            file: self.file.map(str::to_owned),
            multiline: self.multiline,
            overflow: self.overflow,
            dedup: self.dedup.map(Into::into),
            problems: Vec::new(),
        }
    }
}

impl Declaration {
    /// Called by generated code. `levels` is as long as `streams`.
    #[must_use]
    pub const fn new(streams: &'static [StreamSpec], levels: &'static [AtomicU8]) -> Self {
        Self {
            streams,
            levels,
            run: Mutex::new(Run::NotStarted),
            refused: AtomicU64::new(0),
            told: AtomicBool::new(false),
        }
    }

    /// A configuration that knows these streams and mirrors, all else at its default.
    pub fn config(&'static self) -> Config {
        let mut config = Config::new().streams(self.streams.iter().map(|spec| spec.to_config()));
        for spec in self.streams {
            for target in spec.mirror {
                config = config.mirror(spec.name, self.name(*target));
            }
        }
        config.declared_by(self)
    }

    /// The names of the streams, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.streams.iter().map(|spec| spec.name)
    }

    pub(crate) fn name(&self, index: u16) -> &'static str {
        self.streams
            .get(usize::from(index))
            .map_or("", |spec| spec.name)
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
