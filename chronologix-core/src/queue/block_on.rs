//! Blocks a thread until a future is ready, without an executor.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Condvar, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

thread_local! {
    /// Unparks this thread. Kept, because a thread that blocks once often blocks again.
    static WAKER: Waker = thread_waker();
}

fn thread_waker() -> Waker {
    Waker::from(Arc::new(UnparkThread(thread::current())))
}

/// Runs `future` to its end on this thread, which is parked in between.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    // A thread that ends has no thread-locals any more.
    let waker = WAKER
        .try_with(Waker::clone)
        .unwrap_or_else(|_| thread_waker());
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Runs `future` on this thread for at most `limit`, and returns its output if it ended.
///
/// It waits at a condition variable instead of parking the thread: it also runs at the end of
/// threads and processes, where a thread may not know itself any more.
pub(crate) fn block_on_for<F: Future>(future: F, limit: Duration) -> Option<F::Output> {
    let mut future = pin!(future);
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut cx = Context::from_waker(&waker);
    let begun = Instant::now();
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Some(output);
        }
        let left = limit
            .checked_sub(begun.elapsed())
            .filter(|left| !left.is_zero())?;
        signal.wait(left);
    }
}

/// Wakes the thread that waits at it.
#[derive(Default)]
struct Signal {
    is_set: Mutex<bool>,
    condvar: Condvar,
}

impl Signal {
    fn wait(&self, limit: Duration) {
        let is_set = self.is_set.lock().unwrap_or_else(PoisonError::into_inner);
        let is_clear = |is_set: &mut bool| !*is_set;
        let waited = self.condvar.wait_timeout_while(is_set, limit, is_clear);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        *self.is_set.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.condvar.notify_one();
    }
}

struct UnparkThread(Thread);

impl Wake for UnparkThread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
