//! How far the writer has come with one queue, and who waits for that.

use std::task::Waker;

use super::{
    sync::{Mutex, lock},
    wake,
};
use crate::{Durability, LogError};

/// The acknowledgements of one queue. Its records are numbered from 1, in the order of their
/// pushes.
///
/// Two watermarks acknowledge nearly all of them. A record below a watermark that did not reach its
/// durability is named by a failure, which is recorded before the watermark passes it.
#[derive(Debug)]
pub struct AckWatermark(Mutex<AckState>);

#[derive(Debug, Default)]
struct AckState {
    /// Up to this record, all were handed to the operating system, with their mirrors.
    written: u64,
    /// Up to this record, all that belong to a `synced` stream are on disk.
    synced: u64,
    /// Records that will not come any further. There is at most one entry for each stream and
    /// durability, so this stays small however long the disk fails.
    failures: Vec<Failure>,
    waiters: Vec<Waiter>,
    /// There is no writer any more, so nothing will change.
    ended: bool,
}

#[derive(Debug)]
struct Failure {
    /// The first and the last record.
    records: (u64, u64),
    /// The stream that failed, or every stream.
    stream: Option<u16>,
    /// The durability that was not reached.
    durability: Durability,
    error: LogError,
}

/// Names a record within its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordId {
    /// The record's number in its queue. 0 stands for all records of queues that are retired, which
    /// are written: their successor answers for them.
    pub(crate) sequence: u64,
    pub(crate) stream: u16,
}

impl RecordId {
    /// Returns what stands for the record once its queue is retired.
    pub(crate) fn of_retired(self) -> Self {
        Self {
            sequence: 0,
            ..self
        }
    }
}

#[derive(Debug)]
struct Waiter {
    record: RecordId,
    durability: Durability,
    waker: Waker,
}

impl AckWatermark {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(AckState::default()))
    }

    /// Returns a record's outcome, or `None` after storing `waker`.
    ///
    /// `again` means that the caller has asked before, so its old waker is searched and replaced.
    pub(crate) fn poll(
        &self,
        record: RecordId,
        durability: Durability,
        waker: &Waker,
        again: bool,
    ) -> Option<Result<(), LogError>> {
        let mut state = lock(&self.0);
        if state.watermark(durability) >= record.sequence {
            return Some(state.outcome(record, durability));
        }
        let is_own = |waiter: &&mut Waiter| {
            waiter.record == record && waiter.durability == durability && again
        };
        let waker = waker.clone();
        let old = if let Some(waiter) = state.waiters.iter_mut().find(is_own) {
            Some(std::mem::replace(&mut waiter.waker, waker))
        } else {
            state.waiters.push(Waiter {
                record,
                durability,
                waker,
            });
            None
        };
        // The waker is dropped after the lock: see the module `queue`.
        drop(state);
        drop(old);
        None
    }

    /// Returns what became of a record, for a caller that the writer does not answer any more.
    pub(crate) fn final_outcome(
        &self,
        record: RecordId,
        durability: Durability,
    ) -> Result<(), LogError> {
        let state = lock(&self.0);
        if state.ended && state.watermark(durability) >= record.sequence {
            state.outcome(record, durability)
        } else {
            Err(LogError::Stopped)
        }
    }

    /// Records a failure of the records from the first to the last one. To be called before
    /// [`advance`](Self::advance) passes them.
    pub(crate) fn fail(
        &self,
        records: (u64, u64),
        stream: Option<u16>,
        durability: Durability,
        error: &LogError,
    ) {
        if records.0 > records.1 {
            return;
        }
        let mut state = lock(&self.0);
        let is_same =
            |failure: &&mut Failure| failure.stream == stream && failure.durability == durability;
        if let Some(known) = state.failures.iter_mut().find(is_same) {
            known.records.0 = known.records.0.min(records.0);
            known.records.1 = known.records.1.max(records.1);
        } else {
            state.failures.push(Failure {
                records,
                stream,
                durability,
                error: error.clone(),
            });
        }
    }

    /// Returns why a record will never reach a durability, if that is known.
    pub(crate) fn failure(&self, record: RecordId, durability: Durability) -> Option<LogError> {
        lock(&self.0).outcome(record, durability).err()
    }

    /// Returns whether the writer has ended and no record failed.
    pub(crate) fn ended_well(&self) -> bool {
        let state = lock(&self.0);
        state.ended && state.failures.is_empty()
    }

    /// Returns whether all records up to `newest` have reached what their streams promise. None of
    /// them failed then, and no caller waits.
    pub(super) fn is_settled(&self, newest: u64) -> bool {
        let state = lock(&self.0);
        state.synced >= newest && state.failures.is_empty() && state.waiters.is_empty()
    }

    /// Ends the acknowledgements: there is no writer any more. Records up to `newest` that are not
    /// written by now never will be. If the writer panicked, what is on disk is unknown, so no
    /// record counts as synced.
    pub fn end(&self, newest: u64, panicked: bool) {
        if panicked {
            // From 0, for the records of retired queues.
            self.fail((0, newest), None, Durability::Synced, &LogError::Stopped);
        }
        let written = {
            let mut state = lock(&self.0);
            state.ended = true;
            state.written
        };
        let lost = (written + 1, newest);
        self.fail(lost, None, Durability::Written, &LogError::Stopped);
        self.advance(newest, newest);
    }

    /// Moves the watermarks forward, wakes those who waited for that, and returns their number.
    pub fn advance(&self, written: u64, synced: u64) -> usize {
        debug_assert!(synced <= written, "a file is synced after it is written");
        let ready = {
            let mut state = lock(&self.0);
            state.written = state.written.max(written);
            state.synced = state.synced.max(synced);
            let mut ready = Vec::new();
            let mut at = 0;
            while let Some(waiter) = state.waiters.get(at) {
                if waiter.record.sequence <= state.watermark(waiter.durability) {
                    ready.push(state.waiters.swap_remove(at));
                } else {
                    at += 1;
                }
            }
            ready
        };
        let woken = ready.len();
        for waiter in ready {
            wake(waiter.waker);
        }
        woken
    }
}

impl AckState {
    fn watermark(&self, durability: Durability) -> u64 {
        if durability >= Durability::Synced {
            self.synced
        } else if durability >= Durability::Written {
            self.written
        } else {
            u64::MAX
        }
    }

    fn outcome(&self, record: RecordId, durability: Durability) -> Result<(), LogError> {
        let failure = self.failures.iter().find(|failure| {
            failure.durability <= durability
                && (failure.records.0..=failure.records.1).contains(&record.sequence)
                && failure.stream.is_none_or(|stream| stream == record.stream)
        });
        failure.map_or(Ok(()), |failure| Err(failure.error.clone()))
    }
}
