//! One thread's bounded queue of records: a single producer, and the writer as single consumer.
//!
//! A queue is a [`RingBuffer`](super::ring_buffer::RingBuffer) of words. Its
//! [`Producer`](producer::Producer) belongs to one thread, its [`Consumer`](consumer::Consumer) to
//! the writer. The producer writes a record behind the others and moves `tail`. The consumer reads
//! up to `tail` and moves `head`. Everything unusual is [`Deferred`] behind a lock, which the usual
//! push and pop do not take.

pub(crate) mod consumer;
mod deferred;
pub(crate) mod producer;

use std::sync::OnceLock;

use super::{
    ack::{AckWatermark, RecordId},
    channel::Channel,
    sync::{Arc, AtomicBool, AtomicU64, Mutex, MutexGuard, Ordering, lock},
    wake,
};
use crate::LogError;

pub use self::deferred::DeferredRecord;
use self::deferred::{Deferred, DeferredState};

/// What both ends of a queue share.
#[derive(Debug)]
pub struct SpscQueue {
    producer_side: ProducerSide,
    consumer_side: ConsumerSide,
    /// Something was deferred that the consumer has not seen. It is set before `tail` moves past
    /// it.
    has_deferred: AtomicBool,
    deferred: Mutex<Deferred>,
    /// The name of the thread whose records it holds, if streams name threads.
    thread: Mutex<Option<Arc<str>>>,
    pub watermark: AckWatermark,
    /// What answers for its records, once the writer has retired the queue.
    successor: OnceLock<Arc<SpscQueue>>,
    /// The number of the queue. No other queue of the process ever has the same.
    pub(crate) id: u64,
    pub(crate) channel: Arc<Channel>,
}

/// What the producer writes and the consumer reads. The two sides are two cache lines apart,
/// because processors fetch lines in pairs, and a write on one side must not slow the other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct ProducerSide {
    /// The position behind the last record.
    tail: AtomicU64,
    /// How many records were pushed, which is the number of the newest.
    newest: AtomicU64,
    /// The position up to which records do not wait for a batch to gather. What is deferred never
    /// does.
    urgent: AtomicU64,
}

/// What the consumer writes and the producer reads.
#[derive(Debug, Default)]
#[repr(align(128))]
struct ConsumerSide {
    /// The position behind the last record that was popped.
    head: AtomicU64,
    /// How many records were popped.
    popped: AtomicU64,
}

/// Records of one stream that were dropped between two polls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub stream: u16,
    pub records: u64,
    /// The ticks of the first and of the last.
    pub between: (u64, u64),
    /// How many of each call site, by its number.
    pub by_callsite: Vec<(u32, u64)>,
}

/// How full a queue is.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    pub records: u64,
    pub bytes: u64,
    /// Records dropped since the writer's last poll.
    pub dropped: u64,
}

impl SpscQueue {
    fn new(channel: Arc<Channel>) -> Self {
        Self {
            producer_side: ProducerSide::default(),
            consumer_side: ConsumerSide::default(),
            has_deferred: AtomicBool::new(false),
            deferred: Mutex::default(),
            thread: Mutex::default(),
            watermark: AckWatermark::new(),
            successor: OnceLock::new(),
            id: channel.next_queue_id(),
            channel,
        }
    }

    /// Returns whether all its records are popped.
    fn is_empty(&self) -> bool {
        self.depth().records == 0
    }

    /// Returns whether the writer has taken everything from it. To be called by the writer, about a
    /// queue into which no thread pushes.
    pub(super) fn is_drained(&self) -> bool {
        let depth = self.depth();
        depth.records == 0 && depth.dropped == 0 && !self.has_deferred.load(Ordering::Relaxed)
    }

    /// Lets another queue of the logger answer for the records of this one.
    pub(super) fn retire(&self, successor: &Arc<Self>) {
        let is_first = self.successor.set(Arc::clone(successor)).is_ok();
        debug_assert!(is_first, "a queue is retired once");
    }

    /// Returns the queue that answers for a record of this one, and what the record is called
    /// there.
    pub(crate) fn responsible(self: &Arc<Self>, record: RecordId) -> (&Arc<Self>, RecordId) {
        match self.successor.get() {
            None => (self, record),
            Some(successor) => (successor, record.of_retired()),
        }
    }

    fn deferred(&self) -> MutexGuard<'_, Deferred> {
        lock(&self.deferred)
    }

    /// Returns how many records were pushed, which is the number of the newest.
    pub fn newest(&self) -> u64 {
        self.producer_side.newest.load(Ordering::Acquire)
    }

    /// Returns what waits for the writer.
    pub fn depth(&self) -> Depth {
        let deferred = self.deferred();
        // This is read before `newest`, so that the difference is never negative.
        let popped = self.consumer_side.popped.load(Ordering::Acquire);
        let oversized = deferred.oversized.as_ref().map_or(0, DeferredRecord::size);
        Depth {
            records: self.newest() - popped + deferred.waiting.len() as u64,
            bytes: self.ring_bytes() + deferred.waiting_bytes + oversized,
            dropped: deferred.dropped.iter().map(|dropped| dropped.records).sum(),
        }
    }

    /// Makes everything in the queue urgent, also what was pushed or deferred as ordinary.
    pub(crate) fn expedite(&self) {
        let tail = self.producer_side.tail.load(Ordering::Acquire);
        self.producer_side.urgent.fetch_max(tail, Ordering::Relaxed);
        self.channel.parker.unpark_urgent();
    }

    /// Tells that the caller of a deferred record went away.
    ///
    /// The record is kept if the capacity has room for it: the ring is only a part of that.
    /// Otherwise it is dropped and counted. Returns whether it was dropped.
    pub fn abandon(&self, record: &Arc<DeferredRecord>) -> bool {
        let mut deferred = self.deferred();
        let is_same = |other: &Arc<DeferredRecord>| Arc::ptr_eq(other, record);
        // From the back: most are abandoned as soon as they are deferred.
        let Some(at) = deferred.waiting.iter().rposition(is_same) else {
            return false;
        };
        deferred.is_pressed = true;
        if self.ring_bytes() + deferred.waiting_bytes <= self.channel.capacity as u64 {
            return false;
        }
        deferred.drop_waiting(at);
        self.has_deferred.store(true, Ordering::Release);
        true
    }

    /// Returns the bytes in the ring.
    fn ring_bytes(&self) -> u64 {
        // `head` first: what moves in between makes the queue look fuller, and never less than
        // empty.
        let head = self.consumer_side.head.load(Ordering::Acquire);
        let words = self.producer_side.tail.load(Ordering::Acquire) - head;
        words * size_of::<u64>() as u64
    }

    /// Refuses what is pushed from now on. The queue is closed, but a writer that the disk has
    /// blocked since, or that panicked, did not look again.
    pub(crate) fn seal(&self) {
        let mut deferred = self.deferred();
        let tail = self.producer_side.tail.load(Ordering::Acquire);
        deferred.last_tail.get_or_insert(tail);
    }

    /// Refuses all records that still wait for room. The queue is closed and the writer gone.
    pub fn refuse_waiting(&self) {
        self.seal();
        let waiting = self.deferred().take_waiting();
        for record in waiting {
            if let Some(waker) = record.settle(DeferredState::Refused(LogError::Stopped)) {
                wake(waker);
            }
        }
    }

    /// Refuses the records whose callers wait for room. Returns their number.
    pub(crate) fn fail_waiting(&self, error: &LogError) -> u64 {
        let awaited = self.deferred().take_awaited();
        for record in &awaited {
            let refused = DeferredState::Refused(error.clone());
            record.settle(refused).into_iter().for_each(wake);
        }
        awaited.len() as u64
    }
}
