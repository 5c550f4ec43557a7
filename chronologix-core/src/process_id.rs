//! Which process this is: the one that was started, or a forked child of it.

use std::{
    hash::{BuildHasher as _, RandomState},
    process,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// The number of forks between the process that was started and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Returns a number that differs between a process and its forked children. What was made in
/// another generation belongs to another process: this one has no writer for it, and a thread that
/// this one does not have may hold its locks for ever.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Returns a number that differs between runs of programs, on all machines, and between a process
/// and its forked children.
pub(crate) fn run_id() -> u64 {
    // Its keys are random.
    static RUN: OnceLock<RandomState> = OnceLock::new();
    let run = RUN.get_or_init(RandomState::new);
    run.hash_one((process::id(), generation()))
}

/// Starts a new generation, in a child that was just forked and has one thread.
#[cfg(unix)]
pub(crate) fn begin_generation() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}
