//! A background thread, the bounded queue in front of it, and the wait for its end.
//!
//! The console sink, each hook, the error reporter and the retention worker are one of these. None
//! of them may hold up the writer: sending never waits, and joining waits for a limited time.

use std::{
    collections::VecDeque,
    io, mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, Thread},
    time::Duration,
};

#[cfg(test)]
mod tests;

/// Starts a thread. Every thread of this crate is started here, and none gets the signals that are
/// sent to the process: the program may have blocked them in its threads, to wait for them in one.
pub(crate) fn spawn(name: &str, run: Box<dyn FnOnce() + Send>) -> io::Result<Thread> {
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
fn spawn_in_child(name: &str, run: Box<dyn FnOnce() + Send>) -> io::Result<Thread> {
    let began = Queue::new(1);
    let mut handles = Items(Arc::clone(&began));
    let name = name.to_owned();
    crate::libc_hooks::start_thread(Box::new(move || {
        set_name(&name);
        let _ = began.try_send(thread::current());
        run();
    }))?;
    handles.next().ok_or_else(|| io::ErrorKind::Other.into())
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
    queue: Arc<Queue<T>>,
    thread: Thread,
}

/// The receiving end: what is sent, until the queue is closed and empty.
#[derive(Debug)]
pub(crate) struct Items<T>(Arc<Queue<T>>);

/// What both ends share. A channel of `std::sync::mpsc` is three kinds of queue in one: of the few
/// types that go through here, they took a fifteenth of the smallest program.
#[derive(Debug)]
struct Queue<T> {
    capacity: usize,
    state: Mutex<QueueState<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct QueueState<T> {
    items: VecDeque<T>,
    is_closed: bool,
    /// The thread has ended, in whatever way.
    has_ended: bool,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts a thread that serves a queue of at most `capacity` items.
    pub(crate) fn spawn(
        name: &str,
        capacity: usize,
        serve: impl FnOnce(&mut Items<T>) + Send + 'static,
    ) -> io::Result<Self> {
        let queue = Queue::new(capacity);
        // Dropped at the end of the thread, also if `serve` panics.
        let mut items = Items(Arc::clone(&queue));
        let thread = spawn(name, Box::new(move || serve(&mut items)))?;
        Ok(Self { queue, thread })
    }

    /// Puts an item into the queue, or returns it if the queue is full, closed, or no longer
    /// served.
    pub(crate) fn try_send(&self, item: T) -> Result<(), T> {
        self.queue.try_send(item)
    }

    /// Wakes a thread that parks instead of receiving. Takes no lock.
    pub(crate) fn unpark(&self) {
        self.thread.unpark();
    }

    /// Waits until the thread has ended, for `timeout` at most. Returns whether it has.
    pub(crate) fn join(&self, timeout: Duration) -> bool {
        let runs = |state: &mut QueueState<T>| !state.has_ended;
        let changed = &self.queue.changed;
        let waited = changed.wait_timeout_while(self.queue.lock(), timeout, runs);
        let (state, _timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        state.has_ended
    }
}

impl<T> Worker<T> {
    /// Closes the queue: the thread receives what is in it, and then nothing more.
    pub(crate) fn close(&self) {
        self.queue.lock().is_closed = true;
        self.queue.changed.notify_all();
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.close();
    }
}

/// Waits for each item.
impl<T> Iterator for Items<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let is_idle = |state: &mut QueueState<T>| state.items.is_empty() && !state.is_closed;
        let waited = self.0.changed.wait_while(self.0.lock(), is_idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.items.pop_front()
    }
}

/// The thread has ended.
impl<T> Drop for Items<T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.has_ended = true;
        let unserved = mem::take(&mut state.items);
        drop(state);
        self.0.changed.notify_all();
        // Without the lock: an item may be the user's.
        drop(unserved);
    }
}

impl<T> Queue<T> {
    fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            capacity,
            state: Mutex::new(QueueState {
                items: VecDeque::new(),
                is_closed: false,
                has_ended: false,
            }),
            changed: Condvar::new(),
        })
    }

    fn try_send(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.is_closed || state.has_ended || state.items.len() >= self.capacity {
            return Err(item);
        }
        state.items.push_back(item);
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, QueueState<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
