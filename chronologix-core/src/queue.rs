//! Room between the threads: what `log!` fills on the caller's thread and the writer empties.
//!
//! Each thread that logs has a [`lane`] of its own: a bounded buffer of encoded records behind a lock that nobody else
//! wants, except the writer for the moment it takes to swap the buffer for an empty one. So callers share nothing with
//! each other. The stamp of a record is taken while its lane is locked, and the writer reads its cut-off before it locks
//! the first lane; hence every record stamped up to the cut-off is in the buffers the writer holds afterwards, and
//! what one thread wrote before another began is merged in that order.
//!
//! A waker is woken, and dropped, while no lock is held: it may take the last of a task with it, and that task may hold a
//! record of the very lane.
//!
//! Invariants: no file, no formatting, no wall clock here. No `unsafe`. Every hand-over between threads is
//! modelled in `queue/loom_tests.rs`.

pub(crate) mod lane;
pub(crate) mod lanes;
pub(crate) mod park;
pub(crate) mod progress;
pub(crate) mod reply;
pub(crate) mod request;
mod sync;
pub(crate) mod wake;

#[cfg(all(loom, test))]
mod loom_tests;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

/// Wakes whoever waits. Should that panic, it costs neither the writer nor the others who wait.
fn rouse(waker: std::task::Waker) {
    #[cfg(not(loom))]
    // The panic hook has told of it.
    let _ = std::panic::catch_unwind(|| waker.wake());
    #[cfg(loom)]
    waker.wake();
}
