//! Every lane of the process by its number, for records that turn out to need theirs.
//!
//! A record that is queued is done, for most callers. So it does not hold its lane, which would cost two atomic operations, but only
//! knows the number; whoever wants to know more of it looks here, once, and then waits for the disk anyway.

use std::{
    collections::HashMap,
    sync::{
        LazyLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{spsc::Lane, sync::Arc};

/// Lanes in use, and lanes some of whose records came to no good end: about those there is something to tell as long as the process lives. Not
/// loom's: nothing is handed over by it, and it outlives the models.
static LANES: LazyLock<RwLock<HashMap<u64, Arc<Lane>>>> = LazyLock::new(RwLock::default);

/// While it lives, no other thread is in here. For forks.
#[cfg(unix)]
pub(crate) struct QueuesGuard {
    _lanes: std::sync::RwLockWriteGuard<'static, HashMap<u64, Arc<Lane>>>,
}

#[cfg(unix)]
pub(crate) fn lock_queues() -> QueuesGuard {
    let lanes = LANES.write().unwrap_or_else(PoisonError::into_inner);
    QueuesGuard { _lanes: lanes }
}

/// A number that no lane had before.
pub(super) fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(super) fn enter(lane: &Arc<Lane>) {
    if cfg!(loom) {
        return;
    }
    let mut lanes = LANES.write().unwrap_or_else(PoisonError::into_inner);
    lanes.insert(lane.id, Arc::clone(lane));
}

/// The logger of this lane has ended. It is kept if there is something to tell about its records.
pub(super) fn forget(lane: &Arc<Lane>) {
    if lane.progress.is_well_ended() {
        let mut lanes = LANES.write().unwrap_or_else(PoisonError::into_inner);
        lanes.remove(&lane.id);
    }
}

/// The lane of this number; `None` if its logger has ended and all its records are on disk.
pub(crate) fn lane(id: u64) -> Option<Arc<Lane>> {
    let lanes = LANES.read().unwrap_or_else(PoisonError::into_inner);
    lanes.get(&id).cloned()
}
