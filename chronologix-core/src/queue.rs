//! Room between the threads: what `log!` fills on the caller's thread and the writer empties.
//!
//! Each thread that logs has a [`spsc`] of its own: a bounded ring of words that it fills through its [`producer`] and the writer empties
//! through its [`consumer`]. So callers share nothing with each other. A record is stamped just before it is queued, and the writer reads
//! its cut-off before it looks at the first queue; hence, of all records stamped up to the cut-off, the writer has at least those that were
//! queued before another of them was made, and what one thread wrote before another began is merged in that order.
//!
//! A waker is woken, and dropped, while no lock is held: it may take the last of a task with it, and that task may hold a
//! record of the very queue.
//!
//! Invariants: no file, no formatting, no wall clock here. No `unsafe`. Every hand-over between threads is
//! modelled in `queue/loom_tests.rs`.

pub(crate) mod ack;
pub(crate) mod asymmetric_fence;
pub(crate) mod block_on;
pub(crate) mod command;
pub(crate) mod oneshot;
pub(crate) mod parker;
pub(crate) mod record_header;
pub(crate) mod registry;
pub(crate) mod ring_buffer;
pub(crate) mod spsc;

pub(crate) mod directory;
mod sync;

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
