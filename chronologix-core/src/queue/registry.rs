//! Finds queues: those of one logger, and any queue of the process by its number.
//!
//! Most callers only want their record queued. So a record does not hold a reference to its queue,
//! which would cost two atomic operations, but only the queue's number. A caller that wants to know
//! more looks the queue up once, and then waits for the disk anyway.

use std::{
    collections::HashMap,
    fmt,
    sync::{LazyLock, OnceLock, PoisonError, RwLock, RwLockWriteGuard, atomic::Ordering},
};

use super::{
    channel::Channel,
    spsc::{
        SpscQueue,
        consumer::Consumer,
        producer::{self, Producer},
    },
    sync::{Arc, Mutex, MutexGuard, fence, lock},
};
use crate::AtomicU64;

/// All queues of the process by number: those in use, and those with failed records, so that a late
/// `synced()` still returns the error. Not loom's, because nothing is handed over by it and it
/// outlives the models.
static QUEUES: LazyLock<RwLock<HashMap<u64, Arc<SpscQueue>>>> = LazyLock::new(RwLock::default);

/// Keeps other threads out of the queues of the process while it lives. For forks.
pub(crate) type QueuesGuard = RwLockWriteGuard<'static, HashMap<u64, Arc<SpscQueue>>>;

pub(crate) fn lock_queues() -> QueuesGuard {
    QUEUES.write().unwrap_or_else(PoisonError::into_inner)
}

/// Returns a number that no queue had before.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn register(queue: &Arc<SpscQueue>) {
    if cfg!(loom) {
        return;
    }
    let known = lock_queues().insert(queue.id, Arc::clone(queue));
    debug_assert!(known.is_none(), "each queue has a number of its own");
}

/// Removes a queue whose logger has ended, unless a record of it failed.
fn unregister(queue: &Arc<SpscQueue>) {
    if queue.watermark.ended_well() {
        lock_queues().remove(&queue.id);
    }
}

/// Finds a queue by its number. Returns `None` if its logger has ended and all records are on disk.
pub(crate) fn find(id: u64) -> Option<Arc<SpscQueue>> {
    let queues = QUEUES.read().unwrap_or_else(PoisonError::into_inner);
    queues.get(&id).cloned()
}

/// The queues of one logger. A thread gets one with its first record and gives it back at its end.
#[derive(Debug)]
pub struct QueueRegistry {
    pub(crate) channel: Arc<Channel>,
    /// The queue of threads that are ending and have given theirs back, or that log while they
    /// log. They take turns.
    dying_threads: Mutex<Producer>,
    state: Mutex<RegistryState>,
    /// Records offered after the queues were closed.
    refused: AtomicU64,
    /// Finds the queues of the same logger in a forked child.
    fork_child: OnceLock<ForkChild>,
}

/// See [`QueueRegistry::set_fork_child`].
struct ForkChild(Box<dyn Fn() -> Option<Arc<QueueRegistry>> + Send + Sync>);

#[derive(Debug, Default)]
struct RegistryState {
    /// Oldest first. This never shrinks: a queue that was given back goes to the next new thread,
    /// so there are as many queues as there ever were threads at one time. Their rings are small
    /// then. The first is that of ending threads.
    all: Vec<Arc<SpscQueue>>,
    /// Given back by threads that ended.
    free: Vec<Producer>,
    /// The ends of queues that the writer does not know yet.
    new_consumers: Vec<Consumer>,
    closed: bool,
}

impl QueueRegistry {
    pub fn new(channel: Arc<Channel>) -> Self {
        let mut state = RegistryState::default();
        let dying_threads = state.add(&channel);
        Self {
            channel,
            dying_threads: Mutex::new(dying_threads),
            state: Mutex::new(state),
            refused: AtomicU64::new(0),
            fork_child: OnceLock::new(),
        }
    }

    /// Sets how to find the queues of the same logger in a forked child. Called once, at the start.
    pub(crate) fn set_fork_child(
        &self,
        fork_child: impl Fn() -> Option<Arc<Self>> + Send + Sync + 'static,
    ) {
        let is_first = self.fork_child.set(ForkChild(Box::new(fork_child))).is_ok();
        debug_assert!(is_first, "a logger starts once");
    }

    /// Returns the queues of this logger in this process. If it has none here, these are the
    /// parent's, and closed.
    pub(crate) fn in_this_process(self: &Arc<Self>) -> Arc<Self> {
        let of_child = if self.channel.is_inherited() {
            self.fork_child.get().and_then(|fork_child| fork_child.0())
        } else {
            None
        };
        of_child.unwrap_or_else(|| Arc::clone(self))
    }

    /// Returns a queue for a new thread, or `None` once closed.
    pub fn join(&self) -> Option<Producer> {
        let mut state = lock(&self.state);
        if state.closed {
            return None;
        }
        let free = state.free.iter().rposition(Producer::can_change_thread);
        let free = free.map(|at| state.free.swap_remove(at));
        let producer = free.unwrap_or_else(|| state.add(&self.channel));
        producer.set_thread();
        Some(producer)
    }

    /// Returns the queue of threads that are ending.
    pub(crate) fn for_dying_thread(&self) -> MutexGuard<'_, Producer> {
        lock(&self.dying_threads)
    }

    /// Takes the queue of a thread that ended back. What it holds stays in it, and most of its
    /// memory comes back.
    pub(crate) fn leave(&self, mut producer: Producer) {
        debug_assert!(
            Arc::ptr_eq(&producer.queue().channel, &self.channel),
            "it was given out here"
        );
        // In a forked child it is the parent's.
        if !self.channel.is_inherited() {
            producer.shrink();
            producer.end_recordings();
        }
        lock(&self.state).free.push(producer);
    }

    /// Appends to `known` the ends of queues that are new since the last call. To be called before
    /// each look at the queues, and after the cut-off was read.
    pub fn append_new(&self, known: &mut Vec<Consumer>) {
        // No queue may be looked at before the cut-off was read: see the module `queue`.
        fence(Ordering::SeqCst);
        // Without memory of its own under the lock, for an allocator that logs.
        let new = std::mem::take(&mut lock(&self.state).new_consumers);
        known.extend(new);
    }

    /// Closes every queue, now and later.
    pub fn close(&self) {
        lock(&self.state).closed = true;
        self.channel.parker.close();
    }

    /// Counts records that are refused. Returns how many were before.
    pub(crate) fn count_refused(&self, records: u64) -> u64 {
        self.refused.fetch_add(records, Ordering::Relaxed)
    }

    /// Returns how many records were refused.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Calls `each` for every queue.
    pub fn for_each(&self, each: impl FnMut(&Arc<SpscQueue>)) {
        self.all().iter().for_each(each);
    }

    fn all(&self) -> Vec<Arc<SpscQueue>> {
        lock(&self.state).all.clone()
    }

    /// Unregisters the queues after the writer ended. Those with failed records stay.
    pub fn unregister(&self) {
        self.for_each(unregister);
    }
}

impl RegistryState {
    fn add(&mut self, channel: &Arc<Channel>) -> Producer {
        let (producer, consumer) = producer::queue(Arc::clone(channel));
        register(producer.queue());
        self.all.push(Arc::clone(producer.queue()));
        self.new_consumers.push(consumer);
        producer
    }
}

impl fmt::Debug for ForkChild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForkChild")
    }
}
