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
    ack::RecordId,
    channel::{Channel, first_queue_of_logger},
    spsc::{
        SpscQueue,
        consumer::Consumer,
        producer::{self, Producer},
    },
    sync::{Arc, AtomicBool, Mutex, MutexGuard, fence, lock},
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

/// Removes queues for which their successor answers.
fn unregister_retired(ids: &[u64]) {
    if cfg!(loom) || ids.is_empty() {
        return;
    }
    let mut queues = lock_queues();
    for id in ids {
        // The caller has it as well, so no memory is given back here.
        queues.remove(id);
    }
}

/// Finds the queue of a record by its number, or the one that answers for it, and what the record
/// is called there. Returns `None` if its logger has ended and all records are on disk.
pub(crate) fn find(id: u64, record: RecordId) -> Option<(Arc<SpscQueue>, RecordId)> {
    let queues = QUEUES.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(queue) = queues.get(&id) {
        return Some((Arc::clone(queue), record));
    }
    let successor = queues.get(&first_queue_of_logger(id))?;
    Some((Arc::clone(successor), record.of_retired()))
}

/// How many queues of threads that ended are kept for new ones. Each has at most 4 KiB.
const KEPT_QUEUES: usize = if cfg!(loom) { 0 } else { 64 };

/// So many threads end before the writer is woken to retire their queues.
const RETIRED_AT_ONCE: usize = if cfg!(loom) { 1 } else { 64 };

/// The queues of one logger. A thread gets one with its first record and gives it back at its end.
#[derive(Debug)]
pub struct QueueRegistry {
    pub(crate) channel: Arc<Channel>,
    /// The queue of threads that are ending and have given theirs back, or that log while they
    /// log. They take turns.
    dying_threads: Mutex<Producer>,
    state: Mutex<RegistryState>,
    /// More queues wait for a new thread than are kept for that. Set when that becomes known to
    /// the thread that gave the last one back, and cleared by the writer.
    has_surplus: AtomicBool,
    /// Records offered after the queues were closed.
    refused: AtomicU64,
    /// Finds the queues of the same logger in a forked child.
    fork_child: OnceLock<ForkChild>,
}

/// See [`QueueRegistry::set_fork_child`].
struct ForkChild(Box<dyn Fn() -> Option<Arc<QueueRegistry>> + Send + Sync>);

#[derive(Debug, Default)]
struct RegistryState {
    /// Oldest first. A queue that was given back goes to the next new thread, and the writer
    /// retires those that are too many for that. So there are about as many queues as threads. The
    /// first is that of ending threads. It is never retired, and answers for those that are.
    all: Vec<Arc<SpscQueue>>,
    /// How many records came by queues that are retired.
    retired_records: u64,
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
            has_surplus: AtomicBool::new(false),
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
        let is_inherited = self.channel.is_inherited();
        if !is_inherited {
            producer.shrink();
            producer.end_recordings();
        }
        let free = {
            let mut state = lock(&self.state);
            state.free.push(producer);
            state.free.len()
        };
        if is_inherited {
            return;
        }
        // The writer is woken once for many threads that end together.
        if free >= KEPT_QUEUES + RETIRED_AT_ONCE && (free - KEPT_QUEUES) % RETIRED_AT_ONCE == 0 {
            self.has_surplus.store(true, Ordering::Relaxed);
            self.channel.parker.unpark_urgent();
        }
    }

    /// Returns whether so many threads have ended that queues are to be retired. To be called by
    /// the writer, before it waits after its announcement.
    pub(crate) fn has_surplus(&self) -> bool {
        self.has_surplus.load(Ordering::Relaxed)
    }

    /// Retires the queues of ended threads that are more than new threads will soon need, as far as
    /// nothing of them is left to do. Returns their numbers in ascending order. The writer then
    /// drops its ends.
    ///
    /// To be called by the writer, when everything that it has taken from queues is acknowledged.
    pub(crate) fn retire_surplus(&self) -> Vec<u64> {
        self.has_surplus.store(false, Ordering::Relaxed);
        // Memory is taken and given back outside the locks, for an allocator that logs.
        let free = lock(&self.state).free.len();
        let mut retired = Vec::with_capacity(free);
        let mut ids = Vec::with_capacity(free);
        let mut has_pending = false;
        {
            let mut state = lock(&self.state);
            let state = &mut *state;
            let surplus = state.free.len().saturating_sub(KEPT_QUEUES).min(free);
            // Those at the end were given back last. They stay, and are the next to be used.
            for at in (0..surplus).rev() {
                let queue = state.free[at].queue();
                if !queue.is_drained() {
                    has_pending = true;
                } else if queue.watermark.is_settled(queue.newest()) {
                    state.retired_records += queue.newest();
                    queue.retire(&state.all[0]);
                    ids.push(queue.id);
                    retired.push(state.free.swap_remove(at));
                }
            }
            ids.sort_unstable();
            let is_retired = |queue: &Arc<SpscQueue>| ids.binary_search(&queue.id).is_ok();
            state.all.retain(|queue| !is_retired(queue));
        }
        if has_pending {
            // The writer is about to look at their queues, and tries again after that.
            self.has_surplus.store(true, Ordering::Relaxed);
        }
        unregister_retired(&ids);
        ids
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
        self.sum_up(each);
    }

    /// Calls `each` for every queue. Returns how many records came by queues that are retired.
    pub(crate) fn sum_up(&self, each: impl FnMut(&Arc<SpscQueue>)) -> u64 {
        let (all, retired_records) = {
            let state = lock(&self.state);
            (state.all.clone(), state.retired_records)
        };
        all.iter().for_each(each);
        retired_records
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
