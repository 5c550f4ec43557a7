//! The handle of a running logger.

pub(crate) mod fork_child;
pub(crate) mod handle;

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use crate::{
    Config, ConfigError, ConfigProblem, DiskError, Error, HookStats, Level, LogError, Stats,
    StreamHandle,
    backend::writer::{SharedState, Writer, is_writer_thread, nanos},
    clock::Clock,
    config::{Settings, StreamSettings},
    error_reporter::ErrorReporter,
    frontend::context::Context,
    fs::traits::FileSystem,
    process::hooks,
    queue::{
        block_on::{block_on, block_on_for},
        channel::{Channel, StreamPolicy},
        command::Command,
        oneshot,
        registry::QueueRegistry,
    },
    retention::{self, RetentionContext},
    stream::Levels,
};

mod child;
mod levels;
#[cfg(feature = "toml")]
mod reload;
mod start;
#[cfg(test)]
mod tests;

/// A running logger. Cheap to clone; all clones are the same logger.
///
/// [`Logger::stop`] ends it and says whether all went well. Dropping the last clone ends it as well, on a best effort:
/// it waits for the writer to drain, up to the [`exit_timeout`](Config::exit_timeout), and an error is told as those before it were.
///
/// A logger that is still running when the process ends is drained as well: on the return from `main`, on [`std::process::exit`], after a
/// panic hook that ran, and, with [`flush_on_signals`](Config::flush_on_signals), on signals.
#[derive(Clone)]
#[must_use = "a logger stops when its last handle is dropped; keep it in `main`"]
pub struct Logger {
    shared: Arc<SharedState>,
    /// What the records of its handles carry.
    context: Option<Arc<Context>>,
    /// Dropped with the last clone.
    _last: Arc<StopOnDrop>,
}

/// What [`Logger::flush`] and [`Logger::flush_blocking`] report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FlushReport {
    /// Records written to the operating system while the flush went on.
    pub written: u64,
    /// Records that were in the queue and are not written yet. 0 unless the time ran out or the logger stopped.
    pub remaining: u64,
}

struct StopOnDrop(Arc<SharedState>);

/// Starts a logger on any disk.
pub(crate) async fn start_on(config: Config, fs: Box<dyn FileSystem>) -> Result<Logger, Error> {
    let mut settings = config.check()?;
    settings.sinks.use_current_runtime();
    let base = settings.base.display().to_string();
    if let Some(declaration) = config.declaration {
        declaration.claim()?;
    }
    // From here on the declaration is given back by `SharedState::end`, whoever gives up.
    let shared = Arc::new(share(settings, &config));
    let logger = Logger {
        shared: Arc::clone(&shared),
        context: None,
        _last: Arc::new(StopOnDrop(shared)),
    };
    #[cfg(any(test, feature = "testing"))]
    logger.watch_clock(&config.clock);
    let (opened, answer) = oneshot::channel();
    let opened = |outcome| opened.send(outcome);
    let begin = |shared| Writer::open(shared, fs);
    spawn(Arc::clone(&logger.shared), begin, opened).inspect_err(|_| drop(logger.shared.end()))?;
    match answer.await {
        Some(Ok(())) => {
            #[cfg(feature = "toml")]
            reload::watch(&logger.shared)?;
            Ok(logger)
        }
        Some(Err(error)) => Err(Error::Config(unusable_base(&base, &error))),
        None => Err(Error::Log(LogError::Stopped)),
    }
}

pub(crate) fn share(settings: Settings, config: &Config) -> SharedState {
    let queues = Arc::new(queues(&settings, config.clock.clone()));
    let levels = settings.streams.iter().map(|stream| stream.min_level);
    let levels = Levels::new(Arc::clone(&queues), config.declaration, levels);
    let error_reporter = ErrorReporter::new(config.on_error.clone());
    SharedState::new(
        settings,
        queues,
        Arc::new(levels),
        error_reporter,
        config.declaration,
    )
}

fn queues(settings: &Settings, clock: Clock) -> QueueRegistry {
    let rule = |stream: &StreamSettings| StreamPolicy {
        durability: stream.durability,
        overflow: stream.overflow,
        min_level: Level::number(stream.min_level).into(),
    };
    let streams = settings.streams.iter().map(rule).collect();
    QueueRegistry::new(Channel::new(settings.queue_capacity, streams, clock))
}

/// Starts the writer. `opened` hears whether it could open its folders.
fn spawn(
    shared: Arc<SharedState>,
    begin: impl FnOnce(Arc<SharedState>) -> Result<Writer, DiskError> + Send + 'static,
    opened: impl FnOnce(Result<(), DiskError>) + Send + 'static,
) -> Result<(), Error> {
    fork_child::announce(&shared);
    let work = move || {
        let guard = EndOnDrop(Arc::clone(&shared));
        match begin(Arc::clone(&shared)) {
            Ok(writer) => {
                if let Some(declaration) = shared.declaration {
                    let levels = shared
                        .settings
                        .streams
                        .iter()
                        .map(|stream| stream.min_level);
                    declaration.started(Arc::clone(&shared.queues), levels);
                }
                hooks::register(&shared);
                opened(Ok(()));
                retention::start(&shared.settings, &*writer.fs, retention_context(&shared));
                writer.run();
            }
            Err(error) => {
                // First give the declaration back, then tell the caller, who may try again.
                drop(guard);
                opened(Err(error));
            }
        }
    };
    let thread = thread::Builder::new().name("chronologix".to_owned());
    thread
        .spawn(work)
        .map(drop)
        .map_err(|error| Error::Thread(Arc::new(error)))
}

fn retention_context(shared: &SharedState) -> RetentionContext {
    RetentionContext {
        clock: shared.queues.channel.clock.clone(),
        counters: Arc::clone(&shared.counters),
        error_reporter: Arc::clone(&shared.error_reporter),
        handle: Arc::clone(&shared.retention),
    }
}

/// Whatever ends the writer thread, nobody waits for it in vain.
struct EndOnDrop(Arc<SharedState>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        drop(self.0.end());
        self.0.error_reporter.shutdown(self.0.settings.exit_timeout);
    }
}

fn unusable_base(base: &str, error: &DiskError) -> ConfigError {
    use std::error::Error as _;

    let cause = error
        .source()
        .map_or(String::new(), |cause| format!(": {cause}"));
    let why = format!(
        "{base:?} cannot be used: {error}{cause}; name a registry this process may write to, or one it can make"
    );
    ConfigError::new(vec![ConfigProblem::new("base_log_dir", base, why)])
}

impl Logger {
    /// Ends the logger: takes no more records, writes and syncs all there are, closes the files, and removes the next folder if it stayed
    /// empty. Every clone may be asked to stop; all of them wait for the one end.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// let clone = logger.clone();
    /// // In async code: `logger.stop().await?`.
    /// logger.stop_blocking()?;
    /// clone.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Disk`] with the first failure that may have cost data: lines that could not be written within the
    /// [`exit_timeout`](Config::exit_timeout), or a
    /// failed sync.
    ///
    /// # Cancel safety
    ///
    /// Once polled the logger stops, whether or not the future is kept.
    pub async fn stop(&self) -> Result<(), Error> {
        match self.shared.here().send_command(Command::Stop) {
            Some(answer) => answer.await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }

    /// As [`Logger::stop`], blocking, for code outside async.
    ///
    /// # Errors
    ///
    /// As [`Logger::stop`].
    pub fn stop_blocking(&self) -> Result<(), Error> {
        block_on(self.stop())
    }

    /// Waits until everything queued before is written to the operating system (not: synced), and says how much that was.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses the report, nothing else.
    pub async fn flush(&self) -> FlushReport {
        let before = self.written();
        if let Some(answer) = self.shared.here().send_command(Command::Flush) {
            let _ = answer.await;
        }
        self.report(before, true)
    }

    /// As [`Logger::flush`], blocking, for `timeout` at most; callable from anywhere.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # use std::time::Duration;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// logger.stream("all")?.log(format_args!("before the flush")).detach();
    /// let report = logger.flush_blocking(Duration::from_secs(5));
    /// assert_eq!(report.remaining, 0);
    /// # logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn flush_blocking(&self, timeout: Duration) -> FlushReport {
        let before = self.written();
        let done = match self.shared.here().send_command(Command::Flush) {
            Some(answer) => block_on_for(answer, timeout).is_some(),
            None => true,
        };
        self.report(before, done)
    }

    /// Looks at once whether each open file is still the one at its path, as it otherwise does twice a second; for use after a
    /// rotation by another program.
    pub async fn reopen(&self) {
        if let Some(answer) = self.shared.here().send_command(Command::Reopen) {
            let _ = answer.await;
        }
    }

    /// A stream by its name.
    ///
    /// ```
    /// # use chronologix_core::{Config, LogError};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// assert_eq!(logger.stream("errors")?.name(), "errors");
    /// assert!(matches!(logger.stream("erors"), Err(LogError::UnknownStream { .. })));
    /// # logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LogError::UnknownStream`], which lists the names there are.
    pub fn stream(&self, name: &str) -> Result<StreamHandle, LogError> {
        let index = self.index_of(name)?;
        let handle = StreamHandle::new(Arc::clone(&self.shared.queues), name.into(), index);
        Ok(handle.carrying(self.context.clone()))
    }

    fn index_of(&self, name: &str) -> Result<u16, LogError> {
        let streams = &self.shared.settings.streams;
        let Some(index) = streams.iter().position(|stream| stream.name == name) else {
            let known = streams.iter().map(|stream| stream.name.clone()).collect();
            return Err(LogError::UnknownStream {
                name: name.to_owned(),
                known,
            });
        };
        // The check allows no more streams than an index of two bytes tells apart.
        Ok(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// Counts since the start. Cheap: one short lock a thread that logs.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.here().stats()
    }

    /// How each [hook](Config::hook) fared since the start, in the order of the configuration.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// use chronologix_core::Hook;
    ///
    /// # let dir = tempfile::tempdir().unwrap();
    /// let hook = Hook::new("pager", |_record| async { /* page somebody */ });
    /// let logger = Config::new().base_log_dir(dir.path()).hook(hook).start_blocking()?;
    /// logger.stream("errors")?.log(format_args!("boom")).detach();
    /// logger.stop_blocking()?;
    /// assert_eq!((logger.hook_stats()[0].name.as_str(), logger.hook_stats()[0].calls), ("pager", 1));
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    #[must_use]
    pub fn hook_stats(&self) -> Vec<HookStats> {
        self.shared.here().sink_stats.hooks().collect()
    }

    /// What the logger was started with.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Records handed to the operating system so far.
    pub(crate) fn written(&self) -> u64 {
        self.shared.here().counters.written.load(Ordering::Relaxed)
    }

    fn report(&self, before: u64, done: bool) -> FlushReport {
        let stats = self.stats();
        let remaining = if done && !self.shared.here().has_ended() {
            0
        } else {
            stats.queued.saturating_sub(stats.written)
        };
        FlushReport {
            written: stats.written - before,
            remaining,
        }
    }

    /// Has a manual clock wake the writer, as long as there is one.
    #[cfg(any(test, feature = "testing"))]
    fn watch_clock(&self, clock: &Clock) {
        if let Clock::Manual(clock) = clock {
            let shared = Arc::downgrade(&self.shared);
            clock.watch(move || {
                let shared = shared.upgrade();
                shared
                    .as_ref()
                    .inspect(|shared| shared.queues.channel.parker.unpark_now());
                shared.is_some()
            });
        }
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        let Some(shared) = self.0.running_here() else {
            // A forked child that logged nothing: the logger is its parent's.
            return;
        };
        let Some(answer) = shared.send_command(Command::Stop) else {
            return;
        };
        if is_writer_thread() {
            // Dropped by a task that the writer has just woken: it cannot wait for itself.
            return;
        }
        if let Some(Some(Err(error))) = block_on_for(answer, shared.settings.exit_timeout) {
            shared.error_reporter.report(error);
            shared.error_reporter.shutdown(shared.settings.exit_timeout);
        }
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logger")
            .field("base", &self.shared.settings.base)
            .finish_non_exhaustive()
    }
}
