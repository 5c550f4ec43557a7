//! What a queue keeps outside its ring, behind a lock.

use std::{collections::VecDeque, mem, task::Waker};

use super::Dropped;
use crate::{
    LogError,
    queue::{
        record_header::{HEADER_WORDS, RecordHeader},
        ring_buffer::RingBuffer,
        sync::{Arc, Mutex, lock},
    },
};

/// Everything that is not the usual case.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    /// Records that found no room, oldest first. While there are any, nothing goes into the ring,
    /// so none is overtaken. The next poll takes them, so there are no more than callers that wait
    /// and what the capacity has room for.
    pub(super) waiting: VecDeque<Arc<DeferredRecord>>,
    /// The bytes of `waiting`.
    pub(super) waiting_bytes: u64,
    /// A caller did not wait for room, so the ring may grow to the whole capacity.
    pub(super) is_pressed: bool,
    /// A record larger than the ring. It is taken when nothing else is queued.
    pub(super) oversized: Option<DeferredRecord>,
    /// Further rings, each with the position from which on it is used.
    pub(super) rings: Vec<(u64, RingBuffer)>,
    /// Records dropped since the last poll, by stream.
    pub(super) dropped: Vec<Dropped>,
    /// The tail that the consumer saw when it looked after the close. Later pushes are taken back.
    pub(super) last_tail: Option<u64>,
}

impl Deferred {
    pub(super) fn push_waiting(&mut self, record: Arc<DeferredRecord>) {
        self.waiting_bytes += record.size();
        self.waiting.push_back(record);
    }

    pub(super) fn take_waiting(&mut self) -> VecDeque<Arc<DeferredRecord>> {
        self.waiting_bytes = 0;
        mem::take(&mut self.waiting)
    }

    /// Takes the waiting records whose caller waits as well.
    pub(super) fn take_awaited(&mut self) -> VecDeque<Arc<DeferredRecord>> {
        let waiting = mem::take(&mut self.waiting).into_iter();
        let (awaited, others) = waiting.partition(|record| record.has_caller());
        self.waiting = others;
        self.waiting_bytes = self.waiting.iter().map(|record| record.size()).sum();
        awaited
    }

    /// Drops one of the waiting records, and counts it.
    pub(super) fn drop_waiting(&mut self, at: usize) {
        if let Some(record) = self.waiting.remove(at) {
            self.waiting_bytes -= record.size();
            self.count_drop(record.header, record.ticks);
        }
    }

    pub(super) fn count_drop(&mut self, header: RecordHeader, ticks: u64) {
        let RecordHeader { callsite, stream } = header;
        let mut known = self.dropped.iter_mut();
        let Some(dropped) = known.find(|dropped| dropped.stream == stream) else {
            self.dropped.push(Dropped {
                stream,
                records: 1,
                between: (ticks, ticks),
                by_callsite: vec![(callsite, 1)],
            });
            return;
        };
        dropped.records += 1;
        dropped.between.0 = dropped.between.0.min(ticks);
        dropped.between.1 = dropped.between.1.max(ticks);
        let mut known = dropped.by_callsite.iter_mut();
        match known.find(|(number, _)| *number == callsite) {
            Some((_, records)) => *records += 1,
            None => dropped.by_callsite.push((callsite, 1)),
        }
    }
}

/// A record outside the ring, shared by its caller's future and the queue.
#[derive(Debug)]
pub struct DeferredRecord {
    pub(super) header: RecordHeader,
    pub(super) ticks: u64,
    pub(super) bytes: Box<[u8]>,
    /// The position at which it is popped, which was the tail when it was deferred.
    pub(super) position: u64,
    state: Mutex<DeferredState>,
}

#[derive(Debug)]
pub(super) enum DeferredState {
    Waiting(Option<Waker>),
    /// Queued under this number.
    Queued(u64),
    /// The queue was closed first, or the disk refuses for good.
    Refused(LogError),
}

impl DeferredRecord {
    pub(super) fn new(header: RecordHeader, ticks: u64, bytes: &[u8], position: u64) -> Self {
        Self {
            header,
            ticks,
            bytes: bytes.into(),
            position,
            state: Mutex::new(DeferredState::Waiting(None)),
        }
    }

    /// Returns the bytes that it takes of the capacity.
    pub(super) fn size(&self) -> u64 {
        self.bytes.len() as u64 + HEADER_WORDS * size_of::<u64>() as u64
    }

    /// Returns the number under which the record was queued, an error if it will not be, and `None`
    /// while it waits.
    pub fn poll(&self, waker: &Waker) -> Option<Result<u64, LogError>> {
        let old = match &mut *lock(&self.state) {
            DeferredState::Queued(number) => return Some(Ok(*number)),
            DeferredState::Refused(error) => return Some(Err(error.clone())),
            DeferredState::Waiting(known) => known.replace(waker.clone()),
        };
        // The waker is dropped after the lock: see the module `queue`.
        drop(old);
        None
    }

    fn has_caller(&self) -> bool {
        matches!(*lock(&self.state), DeferredState::Waiting(Some(_)))
    }

    /// Ends the wait, and returns the waker of a caller that waits.
    pub(super) fn settle(&self, outcome: DeferredState) -> Option<Waker> {
        match mem::replace(&mut *lock(&self.state), outcome) {
            DeferredState::Waiting(waker) => waker,
            DeferredState::Queued(_) | DeferredState::Refused(_) => None,
        }
    }
}
