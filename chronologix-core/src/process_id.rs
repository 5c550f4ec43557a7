//! The process this code runs in: which one it is, and what the C library lets it know of its ends
//! and forks.

use std::sync::atomic::{AtomicU32, Ordering};

/// How many forks lie between the process that was started and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Differs between a process and its forked children. What was made in another generation belongs
/// to another process: its writer is not here, and its locks may be held for ever by threads that
/// are not here either.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// This process is a child that was just forked, and has one thread.
#[cfg(unix)]
pub(crate) fn begin_generation() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Has this thread run when no other wants to, as far as the system knows of priorities of threads.
pub(crate) fn set_lowest_priority() {
    #[cfg(target_os = "linux")]
    {
        // Linux gives each thread its own.
        let this = rustix::thread::gettid();
        // Where it may not, it runs as others do.
        let _ = rustix::process::setpriority_process(Some(this), 19);
    }
}
