//! Every queue of the process by its number, for records that turn out to need theirs.
//!
//! A record that is queued is done, for most callers. So it does not hold its queue, which would cost two atomic operations, but only
//! knows the number; whoever wants to know more of it looks here, once, and then waits for the disk anyway.

use std::{
    collections::HashMap,
    sync::{
        LazyLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{spsc::SpscQueue, sync::Arc};

/// QueueRegistry in use, and queues some of whose records came to no good end: about those there is something to tell as long as the process lives. Not
/// loom's: nothing is handed over by it, and it outlives the models.
static LANES: LazyLock<RwLock<HashMap<u64, Arc<SpscQueue>>>> = LazyLock::new(RwLock::default);

/// While it lives, no other thread is in here. For forks.
#[cfg(unix)]
pub(crate) struct QueuesGuard {
    _queues: std::sync::RwLockWriteGuard<'static, HashMap<u64, Arc<SpscQueue>>>,
}

#[cfg(unix)]
pub(crate) fn lock_queues() -> QueuesGuard {
    let queues = LANES.write().unwrap_or_else(PoisonError::into_inner);
    QueuesGuard { _queues: queues }
}

/// A number that no queue had before.
pub(super) fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(super) fn enter(queue: &Arc<SpscQueue>) {
    if cfg!(loom) {
        return;
    }
    let mut queues = LANES.write().unwrap_or_else(PoisonError::into_inner);
    queues.insert(queue.id, Arc::clone(queue));
}

/// The logger of this queue has ended. It is kept if there is something to tell about its records.
pub(super) fn forget(queue: &Arc<SpscQueue>) {
    if queue.watermark.is_well_ended() {
        let mut queues = LANES.write().unwrap_or_else(PoisonError::into_inner);
        queues.remove(&queue.id);
    }
}

/// The queue of this number; `None` if its logger has ended and all its records are on disk.
pub(crate) fn queue(id: u64) -> Option<Arc<SpscQueue>> {
    let queues = LANES.read().unwrap_or_else(PoisonError::into_inner);
    queues.get(&id).cloned()
}
