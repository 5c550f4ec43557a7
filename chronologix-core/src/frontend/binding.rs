//! Which test logger gets what `log!` logs to a declared stream.
//!
//! A declaration is a static of the program, but each test has a logger of its own. So a test
//! logger does not run the declaration: it is bound to the thread of its test, and to the tasks
//! that this spawns. What other threads log is nothing to it.
//!
//! While there is no test logger, all of this is one relaxed load per record.

use std::{
    collections::{BTreeMap, HashMap},
    mem, ptr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::{rate_limit::Throttle, reentry};
use crate::{
    AtomicU64,
    queue::registry::QueueRegistry,
    stream::{Declaration, DeclarationsGuard, DeclaredStreams, lock_declarations},
};

/// Whether there are bindings. It hands nothing over: the thread that is bound has set it itself,
/// or began after that.
static ANY: AtomicBool = AtomicBool::new(false);

/// The oldest first.
static BINDINGS: Mutex<Vec<ActiveBinding>> = Mutex::new(Vec::new());

/// Gets the records of the threads that are bound to it.
#[derive(Debug)]
pub(crate) struct BoundLogger {
    /// None if only handles name its streams.
    declared: Vec<DeclaredStreams>,
    pub(crate) queues: Arc<QueueRegistry>,
    /// By the address of the throttle of the callsite: a record of one test must not leave out one
    /// of another.
    throttles: Mutex<HashMap<usize, Arc<Throttle>>>,
    /// Records to its streams that were refused in threads without a logger, by the name of the
    /// thread.
    refused: Mutex<BTreeMap<Option<String>, u64>>,
}

/// Binds a thread to a `TestLogger` until it is dropped. Returned by `TestLogger::bind`.
#[derive(Debug)]
#[must_use = "a thread is bound until this is dropped"]
pub struct Binding(u64);

#[derive(Debug)]
struct ActiveBinding {
    /// The number of its [`Binding`].
    number: u64,
    place: BindingScope,
    /// What one thread has bound is of one test.
    maker: u64,
    logger: Arc<BoundLogger>,
}

/// Where records are made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum BindingScope {
    /// In the thread with this number.
    Thread(u64),
    /// In the tasks of this runtime.
    Runtime(runtime::Id),
}

impl BoundLogger {
    pub(crate) fn new(declared: Vec<DeclaredStreams>, queues: Arc<QueueRegistry>) -> Arc<Self> {
        for streams in &declared {
            streams.declaration.report_none();
        }
        Arc::new(Self {
            declared,
            queues,
            throttles: Mutex::default(),
            refused: Mutex::default(),
        })
    }

    /// Binds the calling thread, and the tasks of the runtime that it is in.
    ///
    /// A task that moves between threads binds its runtime only: the thread is of all tasks.
    pub(crate) fn bind(self: &Arc<Self>) -> Binding {
        let number = next_number();
        let moves = runtime::may_move_task();
        let maker = if moves { number } else { this_thread() };
        let thread = (!moves).then_some(BindingScope::Thread(maker));
        let places = thread
            .into_iter()
            .chain(runtime::current().map(BindingScope::Runtime));
        let entry = |place| ActiveBinding {
            number,
            place,
            maker,
            logger: Arc::clone(self),
        };
        // An allocator that logs must not wait for the bindings.
        let _inside = reentry::enter();
        let (mut entries, _declarations) = lock();
        entries.extend(places.map(entry));
        ANY.store(true, Ordering::Relaxed);
        Binding(number)
    }

    /// Ends all bindings to it.
    pub(crate) fn unbind(self: &Arc<Self>) {
        remove(|entry| Arc::ptr_eq(&entry.logger, self));
    }

    /// Returns its own state of a throttle, or `None` if its thread cannot wait for it.
    pub(super) fn throttle(&self, throttle: &Throttle) -> Option<Arc<Throttle>> {
        let _inside = reentry::enter()?;
        let key = ptr::from_ref(throttle).addr();
        let mut throttles = self
            .throttles
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let own = throttles
            .entry(key)
            .or_insert_with(|| Arc::new(throttle.fresh()));
        Some(Arc::clone(own))
    }

    /// Returns how many records were refused meanwhile for want of a binding, by the name of their
    /// thread.
    pub(crate) fn refused(&self) -> BTreeMap<Option<String>, u64> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.clone()
    }

    /// Returns the index of the first stream of a declaration, if it gets its records.
    pub(super) fn first_of(&self, declaration: &Declaration) -> Option<u16> {
        let mut declared = self.declared.iter();
        let own = declared.find(|own| ptr::eq(own.declaration, declaration));
        own.map(|own| own.first)
    }

    fn is_of(&self, declaration: &Declaration) -> bool {
        self.first_of(declaration).is_some()
    }
}

impl Binding {
    /// Keeps the thread bound until the test logger is dropped: for the threads of a pool, which
    /// have no place for a guard.
    ///
    /// ```
    /// # use chronologix_core::{Config, testing::TestLogger};
    /// let logger = TestLogger::start(Config::new())?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| logger.bind().keep());
    /// });
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn keep(self) {
        mem::forget(self);
    }
}

impl Drop for Binding {
    fn drop(&mut self) {
        remove(|entry| entry.number == self.0);
    }
}

/// Returns whether there are test loggers.
#[inline]
pub(super) fn is_any() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Returns the test logger that gets what the calling thread logs to declared streams.
#[cold]
pub(super) fn of_this_thread(declaration: &'static Declaration) -> Option<Arc<BoundLogger>> {
    // One that is inside may have been interrupted here. Its record is refused.
    let _inside = reentry::enter()?;
    let of_thread = BindingScope::Thread(this_thread());
    let of_task = runtime::of_task().map(BindingScope::Runtime);
    let (entries, _declarations) = lock();
    let newest = entries.iter().rev();
    let ours = newest.filter(|entry| entry.logger.is_of(declaration));
    if let Some(bound) = ours.clone().find(|entry| entry.place == of_thread) {
        return Some(Arc::clone(&bound.logger));
    }
    let mut shared = ours.filter(|entry| Some(entry.place) == of_task);
    let newest = shared.next()?;
    // Of several tests in one runtime, none knows whose task this is.
    let is_one_test = |entry: &ActiveBinding| {
        entry.maker == newest.maker || Arc::ptr_eq(&entry.logger, &newest.logger)
    };
    shared.all(is_one_test).then(|| Arc::clone(&newest.logger))
}

/// Returns the test logger with these queues.
#[cold]
pub(super) fn of_queues(queues: &Arc<QueueRegistry>) -> Option<Arc<BoundLogger>> {
    let _inside = reentry::enter()?;
    let (entries, _declarations) = lock();
    let loggers = entries.iter().map(|entry| &entry.logger);
    let mut ours = loggers.filter(|logger| Arc::ptr_eq(&logger.queues, queues));
    ours.next().cloned()
}

/// Notes a record that was refused because its thread has no logger, for each test that may miss
/// it. The thread is inside.
pub(super) fn note_refused(declaration: &Declaration) {
    if !is_any() {
        return;
    }
    let thread = thread::current().name().map(str::to_owned);
    let (entries, _declarations) = lock();
    let mut noted: Vec<*const BoundLogger> = Vec::new();
    for ActiveBinding { logger, .. } in &*entries {
        let is_new = !noted.contains(&Arc::as_ptr(logger));
        if is_new && logger.is_of(declaration) {
            noted.push(Arc::as_ptr(logger));
            let mut refused = logger
                .refused
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *refused.entry(thread.clone()).or_default() += 1;
        }
    }
}

fn remove(is_over: impl Fn(&ActiveBinding) -> bool) {
    let inside = reentry::enter();
    let (mut entries, declarations) = lock();
    let (over, others) = mem::take(&mut *entries).into_iter().partition(is_over);
    *entries = others;
    ANY.store(!entries.is_empty(), Ordering::Relaxed);
    drop((entries, declarations, inside));
    // After the locks: queues may hold wakers of the user.
    drop::<Vec<_>>(over);
}

/// The lock of all declarations is held as well, so that a fork waits for one lock only.
fn lock() -> (MutexGuard<'static, Vec<ActiveBinding>>, DeclarationsGuard) {
    let declarations = lock_declarations();
    let entries = BINDINGS.lock().unwrap_or_else(PoisonError::into_inner);
    (entries, declarations)
}

/// Returns a number for the calling thread that no other has. It is there to the end of the thread.
fn this_thread() -> u64 {
    thread_local! {
        static NUMBER: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }
    if NUMBER.get() == 0 {
        NUMBER.set(next_number());
    }
    NUMBER.get()
}

/// Returns a number that was not returned before.
fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// What tokio says of the calling thread.
#[cfg(feature = "tokio")]
mod runtime {
    pub(super) use tokio::runtime::Id;
    use tokio::{
        runtime::{Handle, RuntimeFlavor},
        task,
    };

    /// Returns the runtime that the thread is in.
    pub(super) fn current() -> Option<Id> {
        Some(Handle::try_current().ok()?.id())
    }

    /// Returns the runtime whose task the thread runs.
    ///
    /// A thread that waits for a future is in a runtime as well, but may be that of another test.
    pub(super) fn of_task() -> Option<Id> {
        task::try_id().and_then(|_| current())
    }

    /// Returns whether the thread runs a task that may be in another thread next.
    pub(super) fn may_move_task() -> bool {
        let moves = |runtime: Handle| runtime.runtime_flavor() != RuntimeFlavor::CurrentThread;
        task::try_id().is_some() && Handle::try_current().is_ok_and(moves)
    }
}

/// There are no runtimes without the feature `tokio`.
#[cfg(not(feature = "tokio"))]
mod runtime {
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub(super) enum Id {}

    pub(super) fn current() -> Option<Id> {
        None
    }

    pub(super) fn of_task() -> Option<Id> {
        None
    }

    pub(super) fn may_move_task() -> bool {
        false
    }
}
