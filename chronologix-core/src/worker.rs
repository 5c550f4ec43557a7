//! A background thread, the bounded queue in front of it, and the wait for its end.
//!
//! The console sink, each hook, the error reporter and the retention worker are one of these. None
//! of them may hold up the writer: sending never waits, and joining waits for a limited time.

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, Thread},
    time::Duration,
};

#[cfg(test)]
mod tests;

/// Starts a thread. Every thread of this crate is started here, and none gets the signals that are
/// sent to the process: the program may have blocked them in its threads, to wait for them in one.
pub(crate) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
    #[cfg(unix)]
    let _signals = crate::libc_hooks::block_signals();
    #[cfg(unix)]
    if crate::process_id::generation() > 0 {
        return spawn_in_child(name, run);
    }
    let started = thread::Builder::new().name(name.to_owned()).spawn(run)?;
    Ok(started.thread().clone())
}

/// Starts a thread of a forked child past the standard library, whose own threads take a lock of
/// the whole process as they begin (`thread_info` of its `stack_overflow`). A thread that the child
/// does not have may have held it at the fork.
#[cfg(unix)]
fn spawn_in_child(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
    let (began, handle) = sync_channel(1);
    let name = name.to_owned();
    crate::libc_hooks::start_thread(Box::new(move || {
        set_name(&name);
        let _ = began.send(thread::current());
        run();
    }))?;
    handle.recv().map_err(io::Error::other)
}

/// Gives this thread the lowest priority, where the system has priorities of threads.
pub(crate) fn set_lowest_priority() {
    #[cfg(target_os = "linux")]
    {
        // On Linux a nice value belongs to one thread.
        let this = rustix::thread::gettid();
        // Without the permission, it keeps its priority.
        let _ = rustix::process::setpriority_process(Some(this), 19);
    }
}

/// Gives this thread a name, of which Linux keeps 15 bytes. Elsewhere it has none.
#[cfg(unix)]
fn set_name(name: &str) {
    #[cfg(target_os = "linux")]
    if let Ok(name) = std::ffi::CString::new(name) {
        let _ = rustix::thread::set_name(&name);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = name;
}

/// A background thread and the sending end of its queue.
///
/// Dropping it closes the queue and lets the thread finish on its own.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    /// `None` once the queue is closed.
    queue: Option<SyncSender<T>>,
    thread: Thread,
    /// Disconnected when the thread has ended, in whatever way. Behind a lock because a receiver
    /// may be used by one thread at a time.
    ended: Mutex<Receiver<()>>,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts a thread that serves a queue of at most `capacity` items.
    pub(crate) fn spawn(
        name: &str,
        capacity: usize,
        serve: impl FnOnce(Receiver<T>) + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, items) = sync_channel(capacity);
        let (alive, ended) = sync_channel::<()>(0);
        let run = move || {
            // Dropped at the end of the thread, also if `serve` panics.
            let _alive = alive;
            serve(items);
        };
        Ok(Self {
            queue: Some(queue),
            thread: spawn(name, run)?,
            ended: Mutex::new(ended),
        })
    }

    /// Puts an item into the queue, or returns it if the queue is full, closed, or no longer
    /// served.
    pub(crate) fn try_send(&self, item: T) -> Result<(), T> {
        let Some(queue) = &self.queue else {
            return Err(item);
        };
        queue.try_send(item).map_err(|refused| match refused {
            TrySendError::Full(item) | TrySendError::Disconnected(item) => item,
        })
    }

    /// Closes the queue: the thread receives what is in it, and then nothing more.
    pub(crate) fn close(&mut self) {
        self.queue = None;
    }

    /// Wakes a thread that parks instead of receiving. Takes no lock.
    pub(crate) fn unpark(&self) {
        self.thread.unpark();
    }

    /// Waits until the thread has ended, for `timeout` at most. Returns whether it has.
    pub(crate) fn join(&self, timeout: Duration) -> bool {
        use std::sync::mpsc::RecvTimeoutError;

        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.recv_timeout(timeout) == Err(RecvTimeoutError::Disconnected)
    }
}
