//! All queues of one logger. A thread joins with its first record and leaves when it ends.

use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    directory,
    spsc::{
        Channel, SpscQueue,
        consumer::Consumer,
        producer::{self, Producer},
    },
    sync::{Arc, Mutex, MutexGuard, fence, lock},
};
use crate::LogError;

/// The queues of one logger, oldest first.
#[derive(Debug)]
pub(crate) struct QueueRegistry {
    pub(crate) channel: Arc<Channel>,
    /// The queue of threads that have none of their own: those in the middle of ending. They take turns.
    dying: Mutex<Producer>,
    inner: Mutex<RegistryState>,
    /// Records offered after the queues were closed.
    refused: AtomicU64,
    /// The way to the queues of the same logger in a forked child.
    fork_child: OnceLock<ForkChild>,
}

/// See [`QueueRegistry::set_fork_child`].
struct ForkChild(Box<dyn Fn() -> Option<Arc<QueueRegistry>> + Send + Sync>);

#[derive(Debug)]
struct RegistryState {
    /// Never shrinks: a queue whose thread ended is handed to the next new thread, so there are
    /// as many queues as there ever were threads at one time. The first is the queue of the dying.
    all: Vec<Arc<SpscQueue>>,
    /// Of threads that ended.
    free: Vec<Producer>,
    /// Of the queues that the writer does not know yet.
    consumers: Vec<Consumer>,
    closed: bool,
}

impl QueueRegistry {
    pub(crate) fn new(channel: Arc<Channel>) -> Self {
        let mut inner = RegistryState {
            all: Vec::new(),
            free: Vec::new(),
            consumers: Vec::new(),
            closed: false,
        };
        let dying = inner.add(&channel);
        Self {
            channel,
            dying: Mutex::new(dying),
            inner: Mutex::new(inner),
            refused: AtomicU64::new(0),
            fork_child: OnceLock::new(),
        }
    }

    /// How to come by the queues of the same logger in a forked child, which has its own.
    pub(crate) fn set_fork_child(
        &self,
        fork_child: impl Fn() -> Option<Arc<Self>> + Send + Sync + 'static,
    ) {
        // Told once, at the start.
        let _ = self.fork_child.set(ForkChild(Box::new(fork_child)));
    }

    /// The queues of this logger in this process. If it has none here they are the parent's, and closed.
    pub(crate) fn here(self: &Arc<Self>) -> Arc<Self> {
        let fork_child = if self.channel.is_inherited() {
            self.fork_child.get().and_then(|fork_child| fork_child.0())
        } else {
            None
        };
        fork_child.unwrap_or_else(|| Arc::clone(self))
    }

    /// A queue for a new thread, or `None` once closed.
    pub(crate) fn join(&self) -> Option<Producer> {
        let mut inner = lock(&self.inner);
        if inner.closed {
            return None;
        }
        let free = inner.free.pop();
        Some(free.unwrap_or_else(|| inner.add(&self.channel)))
    }

    /// The queue of threads that are ending.
    pub(crate) fn dying(&self) -> MutexGuard<'_, Producer> {
        lock(&self.dying)
    }

    /// A thread ended; what it queued stays in the queue.
    pub(crate) fn leave(&self, producer: Producer) {
        lock(&self.inner).free.push(producer);
    }

    /// Brings `known` up to date: appends the queues that are not in it yet. Before each look at the queues, behind the reading of the
    /// cut-off.
    pub(crate) fn append_new(&self, known: &mut Vec<Consumer>) {
        // No queue may be looked at before the cut-off was read: a record that was queued before another was stamped, in whichever
        // queue, is seen if the other one was stamped before the cut-off.
        fence(Ordering::SeqCst);
        known.append(&mut lock(&self.inner).consumers);
    }

    /// Closes every queue there is or will be.
    pub(crate) fn close(&self) {
        lock(&self.inner).closed = true;
        self.channel.parker.close();
    }

    /// Counts a record that came too late; the first says so on stderr.
    pub(crate) fn refuse(&self, error: LogError) -> LogError {
        if self.refused.fetch_add(1, Ordering::Relaxed) == 0 {
            crate::stderr::report(&error);
        }
        error
    }

    /// Records refused so far.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Calls `each` for every queue.
    pub(crate) fn for_each(&self, each: impl FnMut(&Arc<SpscQueue>)) {
        let all = lock(&self.inner).all.clone();
        all.iter().for_each(each);
    }

    /// There is no writer any more: the queues whose records all came to a good end are forgotten.
    pub(crate) fn forget(&self) {
        self.for_each(directory::forget);
    }
}

impl fmt::Debug for ForkChild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForkChild")
    }
}

impl RegistryState {
    fn add(&mut self, channel: &Arc<Channel>) -> Producer {
        let (producer, consumer) = producer::queue(Arc::clone(channel));
        directory::enter(producer.queue());
        self.all.push(Arc::clone(producer.queue()));
        self.consumers.push(consumer);
        producer
    }
}
