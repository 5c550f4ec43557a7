//! The queues between the callers and the writer. `log!` pushes, the writer pops.
//!
//! Each thread that logs has a bounded [`SpscQueue`](spsc::SpscQueue) of its own, with a
//! [`Producer`](spsc::producer::Producer) on the thread and a
//! [`Consumer`](spsc::consumer::Consumer) on the writer, so callers share nothing with each other.
//!
//! The order of records needs two steps. A caller reads the clock just before it pushes, and the
//! writer reads its cut-off before it looks at the first queue. If one record was pushed before
//! another was stamped, in whichever thread, and the later one is stamped before the cut-off, then
//! the writer has found both, and merging by time keeps their order.
//!
//! Wakers are woken and dropped while no lock is held: dropping one may drop the last reference to
//! a task, and that task may hold a record of the same queue.
//!
//! Invariants: no file, no formatting, no wall clock, no `unsafe`. `queue/loom_tests` has a model
//! of every hand-over between threads.

pub(crate) mod ack;
mod asymmetric_fence;
pub(crate) mod block_on;
pub(crate) mod channel;
pub(crate) mod command;
pub(crate) mod oneshot;
pub(crate) mod parker;
pub(crate) mod record_header;
pub(crate) mod recorder;
pub(crate) mod registry;
pub(crate) mod ring_buffer;
pub(crate) mod spsc;

#[cfg(all(loom, test))]
mod loom_tests;
#[cfg(test)]
pub(crate) mod tests;

/// The primitives of this module: std's, or loom's under `cfg(loom)`.
///
/// `Arc` is std's in both cases. Its count takes no part in a hand-over, and the modules above
/// compile under loom as they are.
mod sync {
    pub(super) use std::sync::Arc;
    #[cfg(not(loom))]
    pub(super) use std::sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU8, Ordering, fence},
    };

    #[cfg(not(loom))]
    pub(super) use crate::AtomicU64;

    #[cfg(loom)]
    pub(super) use loom::sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence},
    };

    /// Locks a mutex, also after a panic of a thread that held it.
    ///
    /// Every critical section of this module leaves its data valid at each step, and a logger must
    /// work on after a panic elsewhere.
    pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Wakes a waiting task. A panic of its executor stops neither the writer nor other tasks.
fn wake(waker: std::task::Waker) {
    #[cfg(not(loom))]
    // The panic hook has reported it.
    let _ = std::panic::catch_unwind(|| waker.wake());
    #[cfg(loom)]
    waker.wake();
}
