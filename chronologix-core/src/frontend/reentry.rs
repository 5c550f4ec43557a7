//! Keeps a thread from waiting for itself: `log!` in an allocator, in a signal handler or in a hook
//! of a fork may interrupt the `log!` of the same thread.
//!
//! The usual push needs no more than the borrow of the thread's queues. A record that finds them
//! borrowed takes another queue. All else takes locks, and enters first. A record that finds its
//! thread inside already is refused, and counted.

use std::{
    cell::Cell,
    sync::atomic::{Ordering, compiler_fence},
};

#[cfg(test)]
mod tests;

thread_local! {
    /// It has no destructor, so it is there to the very end of its thread.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// This thread may hold locks that records need, while it lives.
pub(crate) struct Inside(());

/// Returns `None` if the thread is inside already.
#[inline]
pub(crate) fn enter() -> Option<Inside> {
    let is_first = !IS_INSIDE.replace(true);
    fence();
    is_first.then(|| Inside(()))
}

/// What comes before is done before a signal handler of this thread can see what comes after.
#[inline]
pub(crate) fn fence() {
    compiler_fence(Ordering::SeqCst);
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        fence();
        IS_INSIDE.set(false);
    }
}
