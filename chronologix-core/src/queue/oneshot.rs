//! A channel for one value, from the writer to one caller that awaits it or blocks.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use super::{
    sync::{Arc, Mutex, lock},
    wake,
};

/// The writer's half. Dropped without a value, it gives `None` to the caller.
#[derive(Debug)]
pub(crate) struct Sender<T>(Arc<Mutex<OneshotState<T>>>);

/// The caller's half.
#[derive(Debug)]
pub(crate) struct Receiver<T>(Arc<Mutex<OneshotState<T>>>);

#[derive(Debug)]
struct OneshotState<T> {
    value: Option<T>,
    closed: bool,
    waker: Option<Waker>,
}

/// Creates a channel.
pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let state = Arc::new(Mutex::new(OneshotState {
        value: None,
        closed: false,
        waker: None,
    }));
    (Sender(Arc::clone(&state)), Receiver(state))
}

impl<T> Sender<T> {
    /// Sends the value. It is normal that the caller is gone.
    pub(crate) fn send(self, value: T) {
        lock(&self.0).value = Some(value);
        // Dropping `self` closes the channel, which wakes the caller.
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let waker = {
            let mut state = lock(&self.0);
            state.closed = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            wake(waker);
        }
    }
}

impl<T> Future for Receiver<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = lock(&self.0);
        if state.closed {
            return Poll::Ready(state.value.take());
        }
        let old = state.waker.replace(cx.waker().clone());
        // The waker is dropped after the lock: see the module `queue`.
        drop(state);
        drop(old);
        Poll::Pending
    }
}
