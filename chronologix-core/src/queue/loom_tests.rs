//! Every hand-over between threads, in every order that loom can think of.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p chronologix-core --lib --release loom`

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows a test only by `cfg(test)` alone"
)]

mod closing;
mod deferred;
mod oneshot;
mod recorder;
mod ring_buffer;

use std::task::Waker;

use loom::model::Builder;

use super::{
    parker::WaitMode,
    spsc::{DeferredRecord, Dropped, consumer::Consumer, producer::PushOutcome},
    sync::Arc,
    tests::samples::{WakeCounter, take},
};

/// Explores all orders in which threads are interrupted `preemptions` times at most.
fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(run);
}

fn queued(pushed: PushOutcome) -> u64 {
    match pushed {
        PushOutcome::Queued(number) => number,
        other => panic!("{other:?}"),
    }
}

fn deferred(pushed: PushOutcome) -> Arc<DeferredRecord> {
    match pushed {
        PushOutcome::Deferred(deferred) => deferred,
        other => panic!("{other:?}"),
    }
}

/// Polls until it is decided, resting in between as an executor would.
fn wait_for<T>(mut poll: impl FnMut(&Waker) -> Option<T>) -> T {
    let (counter, waker) = WakeCounter::new();
    loop {
        match poll(&waker) {
            Some(outcome) => return outcome,
            None => counter.wait(),
        }
    }
}

/// Waits until it is decided what becomes of a record: its number, if it is queued in the end.
fn outcome(pushed: PushOutcome) -> Option<u64> {
    match pushed {
        PushOutcome::Queued(number) => Some(number),
        PushOutcome::Deferred(deferred) => wait_for(|waker| deferred.poll(waker)).ok(),
        PushOutcome::Dropped | PushOutcome::Closed => None,
    }
}

/// What the consumer got out of a queue.
#[derive(Debug, Default)]
struct Got {
    names: Vec<Vec<u8>>,
    dropped: Vec<Dropped>,
}

impl Got {
    /// Whether there was anything.
    fn take(&mut self, consumer: &mut Consumer) -> bool {
        let (names, dropped) = take(consumer);
        let is_something = !names.is_empty() || !dropped.is_empty();
        self.names.extend(names);
        self.dropped.extend(dropped);
        is_something
    }

    fn dropped(&self) -> u64 {
        self.dropped.iter().map(|dropped| dropped.records).sum()
    }

    /// The name of the record with this number, which is told by the order in which they came.
    #[track_caller]
    fn name(&self, number: u64) -> &[u8] {
        &self.names[usize::try_from(number).unwrap() - 1]
    }
}

/// Takes until there were so many records. Sleeps in between, until a producer wakes it: without a
/// wake-up the model ends in a deadlock, which loom reports.
fn work(consumer: &mut Consumer, records: usize) -> Got {
    let mut got = Got::default();
    loop {
        got.take(consumer);
        if got.names.len() >= records {
            return got;
        }
        let queue = Arc::clone(consumer.queue());
        queue.channel.parker.prepare_wait(WaitMode::Park);
        if consumer.may_wait(WaitMode::Park) {
            queue.channel.parker.park(None);
        } else {
            queue.channel.parker.end_wait();
        }
    }
}

/// Closes the queue and takes what is left, as the writer does at its end.
fn finish(consumer: &mut Consumer) -> Got {
    let queue = Arc::clone(consumer.queue());
    let mut got = Got::default();
    queue.channel.parker.close();
    while got.take(consumer) {}
    queue.refuse_waiting();
    got
}
