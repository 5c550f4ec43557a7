//! A call in the hands of a runtime: given to it, cancelled there, or taken back.
//!
//! A runtime may stand still or end before it has polled a call: one of one thread does so as soon
//! as its `block_on` returns. Such a call is bound to no timer and no socket of that runtime yet,
//! so another one can run it. A call that was polled stays where it is, and is lost with it.

use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use super::call::{CatchPanic, Outcome, catch};

/// How long a runtime may leave a call unpolled when the logger stops. The caller of the stop waits
/// meanwhile, perhaps on the only thread of that runtime.
const GRACE: Duration = Duration::from_millis(100);

/// The call that is with the runtime, as the hook's thread, the runtime and the writer see it.
#[derive(Debug, Default)]
pub(super) struct Handover {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The logger stops, since this moment.
    closing: Option<Instant>,
    /// Number of the call. Tasks of earlier ones are cancelled.
    number: u64,
    stage: Stage,
}

/// How far the runtime has come with a call.
#[derive(Debug, Default)]
enum Stage {
    /// It has none.
    #[default]
    None,
    Unpolled(CatchPanic),
    /// It has dropped the call before the first poll.
    Refused(CatchPanic),
    Polled(Waker),
    /// It has dropped the call after the first poll.
    Lost,
    Ended(Outcome),
}

/// What comes back from a runtime.
#[derive(Debug)]
pub(super) enum Returned {
    Outcome(Outcome),
    /// The call, which was never polled. `is_final` if the runtime will not poll another one.
    Unpolled {
        call: CatchPanic,
        is_final: bool,
    },
}

impl Handover {
    /// Makes the task for a call.
    pub(super) fn give(self: &Arc<Self>, call: CatchPanic) -> Task {
        let mut state = self.lock();
        state.number += 1;
        state.stage = Stage::Unpolled(call);
        Task {
            handover: Arc::clone(self),
            number: state.number,
            call: None,
        }
    }

    /// Waits for the end of the call, for `timeout` at most, and then cancels it.
    pub(super) fn wait(&self, timeout: Duration) -> Returned {
        let begun = Instant::now();
        let mut state = self.lock();
        loop {
            let left = match &state.stage {
                Stage::Unpolled(_) => state.patience(timeout, begun),
                Stage::Polled(_) => timeout.saturating_sub(begun.elapsed()),
                _ => Duration::ZERO,
            };
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        let is_closing = state.closing.is_some();
        let before = state.cancel();
        drop(state);
        let (call, is_final) = match before {
            Stage::Unpolled(call) => (call, is_closing),
            Stage::Refused(call) => (call, true),
            Stage::Ended(outcome) => return Returned::Outcome(outcome),
            Stage::Polled(waker) => {
                let _ = catch(|| waker.wake());
                return Returned::Outcome(Outcome::TimedOut);
            }
            Stage::Lost | Stage::None => {
                let reason = "1 record not delivered, because its runtime ended";
                return Returned::Outcome(Outcome::Failed(reason.to_owned()));
            }
        };
        Returned::Unpolled { call, is_final }
    }

    /// Cancels the call, which the runtime could not take.
    pub(super) fn abandon(&self) {
        let before = self.lock().cancel();
        // Without the lock: the call is the user's.
        drop(before);
    }

    /// Shortens the wait for a runtime that does not poll: the logger stops.
    pub(super) fn close(&self) {
        self.lock().closing = Some(Instant::now());
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How much longer the runtime may leave the call unpolled.
    fn patience(&self, timeout: Duration, begun: Instant) -> Duration {
        let left = timeout.saturating_sub(begun.elapsed());
        self.closing.map_or(left, |closing| {
            left.min(GRACE.saturating_sub(begun.max(closing).elapsed()))
        })
    }

    /// Ends the call here: its task finds another number.
    fn cancel(&mut self) -> Stage {
        self.number += 1;
        mem::take(&mut self.stage)
    }
}

/// A call as the runtime has it.
pub(super) struct Task {
    handover: Arc<Handover>,
    number: u64,
    /// `None` before the first poll and after the end.
    call: Option<CatchPanic>,
}

impl Task {
    /// Returns whether the call is to be polled. It is woken if it is cancelled later.
    fn begin(&mut self, waker: &Waker) -> bool {
        let polled = Stage::Polled(waker.clone());
        let mut state = self.handover.lock();
        if state.number != self.number {
            return false;
        }
        let before = mem::replace(&mut state.stage, polled);
        drop(state);
        // A waker is dropped without the lock, because it may drop a task.
        if let Stage::Unpolled(call) = before {
            self.call = Some(call);
        }
        true
    }

    /// Says how the call ended, unless it was cancelled.
    fn end(&self, next: impl FnOnce(Stage) -> Stage) {
        let mut state = self.handover.lock();
        if state.number == self.number {
            let before = mem::take(&mut state.stage);
            state.stage = next(before);
            self.handover.changed.notify_one();
        }
    }
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.begin(cx.waker()) {
            self.call = None;
            return Poll::Ready(());
        }
        let Some(call) = &mut self.call else {
            return Poll::Ready(());
        };
        let Poll::Ready(outcome) = Pin::new(call).poll(cx) else {
            return Poll::Pending;
        };
        self.call = None;
        self.end(|_| Stage::Ended(outcome));
        Poll::Ready(())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.call = None;
        self.end(|stage| match stage {
            Stage::Unpolled(call) => Stage::Refused(call),
            Stage::Polled(_) => Stage::Lost,
            ended => ended,
        });
    }
}
