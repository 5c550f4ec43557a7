//! What a fork needs: that no lock of the whole process is held by a thread which the child does
//! not have, and that the child knows that it is one.
//!
//! What was queued before the fork is the parent's. The child forgets the queues of its one thread,
//! and its first record starts a writer of its own (see `logger/start.rs`). Locks of a single
//! logger are not touched in the child, because a thread that it does not have may hold them.

use std::{cell::RefCell, sync::MutexGuard};

use super::hooks::Registered;
use crate::{
    frontend::{callsite, reentry, thread_queues},
    libc_hooks, process_id,
    queue::registry,
    stream,
};

/// The locks of the whole process that a record or a start takes.
struct ForkGuard {
    /// Hooks of other libraries run meanwhile, and may log.
    _inside: Option<reentry::Inside>,
    running: MutexGuard<'static, Vec<Registered>>,
    _declarations: stream::DeclarationsGuard,
    _queues: registry::QueuesGuard,
    _callsites: callsite::CallsitesGuard,
}

thread_local! {
    /// Held by a thread while it forks.
    static GUARD: RefCell<Option<ForkGuard>> = const { RefCell::new(None) };
}

/// Installs the handlers of forks.
pub(super) fn install() {
    // Without memory for the handlers, a child has no writer and its records are refused.
    let _ = libc_hooks::at_fork(before, in_parent, in_child);
}

extern "C" fn before() {
    // A thread at its very end has no place to keep the guard.
    let _ = GUARD.try_with(|guard| {
        *guard.borrow_mut() = Some(ForkGuard {
            _inside: reentry::enter(),
            running: super::hooks::running(),
            _declarations: stream::lock_declarations(),
            _queues: registry::lock_queues(),
            _callsites: callsite::lock_callsites(),
        });
    });
}

extern "C" fn in_parent() {
    let _ = GUARD.try_with(RefCell::take);
}

extern "C" fn in_child() {
    process_id::begin_generation();
    thread_queues::forget_queues();
    if let Ok(Some(mut guard)) = GUARD.try_with(RefCell::take) {
        // These loggers are the parent's, and end there.
        guard.running.clear();
    }
}
