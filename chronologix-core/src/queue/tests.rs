//! The queue, one thread at a time. What happens between threads is modelled in `loom_tests.rs`.

pub(crate) mod samples;

pub(crate) mod ack;
pub(crate) mod recorder;
pub(crate) mod spsc;

#[cfg(not(loom))]
mod registry;
mod wakers;

use self::samples::{
    DROPS, FULL_WITH_ONE, RECORD, ROOMY, WAITS, WRITTEN, channel, header, offer, queue, take,
};
use super::{
    parker::WaitMode,
    spsc::{DeferredRecord, producer::PushOutcome},
    sync::Arc,
};

#[track_caller]
fn queued(pushed: PushOutcome) -> u64 {
    match pushed {
        PushOutcome::Queued(number) => number,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn deferred(pushed: PushOutcome) -> Arc<DeferredRecord> {
    match pushed {
        PushOutcome::Deferred(deferred) => deferred,
        other => panic!("{other:?}"),
    }
}
