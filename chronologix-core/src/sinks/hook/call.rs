//! One call of a hook: polled here or on a runtime, up to its end, its panic or its timeout.

use std::{
    any::Any,
    future::Future,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{Call, HookRecord, Spawner};
use crate::{
    Error,
    queue::{
        block_on::block_on_for,
        oneshot::{Reply, reply},
    },
    sinks::{
        Tell,
        stats::{HookTally, count},
    },
};

/// The hook's own thread.
pub(crate) struct Caller {
    pub(crate) name: String,
    pub(crate) call: Arc<dyn Fn(HookRecord) -> Call + Send + Sync>,
    pub(crate) timeout: Duration,
    pub(crate) spawner: Option<Spawner>,
    pub(crate) tally: Arc<HookTally>,
    pub(crate) tell: Tell,
    /// The last call went well.
    pub(crate) is_well: bool,
}

/// What became of a call.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Well,
    Failed(String),
    Panicked(String),
    TimedOut,
}

impl Caller {
    /// Calls the hook with one record, and counts what came of it.
    pub(crate) fn serve(&mut self, json: &[u8]) {
        // What the writer made can be read.
        let Ok(record) = HookRecord::from_json(json) else {
            return;
        };
        let end = match caught(|| (self.call)(record)) {
            Ok(call) => self.run(call),
            Err(why) => End::Panicked(why),
        };
        let why = match end {
            End::Well => None,
            End::Failed(why) => {
                count(&self.tally.failed);
                Some(format!("it failed: {why}"))
            }
            End::Panicked(why) => {
                count(&self.tally.panicked);
                Some(format!("it panicked: {why}"))
            }
            End::TimedOut => {
                count(&self.tally.timed_out);
                Some(format!("it took longer than {:?}", self.timeout))
            }
        };
        count(&self.tally.calls);
        let was_well = mem::replace(&mut self.is_well, why.is_none());
        if let Some(why) = why.filter(|_| was_well) {
            let hook = self.name.clone();
            (self.tell)(Error::Hook { hook, why });
        }
    }

    fn run(&self, call: Call) -> End {
        let mut guarded = Guarded(Some(call));
        let Some(spawner) = &self.spawner else {
            let end = block_on_for(&mut guarded, self.timeout);
            guarded.let_go();
            return end.unwrap_or(End::TimedOut);
        };
        let (done, answer) = reply();
        let recall = Arc::<Recall>::default();
        let task = Task {
            guarded,
            done: Some(done),
            recall: Arc::clone(&recall),
        };
        if let Err(why) = caught(|| (spawner.0)(Box::pin(task))) {
            return End::Panicked(why);
        }
        match block_on_for(answer, self.timeout) {
            Some(Some(end)) => end,
            Some(None) => End::Failed("its runtime has ended".to_owned()),
            None => {
                recall.give_up();
                End::TimedOut
            }
        }
    }
}

/// A call whose panics are caught.
struct Guarded(Option<Call>);

impl Guarded {
    /// Drops the call, which may panic as well.
    fn let_go(&mut self) {
        let call = self.0.take();
        let _ = caught(|| drop(call));
    }
}

impl Future for Guarded {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End> {
        let Some(call) = &mut self.0 else {
            return Poll::Ready(End::Well);
        };
        match caught(|| call.as_mut().poll(cx)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => Poll::Ready(End::Well),
            Ok(Poll::Ready(Err(why))) => Poll::Ready(End::Failed(why)),
            Err(why) => Poll::Ready(End::Panicked(why)),
        }
    }
}

/// A call on somebody's runtime. Dropped there unfinished, it gives no answer.
struct Task {
    guarded: Guarded,
    done: Option<Reply<End>>,
    recall: Arc<Recall>,
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.recall.is_given_up(cx.waker()) {
            self.guarded.let_go();
            return Poll::Ready(());
        }
        let Poll::Ready(end) = Pin::new(&mut self.guarded).poll(cx) else {
            return Poll::Pending;
        };
        self.guarded.let_go();
        if let Some(done) = self.done.take() {
            done.send(end);
        }
        Poll::Ready(())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.guarded.let_go();
    }
}

/// Lets the hook's thread give up a call that is polled elsewhere.
#[derive(Default)]
struct Recall(Mutex<Recalled>);

#[derive(Default)]
struct Recalled {
    is_given_up: bool,
    waker: Option<Waker>,
}

impl Recall {
    fn give_up(&self) {
        let waker = {
            let mut recalled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            recalled.is_given_up = true;
            recalled.waker.take()
        };
        if let Some(waker) = waker {
            let _ = caught(|| waker.wake());
        }
    }

    /// Whether the call was given up; if not, `waker` is woken once it is.
    fn is_given_up(&self, waker: &Waker) -> bool {
        let mut recalled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let old = recalled.waker.replace(waker.clone());
        let is_given_up = recalled.is_given_up;
        drop(recalled);
        // Not under the lock: a waker may take a task with it.
        drop(old);
        is_given_up
    }
}

/// Runs something of the user's; what it panicked with, if it did.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| said(&*panic))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it said nothing").to_owned()
}
