//! Functions of the user's that are called with records, once these are on their way to the files.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use self::call::Caller;
use super::{HookRecord, Offer, Tell, left, stats::HookTally};
use crate::Level;

mod call;

/// Records that wait for a hook, unless set otherwise.
const QUEUE: usize = 1024;

/// How long a call may take, unless set otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a call of a hook becomes: see [`Hook::new`].
pub(crate) type Call = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// A call on its way to a runtime: see [`Hook::spawn_with`].
pub type HookTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Puts a call on a runtime.
#[derive(Clone)]
pub(crate) struct Spawner(Arc<dyn Fn(HookTask) + Send + Sync>);

/// An async function that is called with records, to page somebody, or to send them elsewhere: see [`Config::hook`](crate::Config::hook).
///
/// A hook cannot hold up or fail anything: the writer puts the record into the hook's own bounded queue, and a thread of the hook's own calls
/// it, with one record after the other. A call that takes longer than the [`timeout`](Hook::timeout) is given up, one that panics or says that it
/// failed is counted, and a record that finds the queue full is dropped for this hook, and counted ([`Logger::hooks`](crate::Logger::hooks)).
/// The first failure after a call that went well is told as other errors are, to [`on_error`](crate::Config::on_error) or on stderr.
///
/// # Where it runs
///
/// With the feature `tokio`, calls run as tasks on the tokio runtime in whose context the logger was started, if there was one. Otherwise, or
/// with [`own_thread`](Hook::own_thread), the hook's thread itself polls the call, which suits whatever needs no runtime. A hook that does need
/// one, for its timers or sockets, and does not find it there, says where by [`spawn_with`](Hook::spawn_with). In a forked child, where there is
/// no runtime, calls run on the hook's thread.
///
/// A call that blocks its thread cannot be taken off it: on the hook's own thread, the records after it are dropped once the queue is full,
/// and on a runtime that thread is lost to it, as with any task that blocks.
///
/// # The end
///
/// The end of a logger waits until hooks have had all records, but for a second at most.
///
/// A hook that logs to a stream it listens to hears itself.
///
/// ```
/// use chronologix_core::{Config, Hook, HookRecord, Level};
/// use std::time::Duration;
///
/// async fn page(record: HookRecord) -> Result<(), std::io::Error> {
///     // Send "errors: disk sda is full" to somebody who is on duty.
///     let _text = format!("{}: {}", record.stream(), record.message());
///     Ok(())
/// }
///
/// let pager = Hook::new("pager", page)
///     .streams(["errors"])
///     .min_level(Level::Critical)
///     .timeout(Duration::from_secs(30));
/// Config::new().hook(pager).validate()?;
/// # Ok::<(), chronologix_core::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use = "a hook must be given to a `Config`"]
pub struct Hook {
    pub(crate) name: String,
    call: Arc<dyn Fn(HookRecord) -> Call + Send + Sync>,
    /// `None`: all.
    streams: Option<Vec<String>>,
    min_level: Option<Level>,
    queue: usize,
    timeout: Duration,
    place: Place,
}

/// Where calls run.
#[derive(Clone)]
enum Place {
    /// On the runtime that is there at the start, if any.
    Auto,
    OwnThread,
    On(Spawner),
}

/// What a hook may give: nothing, or whether it went well.
#[diagnostic::on_unimplemented(
    message = "a hook gives nothing or a `Result<(), E>` whose error can be displayed, not `{Self}`"
)]
pub trait HookOutcome: sealed::Sealed {
    /// Whether it went well; what is wrong if not.
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

impl Spawner {
    /// The tokio runtime that this runs on.
    #[cfg(feature = "tokio")]
    pub(crate) fn current() -> Option<Self> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        Some(Self(Arc::new(move |task| drop(runtime.spawn(task)))))
    }

    /// Nothing is known of runtimes.
    #[cfg(not(feature = "tokio"))]
    pub(crate) fn current() -> Option<Self> {
        None
    }
}

/// A hook whose streams are known.
#[derive(Clone)]
pub(crate) struct HookSettings {
    pub(crate) name: String,
    hook: Hook,
    /// By index of the stream.
    wanted: Vec<bool>,
}

impl Hook {
    /// A hook of this name, which is called with every record unless it says which it wants. It may give nothing or a `Result`.
    pub fn new<F, C>(name: impl Into<String>, call: F) -> Self
    where
        F: Fn(HookRecord) -> C + Send + Sync + 'static,
        C: Future<Output: HookOutcome> + Send + 'static,
    {
        let call = move |record| -> Call {
            let call = call(record);
            Box::pin(async move { call.await.outcome() })
        };
        Self {
            name: name.into(),
            call: Arc::new(call),
            streams: None,
            min_level: None,
            queue: QUEUE,
            timeout: TIMEOUT,
            place: Place::Auto,
        }
    }

    /// Only records of these streams. Default: all streams.
    pub fn streams(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.streams = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The lowest level it is called with. Records without a level are left out then. Default: every record, with or without a level.
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = Some(level);
        self
    }

    /// How many records may wait for it, 1 at least. Default: 1024.
    pub fn queue(mut self, records: usize) -> Self {
        self.queue = records;
        self
    }

    /// How long a call may take. Default: 5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs its calls on a thread of the hook's own, also if there is a runtime.
    pub fn own_thread(mut self) -> Self {
        self.place = Place::OwnThread;
        self
    }

    /// Runs its calls wherever `spawn` puts them: it is given one after the other, and must not block.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use chronologix_core::{Hook, HookTask};
    ///
    /// let runtime = tokio::runtime::Handle::current();
    /// let hook = Hook::new("sender", |_record| async { /* send it */ })
    ///     .spawn_with(move |task: HookTask| drop(runtime.spawn(task)));
    /// # });
    /// ```
    pub fn spawn_with(mut self, spawn: impl Fn(HookTask) + Send + Sync + 'static) -> Self {
        self.place = Place::On(Spawner(Arc::new(spawn)));
        self
    }

    /// With its streams found among those that are known; the names that are not, if there are any.
    pub(crate) fn settle(&self, known: &[&str]) -> Result<HookSettings, Vec<String>> {
        Ok(HookSettings {
            name: self.name.clone(),
            wanted: wanted(self.streams.as_deref(), known)?,
            hook: self.clone(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn has_room(&self) -> bool {
        self.queue > 0
    }
}

/// By index, whether a stream is among the `names`; the names that are no streams, if there are any.
pub(crate) fn wanted(names: Option<&[String]>, known: &[&str]) -> Result<Vec<bool>, Vec<String>> {
    let Some(names) = names else {
        return Ok(vec![true; known.len()]);
    };
    let unknown = names.iter().filter(|name| !known.contains(&name.as_str()));
    let unknown = unknown.cloned().collect::<Vec<_>>();
    if unknown.is_empty() {
        let is_named = |stream: &&str| names.iter().any(|name| name == stream);
        Ok(known.iter().map(is_named).collect())
    } else {
        Err(unknown)
    }
}

impl HookSettings {
    /// Has it run on this runtime, unless it was told where to run.
    pub(crate) fn prefer(&mut self, spawner: &Spawner) {
        if let Place::Auto = self.hook.place {
            self.hook.place = Place::On(spawner.clone());
        }
    }

    /// There is no runtime here.
    pub(crate) fn leave_runtime(&mut self) {
        self.hook.place = Place::OwnThread;
    }

    #[inline]
    fn want(&self, offer: Offer) -> bool {
        offer.level >= self.hook.min_level && self.wanted[usize::from(offer.stream)]
    }
}

/// The writer's end of a hook.
#[derive(Debug)]
pub(crate) struct HookFeed {
    settings: HookSettings,
    /// Lines of JSON. `None` once nothing more comes, or if there is no thread.
    records: Option<SyncSender<Box<[u8]>>>,
    /// How many of them wait.
    waiting: Arc<AtomicUsize>,
    /// There was no room when this batch began, or there is none now: its records are only counted.
    is_full: bool,
    skipped: u64,
    /// It wants the record that comes next.
    is_next: bool,
    tally: Arc<HookTally>,
    /// Closed when the hook has had everything.
    done: Receiver<()>,
}

impl HookFeed {
    /// Starts its thread.
    pub(crate) fn open(settings: &HookSettings, tally: &Arc<HookTally>, tell: &Tell) -> Self {
        let (records, queue) = sync_channel::<Box<[u8]>>(settings.hook.queue);
        let waiting = Arc::<AtomicUsize>::default();
        let waits = Arc::clone(&waiting);
        let (alive, done) = sync_channel(0);
        let hook = &settings.hook;
        let mut caller = Caller {
            name: settings.name.clone(),
            call: Arc::clone(&hook.call),
            timeout: hook.timeout,
            spawner: match &hook.place {
                Place::On(spawner) => Some(spawner.clone()),
                Place::Auto | Place::OwnThread => None,
            },
            tally: Arc::clone(tally),
            tell: Arc::clone(tell),
            is_well: true,
        };
        let work = move || {
            for record in queue {
                waits.fetch_sub(1, Ordering::Relaxed);
                caller.serve(&record);
            }
            drop::<SyncSender<()>>(alive);
        };
        let thread = thread::Builder::new().name(format!("chronologix-hook-{}", settings.name));
        Self {
            settings: settings.clone(),
            records: thread.spawn(work).is_ok().then_some(records),
            waiting,
            is_full: false,
            skipped: 0,
            is_next: false,
            tally: Arc::clone(tally),
            done,
        }
    }

    /// Whether it is called with a record, and has room.
    #[inline]
    pub(crate) fn wants(&mut self, offer: Offer) -> bool {
        let is_wanted = self.settings.want(offer);
        self.skipped += u64::from(is_wanted && self.is_full);
        self.is_next = is_wanted && !self.is_full;
        self.is_next
    }

    /// Whether it wants the record it was asked about last.
    pub(crate) fn has_said_so(&self) -> bool {
        self.is_next
    }

    /// Takes that record, as a line of JSON.
    pub(crate) fn take(&mut self, json: &[u8]) {
        // Before the record can be there.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = self
            .records
            .as_ref()
            .map(|records| records.try_send(json.into()));
        match sent {
            Some(Ok(())) => {}
            None | Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                self.skipped += 1;
                self.is_full = true;
            }
        }
    }

    /// A batch is over: what found no room is counted, and the next batch may find some.
    pub(crate) fn hand_over(&mut self) {
        let skipped = mem::take(&mut self.skipped);
        self.tally.dropped.fetch_add(skipped, Ordering::Relaxed);
        self.is_full = self.waiting.load(Ordering::Relaxed) >= self.settings.hook.queue;
    }

    /// Nothing more comes.
    pub(crate) fn close(&mut self) {
        self.records = None;
    }

    /// Waits until the hook has had everything, or the deadline has come.
    pub(crate) fn wait(&self, deadline: Option<Instant>) {
        let _ = self.done.recv_timeout(left(deadline));
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook")
            .field("name", &self.name)
            .field("streams", &self.streams)
            .field("min_level", &self.min_level)
            .field("queue", &self.queue)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HookSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hook.fmt(f)
    }
}
