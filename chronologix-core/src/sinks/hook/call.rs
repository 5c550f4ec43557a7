//! One call of a hook: polled here or on a runtime, until it ends, panics or times out.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    task::{Context, Poll, Waker},
};

use super::{Call, Hook, Record, RunOn};
use crate::{
    Incident,
    error_reporter::{
        ErrorReporter,
        episodes::{EpisodeTracker, FailureKind},
    },
    queue::{block_on::block_on_for, oneshot},
    sinks::stats::HookCounters,
    stderr::Shown,
};

/// Calls a hook, on the thread that is the hook's own.
pub(super) struct Caller {
    pub(super) hook: Hook,
    pub(super) counters: Arc<HookCounters>,
    pub(super) errors: Arc<ErrorReporter>,
    /// A failure is reported if the call before it succeeded.
    pub(super) episodes: EpisodeTracker<()>,
}

/// How a call ended.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Failed(String),
    Panicked(String),
    TimedOut,
}

impl Caller {
    /// Calls the hook with one record, and counts the outcome.
    pub(super) fn call(&mut self, json: &[u8]) {
        // The writer made this line, so it can be read.
        let Ok(record) = Record::from_json(json) else {
            return;
        };
        let outcome = match catch(|| (self.hook.call)(record)) {
            Ok(call) => self.run(call),
            Err(panic) => Outcome::Panicked(panic),
        };
        let counters = &self.counters;
        let failure = match outcome {
            Outcome::Success => None,
            Outcome::Failed(reason) => Some((&counters.failed, reason)),
            Outcome::Panicked(panic) => Some((&counters.panicked, format!("panicked: {panic}"))),
            Outcome::TimedOut => {
                let limit = Shown(self.hook.timeout);
                Some((&counters.timed_out, format!("timed out after {limit}")))
            }
        };
        counters.calls.fetch_add(1, Ordering::Relaxed);
        let Some((counter, reason)) = failure else {
            return self.episodes.clear(&());
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if self.episodes.is_news((), FailureKind::default(), 0) {
            let hook = self.hook.name.clone();
            self.errors.report(Incident::Hook { hook, reason });
        }
    }

    fn run(&self, call: Call) -> Outcome {
        let mut call = CatchPanic(Some(call));
        let RunOn::Spawner(spawn) = &self.hook.run_on else {
            let outcome = block_on_for(&mut call, self.hook.timeout);
            call.drop_call();
            return outcome.unwrap_or(Outcome::TimedOut);
        };
        let (done, answer) = oneshot::channel();
        let cancel = Arc::<CancelToken>::default();
        let task = Task {
            call,
            done: Some(done),
            cancel: Arc::clone(&cancel),
        };
        if let Err(panic) = catch(|| spawn(Box::pin(task))) {
            return Outcome::Panicked(panic);
        }
        match block_on_for(answer, self.hook.timeout) {
            Some(Some(outcome)) => outcome,
            Some(None) => Outcome::Failed("its runtime was shut down".to_owned()),
            None => {
                cancel.cancel();
                Outcome::TimedOut
            }
        }
    }
}

/// A call whose panics are caught.
struct CatchPanic(Option<Call>);

impl CatchPanic {
    /// Drops the call, which may panic as well.
    fn drop_call(&mut self) {
        let call = self.0.take();
        let _ = catch(|| drop(call));
    }
}

impl Future for CatchPanic {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let Some(call) = &mut self.0 else {
            return Poll::Ready(Outcome::Success);
        };
        match catch(|| call.as_mut().poll(cx)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => Poll::Ready(Outcome::Success),
            Ok(Poll::Ready(Err(reason))) => Poll::Ready(Outcome::Failed(reason)),
            Err(panic) => Poll::Ready(Outcome::Panicked(panic)),
        }
    }
}

/// A call on the user's runtime. If it is dropped there unfinished, no answer comes.
struct Task {
    call: CatchPanic,
    done: Option<oneshot::Sender<Outcome>>,
    cancel: Arc<CancelToken>,
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.cancel.is_cancelled(cx.waker()) {
            self.call.drop_call();
            return Poll::Ready(());
        }
        let Poll::Ready(outcome) = Pin::new(&mut self.call).poll(cx) else {
            return Poll::Pending;
        };
        self.call.drop_call();
        if let Some(done) = self.done.take() {
            done.send(outcome);
        }
        Poll::Ready(())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.call.drop_call();
    }
}

/// Lets the hook's thread cancel a call that is polled elsewhere.
#[derive(Default)]
struct CancelToken(Mutex<CancelState>);

#[derive(Default)]
struct CancelState {
    is_cancelled: bool,
    waker: Option<Waker>,
}

impl CancelToken {
    fn cancel(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.is_cancelled = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            let _ = catch(|| waker.wake());
        }
    }

    /// Returns whether the call was cancelled. If not, `waker` is woken once it is.
    fn is_cancelled(&self, waker: &Waker) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let old = state.waker.replace(waker.clone());
        let is_cancelled = state.is_cancelled;
        drop(state);
        // After the lock is released, because dropping a waker may drop a task.
        drop(old);
        is_cancelled
    }
}

/// Runs code of the user's. Returns the message of its panic, if it panics.
fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        text.unwrap_or("no message").to_owned()
    })
}
