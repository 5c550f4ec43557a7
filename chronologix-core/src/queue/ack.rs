//! How far the writer has come with one queue, and who waits for it.

use std::task::Waker;

use super::{
    rouse,
    sync::{Mutex, lock},
};
use crate::{Durability, LogError};

/// AckWatermark of one queue. Records are numbered from 1 in the order in which they were queued.
#[derive(Debug)]
pub(crate) struct AckWatermark(Mutex<AckState>);

#[derive(Debug)]
struct AckState {
    /// Records up to this one were handed to the operating system, with all their mirrors.
    written: u64,
    /// Records up to this one are on disk, if they belong to a stream that is `synced`.
    synced: u64,
    /// Records that will not come any further. One entry a stream and durability, so that this stays small.
    failures: Vec<Failure>,
    waiters: Vec<Waiter>,
    /// Nothing will change any more.
    ended: bool,
}

#[derive(Debug)]
struct Failure {
    /// First and last record.
    records: (u64, u64),
    /// The stream it concerns; every stream if `None`.
    stream: Option<u16>,
    /// What was not reached.
    durability: Durability,
    error: LogError,
}

/// Where a record stands: its number in its queue, and its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordId {
    pub(crate) sequence: u64,
    pub(crate) stream: u16,
}

#[derive(Debug)]
struct Waiter {
    record_id: RecordId,
    durability: Durability,
    waker: Waker,
}

impl AckWatermark {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(AckState {
            written: 0,
            synced: 0,
            failures: Vec::new(),
            waiters: Vec::new(),
            ended: false,
        }))
    }

    /// What became of a record, or `None` after `waker` was noted down.
    ///
    /// `again` tells that the caller asked before, so that its old waker is looked for and replaced.
    pub(crate) fn poll(
        &self,
        record_id: RecordId,
        durability: Durability,
        waker: &Waker,
        again: bool,
    ) -> Option<Result<(), LogError>> {
        let mut inner = lock(&self.0);
        if inner.reached(durability) >= record_id.sequence {
            return Some(inner.outcome(record_id, durability));
        }
        let wanted = |waiter: &&mut Waiter| {
            waiter.record_id == record_id && waiter.durability == durability && again
        };
        let waker = waker.clone();
        let old = if let Some(waiter) = inner.waiters.iter_mut().find(wanted) {
            Some(std::mem::replace(&mut waiter.waker, waker))
        } else {
            inner.waiters.push(Waiter {
                record_id,
                durability,
                waker,
            });
            None
        };
        // A waker may take a task with it, and that task a record: see the door of the room.
        drop(inner);
        drop(old);
        None
    }

    /// What became of a record, for those whom the writer no longer answers.
    pub(crate) fn final_outcome(
        &self,
        record_id: RecordId,
        durability: Durability,
    ) -> Result<(), LogError> {
        let inner = lock(&self.0);
        if inner.ended && inner.reached(durability) >= record_id.sequence {
            inner.outcome(record_id, durability)
        } else {
            Err(LogError::Stopped)
        }
    }

    /// Records that will not come any further, and why. Told before the progress that passes them.
    pub(crate) fn failed(
        &self,
        records: (u64, u64),
        stream: Option<u16>,
        durability: Durability,
        error: &LogError,
    ) {
        if records.0 > records.1 {
            return;
        }
        let mut inner = lock(&self.0);
        let same =
            |failure: &&mut Failure| failure.stream == stream && failure.durability == durability;
        if let Some(known) = inner.failures.iter_mut().find(same) {
            known.records.0 = known.records.0.min(records.0);
            known.records.1 = known.records.1.max(records.1);
        } else {
            inner.failures.push(Failure {
                records,
                stream,
                durability,
                error: error.clone(),
            });
        }
    }

    /// Why a record will never reach a durability, if that is known.
    pub(crate) fn failure(&self, record_id: RecordId, durability: Durability) -> Option<LogError> {
        lock(&self.0).outcome(record_id, durability).err()
    }

    /// Whether there is no writer any more, and every record came to a good end.
    pub(crate) fn is_well_ended(&self) -> bool {
        let inner = lock(&self.0);
        inner.ended && inner.failures.is_empty()
    }

    /// There is no writer any more: whatever is not written by now, up to `newest`, never will be. If it broke down, nobody
    /// knows what is on disk.
    pub(crate) fn end(&self, newest: u64, broke_down: bool) {
        if broke_down {
            self.failed((1, newest), None, Durability::Synced, &LogError::Stopped);
        }
        let written = {
            let mut inner = lock(&self.0);
            inner.ended = true;
            inner.written
        };
        self.failed(
            (written + 1, newest),
            None,
            Durability::Written,
            &LogError::Stopped,
        );
        self.advance(newest, newest);
    }

    /// Moves on and wakes those who waited for it. Gives their number.
    pub(crate) fn advance(&self, written: u64, synced: u64) -> usize {
        let ready = {
            let mut inner = lock(&self.0);
            inner.written = inner.written.max(written);
            inner.synced = inner.synced.max(synced);
            let (written, synced) = (inner.written, inner.synced);
            if inner.waiters.is_empty() {
                return 0;
            }
            let reached = |waiter: &mut Waiter| {
                let done = if waiter.durability >= Durability::Synced {
                    synced
                } else {
                    written
                };
                waiter.record_id.sequence <= done
            };
            extract(&mut inner.waiters, reached)
        };
        let woken = ready.len();
        for waiter in ready {
            rouse(waiter.waker);
        }
        woken
    }
}

impl AckState {
    fn reached(&self, durability: Durability) -> u64 {
        if durability >= Durability::Synced {
            self.synced
        } else if durability >= Durability::Written {
            self.written
        } else {
            u64::MAX
        }
    }

    fn outcome(&self, record_id: RecordId, durability: Durability) -> Result<(), LogError> {
        let failure = self.failures.iter().find(|failure| {
            failure.durability <= durability
                && (failure.records.0..=failure.records.1).contains(&record_id.sequence)
                && failure
                    .stream
                    .is_none_or(|stream| stream == record_id.stream)
        });
        failure.map_or(Ok(()), |failure| Err(failure.error.clone()))
    }
}

/// Takes out what `pick` picks, in no particular order.
fn extract<T>(items: &mut Vec<T>, mut pick: impl FnMut(&mut T) -> bool) -> Vec<T> {
    let mut picked = Vec::new();
    let mut at = 0;
    while at < items.len() {
        if pick(&mut items[at]) {
            picked.push(items.swap_remove(at));
        } else {
            at += 1;
        }
    }
    picked
}
