//! The handle of a running logger.

pub(crate) mod handle;

mod levels;
#[cfg(feature = "toml")]
mod reload;
mod start;

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

#[cfg(test)]
pub(crate) use self::start::share;
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::start::start_on;
#[cfg(any(test, feature = "testing", feature = "tracing"))]
use crate::clock::Clock;
use crate::{
    DiskError, Error, Fields, HookStats, Incident, LogError, Statements, Stats, StreamHandle,
    backend::writer::{SharedState, is_writer_thread, nanos},
    frontend::{context::Context, preallocate::preallocate, submit::Target},
    queue::{
        block_on::{block_on, block_on_for},
        command::Command,
        oneshot,
    },
};
#[cfg(any(test, feature = "testing"))]
use crate::{config::Settings, queue::registry::QueueRegistry};

#[cfg(test)]
mod tests;

/// A running logger. Cheap to clone; all clones are the same logger.
///
/// [`Logger::stop`] ends it and returns the first error. Dropping the last clone ends it as well:
/// it waits until the writer has written everything, for the
/// [`exit_timeout`](crate::Config::exit_timeout) at most, and an error is reported as those before.
///
/// If a logger is still running when the process ends, its queued records are written all the same:
/// on the return from `main`, on [`std::process::exit`], after a panic hook, and, with
/// [`flush_on_signals`](crate::Config::flush_on_signals), on signals.
#[derive(Clone)]
#[must_use = "a logger stops when its last handle is dropped; keep it in `main`"]
pub struct Logger {
    shared: Arc<SharedState>,
    /// What the records of its handles carry.
    context: Option<Arc<Context>>,
    /// Dropped with the last clone.
    _last: Arc<StopOnDrop>,
}

/// The result of [`Logger::flush`], [`Logger::sync`] and their blocking forms.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FlushReport {
    /// Records written to the operating system during the call.
    pub written: u64,
    /// Records that were queued before and are not written yet; after a sync, records that are not
    /// known to be on disk. 0 unless the time ran out, the logger stopped, or the sync failed.
    pub remaining: u64,
    /// The first sync that failed since the sync before. Some records that were written before are
    /// not on disk then, and never will be.
    pub error: Option<DiskError>,
}

/// Stops the logger when the last handle is dropped.
struct StopOnDrop(Arc<SharedState>);

impl Logger {
    /// Ends the logger: refuses further records, writes and syncs all that are queued, closes the
    /// files, and removes the next folder if it is still empty. All clones that are asked to stop
    /// wait for the same end.
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
    /// [`Error::Disk`] with the first failure that may have cost data: lines that could not be
    /// written within the [`exit_timeout`](crate::Config::exit_timeout), or a failed sync.
    ///
    /// # Cancel safety
    ///
    /// Once the future is polled the logger stops, even if the future is dropped.
    pub async fn stop(&self) -> Result<(), Error> {
        Ok(self.ask(Command::Stop).await.unwrap_or(Ok(()))?)
    }

    /// As [`Logger::stop`], blocking, for code outside async.
    ///
    /// # Errors
    ///
    /// As [`Logger::stop`].
    pub fn stop_blocking(&self) -> Result<(), Error> {
        block_on(self.stop())
    }

    /// Waits until everything queued before is written to the operating system, and returns how
    /// much that was. What is written survives a crash of the process; [`Logger::sync`] is for
    /// crashes of the machine.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the records are written all the same.
    pub async fn flush(&self) -> FlushReport {
        let before = self.written();
        let answer = self.ask(Command::Flush).await;
        self.flush_report(before, answer)
    }

    /// As [`Logger::flush`], blocking, for `timeout` at most. It can be called from anywhere.
    pub fn flush_blocking(&self, timeout: Duration) -> FlushReport {
        let before = self.written();
        let answer = block_on_for(self.ask(Command::Flush), timeout).flatten();
        self.flush_report(before, answer)
    }

    /// Waits until everything queued before is on disk, whatever the durability of its stream, and
    /// returns how much was written for it. Every open file is synced (`fdatasync`), and every new
    /// name up to the first folder that already existed.
    ///
    /// If a sync fails, [`FlushReport::error`] has the first failure since the last call, also of
    /// syncs in between, such as those of files that were closed.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// let timeout = std::time::Duration::from_secs(5);
    /// logger.stream("all")?.log(format_args!("before the checkpoint")).detach();
    /// assert_eq!(logger.flush_blocking(timeout).remaining, 0);
    /// // In async code: `logger.sync().await`.
    /// let report = logger.sync_blocking(timeout);
    /// assert!(report.error.is_none() && report.remaining == 0);
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the records are synced all the same, but a failure of that sync is
    /// not returned again.
    pub async fn sync(&self) -> FlushReport {
        let before = self.written();
        let answer = self.ask(Command::SyncAll).await;
        self.sync_report(before, answer)
    }

    /// As [`Logger::sync`], blocking, for `timeout` at most. It can be called from anywhere.
    pub fn sync_blocking(&self, timeout: Duration) -> FlushReport {
        let before = self.written();
        let answer = block_on_for(self.ask(Command::SyncAll), timeout).flatten();
        self.sync_report(before, answer)
    }

    /// Has the records written that a stream has [kept](crate::StreamConfig::keep) in memory so
    /// far, from the oldest on. Then none are kept. It returns at once; [`Logger::flush`] waits
    /// until they are written.
    ///
    /// The records of the stream `app` go to `app.kept.log`, each in the folder of its own time and
    /// with its own time in front, so that every file stays in the order of time. A line in `app`
    /// says how many there are, from when to when, and how many older ones were lost. From the
    /// first to the last they are complete.
    ///
    /// The same happens by itself: before a record of level `error` or `critical` that goes to the
    /// file of the stream, also as a copy of another stream; at a panic; and at a crash that is
    /// [handled](crate::Config::flush_on_signals).
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// # let dir = tempfile::tempdir().unwrap();
    /// use chronologix::{Config, Level, StreamConfig};
    ///
    /// let app = StreamConfig::new("app").min_level("info").keep("debug").last("1MiB");
    /// let logger = Config::new().base_log_dir(dir.path()).stream(app).start_blocking()?;
    /// logger.stream("app")?.log_at(Level::Debug, format_args!("asks the cache")).detach();
    /// logger.dump("app")?;
    /// logger.stop_blocking()?;
    /// let kept = std::fs::read_to_string(dir.path().join("current/app.kept.log")).unwrap();
    /// assert!(kept.ends_with("] [DEBUG] asks the cache\n"), "{kept}");
    /// # Ok::<(), chronologix::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LogError::UnknownStream`], which lists the streams of the logger; [`LogError::Stopped`].
    pub fn dump(&self, stream: impl AsRef<str>) -> Result<(), LogError> {
        let stream = Some(self.index_of(stream.as_ref())?);
        let sent = self.shared.here().send_command(|reply| Command::Dump {
            stream,
            is_limited: false,
            reply,
        });
        sent.map(drop).ok_or(LogError::Stopped)
    }

    /// Checks at once whether each open file is still the one at its path, and otherwise opens a
    /// new one. The writer checks this twice a second anyway; the call is for programs that rotate
    /// the files themselves.
    pub async fn reopen(&self) {
        self.ask(Command::Reopen).await;
    }

    /// Returns a handle of a stream.
    ///
    /// ```
    /// # use chronologix_core::{Config, LogError};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// assert_eq!(logger.stream("errors")?.name(), "errors");
    /// assert!(matches!(logger.stream("erors"), Err(LogError::UnknownStream { .. })));
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LogError::UnknownStream`], which lists the streams of the logger.
    pub fn stream(&self, name: &str) -> Result<StreamHandle, LogError> {
        let index = self.index_of(name)?;
        Ok(StreamHandle {
            queues: Arc::clone(&self.shared.queues),
            name: name.into(),
            index,
            context: self.context.clone(),
        })
    }

    /// Returns a child: the same logger, whose [handles](Logger::stream) add these fields to every
    /// record. In a text line they come after the message, in JSON they are members. A child of a
    /// child has the fields of both.
    ///
    /// `log!` names a stream and no logger. For its records there is
    /// [`in_context`](crate::in_context).
    ///
    /// ```
    /// # use chronologix_core::{Config, Fields};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// let request = logger.with(Fields::new().with("request", 17).with("user", "ann"));
    /// request.stream("all")?.log(format_args!("begins")).wait(); // begins request=17 user=ann
    /// # logger.stop_blocking()?;
    /// # let lines = std::fs::read_to_string(dir.path().join("current/all.log")).unwrap();
    /// # assert!(lines.ends_with("] begins request=17 user=ann\n"), "{lines}");
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn with(&self, fields: impl Into<Fields>) -> Self {
        let context = Context::new(fields.into()).before(self.context.as_ref());
        Self {
            context: Some(context),
            ..self.clone()
        }
    }

    fn index_of(&self, name: &str) -> Result<u16, LogError> {
        let streams = self.shared.settings.logged_streams();
        let Some(index) = streams.iter().position(|stream| stream.name == name) else {
            let known = streams.iter().map(|stream| stream.name.clone()).collect();
            return Err(LogError::UnknownStream {
                name: name.to_owned(),
                known,
            });
        };
        // The configuration allows no more streams than fit in two bytes.
        Ok(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// Returns counters since the start. Cheap: a short lock for each thread that logs.
    ///
    /// They are of all records together. Which statements fill the disk,
    /// [`statements`](Self::statements) says, and its `Display` names the first ten:
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// logger.stream("all")?.log(format_args!("two words")).written().wait()?;
    /// println!("{}\n{}", logger.stats(), logger.statements());
    /// // records: 1 queued, 1 written, 0 synced, …
    /// // 21 bytes, 1 record: all "{}"
    /// # assert_eq!(logger.statements().to_string(), "21 bytes, 1 record: all \"{}\"");
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.here().stats()
    }

    /// Gives this thread its queue now, with 4 KiB. Otherwise its first record does that, which
    /// takes that call some microseconds. For threads whose every call must be short: call it when
    /// the thread begins.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// let audit = logger.stream("all")?;
    /// let thread = std::thread::spawn(move || {
    ///     logger.preallocate();
    ///     // From here on a call takes some tens of nanoseconds.
    ///     audit.log(format_args!("order accepted")).detach();
    /// });
    /// # thread.join().unwrap();
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn preallocate(&self) {
        let shared = self.shared.here();
        let declared = shared.declared.iter();
        let declared = declared.map(|streams| Target::Declared(streams.declaration));
        preallocate(declared, &self.shared.queues);
    }

    /// Returns each log statement that has logged, with its counts: which of them fills the disk.
    ///
    /// It also has them after the end of the logger. A statement is counted once its records are
    /// lines, which may be a moment after the call.
    #[must_use]
    pub fn statements(&self) -> Statements {
        self.shared.here().statements.snapshot()
    }

    /// Returns the counters of each [hook](crate::Config::hook), in the order of the configuration.
    ///
    /// ```
    /// # use chronologix_core::{Config, Hook};
    /// # let dir = tempfile::tempdir().unwrap();
    /// let hook = Hook::new("pager", |_record| async { /* page an operator */ });
    /// let logger = Config::new().base_log_dir(dir.path()).hook(hook).start_blocking()?;
    /// logger.stream("errors")?.log(format_args!("boom")).detach();
    /// logger.stop_blocking()?;
    /// let stats = logger.hook_stats();
    /// assert_eq!((stats[0].name.as_str(), stats[0].calls), ("pager", 1));
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    #[must_use]
    pub fn hook_stats(&self) -> Vec<HookStats> {
        self.shared.here().sink_stats.hooks().collect()
    }

    /// Returns the settings that the logger was started with.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Returns the clock that records are stamped by.
    #[cfg(feature = "tracing")]
    pub(crate) fn clock(&self) -> &Clock {
        &self.shared.queues.channel.clock
    }

    /// Returns its queues.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn queues(&self) -> Arc<QueueRegistry> {
        Arc::clone(&self.shared.queues)
    }

    /// Returns how many records were handed to the operating system so far.
    pub(crate) fn written(&self) -> u64 {
        self.shared.here().counters.written.load(Ordering::Relaxed)
    }

    /// Sends the writer a command, and returns its answer, or `None` if there is no writer.
    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        self.shared.here().send_command(command)?.await
    }

    fn flush_report(&self, before: u64, answer: Option<()>) -> FlushReport {
        let is_running = |(): &()| !self.shared.here().has_ended();
        self.report(before, answer.filter(is_running).map(Ok), |stats| {
            stats.written
        })
    }

    fn sync_report(&self, before: u64, answer: Option<Result<(), DiskError>>) -> FlushReport {
        self.report(before, answer, |stats| stats.synced)
    }

    /// Returns what was written since `before`. `answer` is `None` if the time ran out or there is
    /// no writer. Without an answer that all is well, what `done` does not count remains.
    fn report(
        &self,
        before: u64,
        answer: Option<Result<(), DiskError>>,
        done: impl Fn(&Stats) -> u64,
    ) -> FlushReport {
        let stats = self.stats();
        let remaining = stats.queued.saturating_sub(done(&stats));
        FlushReport {
            written: stats.written - before,
            remaining: if matches!(answer, Some(Ok(()))) {
                0
            } else {
                remaining
            },
            error: answer.and_then(Result::err),
        }
    }

    /// Has a manual clock wake the writer as long as it runs.
    #[cfg(any(test, feature = "testing"))]
    fn watch_clock(&self, clock: &Clock) {
        if let Clock::Manual(clock) = clock {
            let shared = Arc::downgrade(&self.shared);
            clock.watch(move || {
                let unpark = |shared: Arc<SharedState>| shared.queues.channel.parker.unpark_now();
                shared.upgrade().map(unpark).is_some()
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
            // The writer has woken the task that drops this. It must not wait for itself.
            return;
        }
        if let Some(Some(Err(error))) = block_on_for(answer, shared.settings.exit_timeout) {
            shared.error_reporter.report(Incident::Disk(error));
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
