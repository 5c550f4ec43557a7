//! One call of a hook: polled here or on a runtime, until it ends, panics or times out.

use std::{
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
    time::Duration,
};

#[cfg(feature = "tokio")]
use tokio::{runtime::Builder, time::timeout};

use super::{
    Call, Hook, Record, RunOn,
    handover::{Handover, Returned},
};
use crate::{
    Incident,
    error_reporter::{
        ErrorReporter,
        episodes::{EpisodeTracker, FailureKind},
    },
    queue::block_on::block_on_for,
    sinks::stats::HookCounters,
    stderr::Shown,
};

/// Calls a hook, on the thread that is the hook's own.
pub(super) struct Caller {
    pub(super) hook: Hook,
    pub(super) counters: Arc<HookCounters>,
    pub(super) errors: Arc<ErrorReporter>,
    pub(super) handover: Arc<Handover>,
    /// Runs what a runtime did not begin, once there is such a call.
    pub(super) local: Option<Local>,
    /// A failure is reported if the call before it succeeded.
    pub(super) episodes: EpisodeTracker<()>,
}

/// How a call ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
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
        // The end of the process reports each record once, those whose calls end here not at all.
        let Some(_claimed) = counters.claim() else {
            return;
        };
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

    /// Runs a call on its runtime, or here if there is none or it does not begin the call.
    fn run(&mut self, call: Call) -> Outcome {
        let mut call = CatchPanic(Some(call));
        if let RunOn::Spawner(spawn) = &self.hook.run_on {
            let task = self.handover.give(call);
            if let Err(panic) = catch(|| spawn(Box::pin(task))) {
                self.handover.abandon();
                return Outcome::Panicked(panic);
            }
            let is_final;
            match self.handover.wait(self.hook.timeout) {
                Returned::Outcome(outcome) => return outcome,
                Returned::Unpolled {
                    call: back,
                    is_final: last,
                } => (call, is_final) = (back, last),
            }
            self.local.get_or_insert_with(local);
            if is_final {
                self.hook.run_on = RunOn::OwnThread;
            }
        }
        let outcome = match &mut self.local {
            Some(local) => local(&mut call, self.hook.timeout),
            None => block_on_for(&mut call, self.hook.timeout),
        };
        outcome.unwrap_or(Outcome::TimedOut)
    }
}

/// Runs a call to its end on this thread, or for this time. Remembers its runtime.
pub(super) type Local = Box<dyn FnMut(&mut CatchPanic, Duration) -> Option<Outcome> + Send>;

/// Returns what runs calls here that were meant for a runtime: they may need timers and sockets.
fn local() -> Local {
    #[cfg(feature = "tokio")]
    if let Ok(runtime) = Builder::new_current_thread().enable_all().build() {
        return Box::new(move |call, limit| {
            let call = async { timeout(limit, call).await.ok() };
            runtime.block_on(call)
        });
    }
    Box::new(|call, limit| block_on_for(call, limit))
}

/// A call whose panics are caught, also when it is dropped.
pub(super) struct CatchPanic(Option<Call>);

impl Drop for CatchPanic {
    fn drop(&mut self) {
        let call = self.0.take();
        let _ = catch(|| drop(call));
    }
}

impl fmt::Debug for CatchPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CatchPanic")
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

/// Runs code of the user's. Returns the message of its panic, if it panics.
pub(super) fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        text.unwrap_or("no message").to_owned()
    })
}
