//! The hook sink: the user's async functions, called with records that are on their way to the
//! files.

mod call;
mod handover;

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use self::{call::Caller, handover::Handover};
#[cfg(doc)]
use super::HookStats;
use super::{Record, RecordMeta, StreamFilter, stats::HookCounters};
use crate::{
    Level,
    error_reporter::{ErrorReporter, episodes::EpisodeTracker},
    worker::Worker,
};

/// A call of a hook: see [`Hook::new`].
type Call = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// A call on its way to a runtime: see [`Hook::spawn_with`].
pub type HookTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Spawns a call on a runtime.
type Spawner = Arc<dyn Fn(HookTask) + Send + Sync>;

/// An async function that is called with records, for example to page someone or to send them to
/// another system: see [`Config::hook`](crate::Config::hook).
///
/// A hook cannot delay or fail anything else. The writer puts the record into the hook's own
/// bounded queue, and the hook's own thread makes one call after the other. A call that takes
/// longer than the [`timeout`](Hook::timeout) is cancelled. A record that finds the queue full is
/// dropped for this hook. [`Logger::hook_stats`](crate::Logger::hook_stats) counts both, and calls
/// that panic or return an error. The first failure after a successful call is reported to
/// [`on_error`](crate::Config::on_error), or on stderr.
///
/// # Where it runs
///
/// With the feature `tokio`, calls run as tasks on the tokio runtime in whose context the logger
/// was started, if there was one. Otherwise, or with [`own_thread`](Hook::own_thread), the hook's
/// thread polls the call itself, which suits everything that needs no runtime. If the future needs
/// a runtime for its timers or sockets, and the logger was not started on it,
/// [`spawn_with`](Hook::spawn_with) says where it runs. A forked child has no runtime, so calls run
/// on the hook's thread there.
///
/// A runtime may end before the logger does, or stand still: one of one thread is polled by its
/// `block_on` alone. A call that it has not begun by then runs on the hook's thread, on a tokio
/// runtime made there (without the feature `tokio`, on none). A call that it has begun belongs to
/// its timers and sockets, and fails with it.
///
/// A call that blocks its thread cannot be cancelled. On the hook's own thread, the records after
/// it are dropped once the queue is full. On a runtime it occupies a thread, as any blocking task
/// does.
///
/// # At the end
///
/// When a logger stops, it waits until hooks have been called with all records, for one second at
/// most. The calls go on after that. What is [`pending`](HookStats::pending) when the process exits
/// is reported on stderr: `hook "pager": 2 records not delivered before the process ended`. A call
/// that has begun and not ended is one of them.
///
/// A hook that logs to a stream it listens to is called with its own records.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Config, Hook, Record, Level};
/// use std::time::Duration;
///
/// async fn page(record: Record) -> Result<(), std::io::Error> {
///     // Send "errors: disk sda is full" to the person on duty.
///     let _text = format!("{}: {}", record.stream(), record.message());
///     Ok(())
/// }
///
/// let pager = Hook::new("pager", page)
///     .streams(["errors"])
///     .min_level(Level::Critical)
///     .timeout(Duration::from_secs(30));
/// Config::new().hook(pager).validate()?;
/// # Ok::<(), chronologix::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use = "a hook must be given to a `Config`"]
pub struct Hook {
    pub(crate) name: String,
    call: Arc<dyn Fn(Record) -> Call + Send + Sync>,
    pub(crate) streams: StreamFilter,
    min_level: Option<Level>,
    pub(crate) queue: usize,
    timeout: Duration,
    pub(super) run_on: RunOn,
    /// [`HookSink::open`]. By a pointer, so that a program without hooks has none of what is behind
    /// it: not the thread, not the reader of records, and no runtime.
    pub(super) open: OpenHook,
}

/// Starts the thread of a hook, whose errors go to the reporter.
type OpenHook = fn(&Hook, &Arc<HookCounters>, &Arc<ErrorReporter>) -> HookSink;

/// Where calls run.
#[derive(Clone)]
pub(super) enum RunOn {
    /// On the runtime that is current when the logger starts, if any. By a pointer: see
    /// [`Hook::open`].
    Current(fn() -> Option<Spawner>),
    OwnThread,
    Spawner(Spawner),
}

/// What the future of a hook may return: nothing, or a result.
#[diagnostic::on_unimplemented(
    message = "a hook returns nothing or a `Result<(), E>` whose error implements `Display`, not `{Self}`"
)]
pub trait HookOutcome: sealed::Sealed {
    /// Returns the message of the error, if there is one.
    #[doc(hidden)]
    fn outcome(self) -> Result<(), String>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl<E> Sealed for Result<(), E> {}
}

impl HookOutcome for () {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: fmt::Display> HookOutcome for Result<(), E> {
    fn outcome(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

/// Returns a spawner for the tokio runtime of the calling thread, if there is one.
fn current_runtime() -> Option<Spawner> {
    #[cfg(feature = "tokio")]
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        return Some(Arc::new(move |task| drop(runtime.spawn(task))));
    }
    None
}

impl Hook {
    /// Creates a hook that is called with every record. Its future returns nothing or a `Result`.
    pub fn new<F, C>(name: impl Into<String>, call: F) -> Self
    where
        F: Fn(Record) -> C + Send + Sync + 'static,
        C: Future<Output: HookOutcome> + Send + 'static,
    {
        let call = move |record| -> Call {
            let call = call(record);
            Box::pin(async move { call.await.outcome() })
        };
        Self {
            name: name.into(),
            call: Arc::new(call),
            streams: StreamFilter::default(),
            min_level: None,
            queue: 1024,
            timeout: Duration::from_secs(5),
            run_on: RunOn::Current(current_runtime),
            open: HookSink::open,
        }
    }

    /// Calls it only with records of these streams. Default: all streams.
    pub fn streams(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.streams = StreamFilter::new(names);
        self
    }

    /// Sets the lowest level it is called with, and leaves out records without a level. Default:
    /// every record, with or without a level.
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = Some(level);
        self
    }

    /// Sets how many records may wait for it, at least 1. Default: 1024.
    pub fn queue(mut self, records: usize) -> Self {
        self.queue = records;
        self
    }

    /// Sets how long a call may take. Default: 5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs its calls on the hook's own thread, even if there is a runtime.
    pub fn own_thread(mut self) -> Self {
        self.run_on = RunOn::OwnThread;
        self
    }

    /// Runs its calls by `spawn`, which gets one after the other and must not block. One that it
    /// drops before the first poll runs on the hook's thread.
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use chronologix::{Hook, HookTask};
    ///
    /// let runtime = tokio::runtime::Handle::current();
    /// let hook = Hook::new("sender", |_record| async { /* send it */ })
    ///     .spawn_with(move |task: HookTask| drop(runtime.spawn(task)));
    /// # });
    /// ```
    pub fn spawn_with(mut self, spawn: impl Fn(HookTask) + Send + Sync + 'static) -> Self {
        self.run_on = RunOn::Spawner(Arc::new(spawn));
        self
    }
}

/// The writer's end of a hook.
#[derive(Debug)]
pub(super) struct HookSink {
    hook: Hook,
    /// Gets lines of JSON. `None` if its thread could not be started.
    pub(super) worker: Option<Worker<Box<[u8]>>>,
    /// What is with the hook's runtime.
    handover: Arc<Handover>,
    /// There was no room when this batch began, or there is none now, so its records are only
    /// counted.
    is_full: bool,
    dropped: u64,
    /// What [`Self::wants`] has returned last.
    pub(super) wants_next: bool,
    counters: Arc<HookCounters>,
}

impl HookSink {
    /// Starts its thread.
    fn open(hook: &Hook, counters: &Arc<HookCounters>, errors: &Arc<ErrorReporter>) -> Self {
        let handover = Arc::<Handover>::default();
        let mut caller = Caller {
            hook: hook.clone(),
            counters: Arc::clone(counters),
            errors: Arc::clone(errors),
            handover: Arc::clone(&handover),
            local: None,
            episodes: EpisodeTracker::new(),
        };
        let name = format!("chronologix-hook-{}", hook.name);
        let worker = Worker::<Box<[u8]>>::spawn(&name, hook.queue, move |lines| {
            for line in lines {
                caller.call(&line);
            }
        });
        Self {
            hook: hook.clone(),
            worker: worker.ok(),
            handover,
            is_full: false,
            dropped: 0,
            wants_next: false,
            counters: Arc::clone(counters),
        }
    }

    /// Returns whether it is called with a record and has room for it.
    #[inline]
    pub(super) fn wants(&mut self, record: RecordMeta) -> bool {
        let is_wanted = record.level >= self.hook.min_level && self.hook.streams.wants(record);
        self.dropped += u64::from(is_wanted && self.is_full);
        self.wants_next = is_wanted && !self.is_full;
        self.wants_next
    }

    /// Takes the record that it was asked about last, as a line of JSON.
    pub(super) fn push(&mut self, json: &[u8]) {
        // First, because the hook's thread may take the line at once.
        self.counters.pending.fetch_add(1, Ordering::Relaxed);
        let worker = self.worker.as_ref();
        if worker.is_none_or(|worker| worker.try_send(json.into()).is_err()) {
            self.counters.pending.fetch_sub(1, Ordering::Relaxed);
            self.dropped += 1;
            self.is_full = true;
        }
    }

    /// Counts what found no room in this batch. The next one may find some.
    pub(super) fn end_batch(&mut self) {
        let dropped = mem::take(&mut self.dropped);
        self.counters.dropped.fetch_add(dropped, Ordering::Relaxed);
        // One more is in the hands of the hook.
        let pending = self.counters.pending.load(Ordering::Relaxed);
        self.is_full = pending > self.hook.queue as u64;
    }

    /// Lets the hook end once it has been called with what is queued. Returns its thread.
    pub(super) fn close(self) -> Option<Worker<Box<[u8]>>> {
        let worker = self.worker?;
        worker.close();
        self.handover.close();
        Some(worker)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook")
            .field("name", &self.name)
            .field("streams", &self.streams.names)
            .field("min_level", &self.min_level)
            .field("queue", &self.queue)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
