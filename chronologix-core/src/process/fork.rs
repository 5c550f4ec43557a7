//! What a fork needs: that no lock of the whole process is held by a thread which the child does not have, and that the child knows itself.
//!
//! What was queued before the fork is the parent's: the child forgets the lanes of its one thread, and with its first record gets a writer of
//! its own (see `logger/heir.rs`). Locks that belong to one logger are not touched in the child, for they may be held for ever.

use std::{
    cell::RefCell,
    sync::{MutexGuard, Weak},
};

use crate::{
    backend::writer::SharedState,
    frontend::{callsite, submit},
    process::libc_hooks,
    process_id,
    queue::directory,
    stream,
};

/// The locks of the whole process that a record or a start takes.
struct Held {
    running: MutexGuard<'static, Vec<Weak<SharedState>>>,
    _declarations: stream::Stillness,
    _lanes: directory::Stillness,
    _sites: callsite::Stillness,
}

thread_local! {
    /// Held by a thread while it forks.
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

pub(crate) fn prepare() {
    // Without memory for the hooks a child would have no writer, and say that the logger was stopped.
    let _ = libc_hooks::at_fork(before, in_parent, in_child);
}

extern "C" fn before() {
    // A thread at its very end has no place to keep them.
    let _ = HELD.try_with(|held| {
        *held.borrow_mut() = Some(Held {
            running: super::hooks::running(),
            _declarations: stream::hold_still(),
            _lanes: directory::hold_still(),
            _sites: callsite::hold_still(),
        });
    });
}

extern "C" fn in_parent() {
    let _ = HELD.try_with(RefCell::take);
}

extern "C" fn in_child() {
    process_id::begin_generation();
    submit::forget_lanes();
    if let Ok(Some(mut held)) = HELD.try_with(RefCell::take) {
        // Loggers of the parent: they end there.
        held.running.clear();
    }
}
