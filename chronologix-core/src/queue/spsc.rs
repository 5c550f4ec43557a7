//! One thread's bounded queue of records, as both sides see it.
//!
//! A queue is a ring of [`words`](super::ring_buffer). Its [`Producer`](super::spsc::producer::Producer) belongs to one thread, its
//! [`Consumer`](super::spsc::consumer::Consumer) to the writer. The producer puts a record behind the others and moves
//! `tail`; the consumer reads up to `tail` and moves `head`. Whatever is not the usual case lies [`Deferred`], behind a lock: records
//! that wait for room, records larger than the ring, a larger ring, and the count of what was dropped.

pub(crate) mod consumer;
pub(crate) mod producer;

use std::{collections::VecDeque, task::Waker};

use super::{
    ack::AckWatermark,
    command::CommandQueue,
    directory,
    parker::Parker,
    record_header::{HEADER_WORDS, RecordHeader},
    ring_buffer::RingBuffer,
    rouse,
    sync::{Arc, AtomicBool, AtomicU64, Mutex, MutexGuard, Ordering, lock},
};
use crate::{Durability, Overflow, clock::Clock, process_id};

/// What both sides of a queue share.
#[derive(Debug)]
pub(crate) struct SpscQueue {
    pub(super) producer_side: ProducerSide,
    pub(super) consumer_side: ConsumerSide,
    /// Something lies deferred that the consumer has not seen. Set before `tail` moves past it.
    pub(super) attention: AtomicBool,
    pub(super) deferred: Mutex<Deferred>,
    pub(crate) watermark: AckWatermark,
    /// Names the queue for as long as the process lives.
    pub(crate) id: u64,
    /// Shared by all queues of a logger.
    pub(crate) channel: Arc<Channel>,
}

/// Written by the producer, read by the consumer. Kept apart from what the other side writes: two cache lines, for processors fetch
/// them in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct ProducerSide {
    /// The position behind the last record.
    pub(super) tail: AtomicU64,
    /// Records queued so far; the number of the newest.
    pub(super) newest: AtomicU64,
    /// The position up to which the writer should not let records lie. What lies deferred is urgent in any case.
    pub(super) urgent: AtomicU64,
}

/// Written by the consumer, read by the producer.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct ConsumerSide {
    /// The position behind the last record taken.
    pub(super) head: AtomicU64,
    /// Records taken so far.
    pub(super) taken: AtomicU64,
}

/// What is not the usual case.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    /// Records that found no room, oldest first. They are taken with the next sweep, so this holds no more than there are callers waiting,
    /// and what the capacity has room for. While there are any, nothing is put into the ring.
    pub(super) waiting: VecDeque<Arc<DeferredRecord>>,
    /// Bytes of `waiting`.
    pub(super) waiting_bytes: u64,
    /// A caller did not wait for room: the ring may take all that the capacity allows.
    pub(super) is_pressed: bool,
    /// The record larger than the ring. It is let in when nothing else is queued.
    pub(super) oversized: Option<DeferredRecord>,
    /// Larger rings, each with the position from which on it is used.
    pub(super) rings: Vec<(u64, RingBuffer)>,
    /// Records refused since the last sweep, by stream.
    pub(super) dropped: Vec<Dropped>,
    /// Where the consumer found the tail when it looked after the queue was closed.
    pub(super) last_tail: Option<u64>,
}

/// What all queues of one logger have in common.
#[derive(Debug)]
pub(crate) struct Channel {
    /// Bytes a queue may hold.
    pub(crate) capacity: usize,
    /// By index of the stream.
    pub(crate) streams: Vec<StreamPolicy>,
    pub(crate) clock: Clock,
    pub(crate) parker: Parker,
    pub(crate) commands: CommandQueue,
    /// The process it all belongs to.
    generation: u32,
}

impl Channel {
    /// The channel of a logger that has not begun: the writer is awake, and nobody asked for anything.
    pub(crate) fn new(capacity: usize, streams: Vec<StreamPolicy>, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            capacity,
            streams,
            clock,
            parker: Parker::new(),
            commands: CommandQueue::new(),
            generation: process_id::generation(),
        })
    }

    /// Whether this process is a forked child and has it from its parent, where the writer is. Locks may be held by threads that are not
    /// here, so nothing of it is to be touched.
    #[inline]
    pub(crate) fn is_inherited(&self) -> bool {
        self.generation != process_id::generation()
    }
}

/// What a caller must know of a stream.
#[derive(Debug)]
pub(crate) struct StreamPolicy {
    pub(crate) durability: Durability,
    pub(crate) overflow: Overflow,
    /// The lowest level taken by handles, as a number; 0 takes all. Never used to hand data over.
    pub(crate) min_level: std::sync::atomic::AtomicU8,
}

/// Records of one stream that were dropped between two sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dropped {
    pub(crate) stream: u16,
    pub(crate) records: u64,
    /// Ticks of the first and of the last.
    pub(crate) between: (u64, u64),
}

/// How full a queue is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth {
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    /// Records dropped that the writer has not heard of yet.
    pub(crate) dropped: u64,
}

/// A record outside the ring, shared by the caller's future and the queue.
#[derive(Debug)]
pub(crate) struct DeferredRecord {
    pub(super) header: RecordHeader,
    pub(super) ticks: u64,
    pub(super) bytes: Box<[u8]>,
    /// The position it comes at: that of the tail when it was parked.
    pub(super) position: u64,
    state: Mutex<DeferredState>,
}

#[derive(Debug)]
pub(super) enum DeferredState {
    Waiting(Option<Waker>),
    /// Queued under this number.
    Queued(u64),
    /// The queue was closed first.
    Refused,
}

impl SpscQueue {
    pub(super) fn new(channel: Arc<Channel>) -> Self {
        Self {
            producer_side: ProducerSide {
                tail: AtomicU64::new(0),
                newest: AtomicU64::new(0),
                urgent: AtomicU64::new(0),
            },
            consumer_side: ConsumerSide {
                head: AtomicU64::new(0),
                taken: AtomicU64::new(0),
            },
            attention: AtomicBool::new(false),
            deferred: Mutex::new(Deferred::default()),
            watermark: AckWatermark::new(),
            id: directory::next_number(),
            channel,
        }
    }

    pub(super) fn deferred(&self) -> MutexGuard<'_, Deferred> {
        lock(&self.deferred)
    }

    /// Records queued so far.
    pub(crate) fn newest(&self) -> u64 {
        self.producer_side.newest.load(Ordering::Acquire)
    }

    /// What waits for the writer.
    pub(crate) fn depth(&self) -> Depth {
        let deferred = self.deferred();
        // Before the number of the newest, so that there are never fewer than none.
        let taken = self.consumer_side.taken.load(Ordering::Acquire);
        let oversized = deferred.oversized.as_ref().map_or(0, DeferredRecord::size);
        Depth {
            records: self.newest() - taken + deferred.waiting.len() as u64,
            bytes: self.ring_bytes() + deferred.waiting_bytes + oversized,
            dropped: deferred.dropped.iter().map(|dropped| dropped.records).sum(),
        }
    }

    /// What was queued without haste, or put deferred, has become urgent.
    pub(crate) fn hurry(&self) {
        let tail = self.producer_side.tail.load(Ordering::Acquire);
        self.producer_side.urgent.fetch_max(tail, Ordering::Relaxed);
        self.channel.parker.unpark_urgent();
    }

    /// The caller of a parked record went away. It is kept all the same if the capacity, of which the ring is only a part, has room
    /// for it. Whether it was still parked and is now dropped, and counted.
    pub(crate) fn abandon(&self, parked: &Arc<DeferredRecord>) -> bool {
        let mut deferred = self.deferred();
        let is_it = |other: &Arc<DeferredRecord>| Arc::ptr_eq(other, parked);
        // Most are abandoned as soon as they are parked.
        let Some(at) = deferred.waiting.iter().rposition(is_it) else {
            return false;
        };
        deferred.is_pressed = true;
        if self.ring_bytes() + deferred.waiting_bytes <= self.channel.capacity as u64 {
            return false;
        }
        deferred.waiting.remove(at);
        deferred.waiting_bytes -= parked.size();
        deferred.note_drop(parked.header.stream, parked.ticks);
        self.attention.store(true, Ordering::Release);
        true
    }

    /// Bytes queued in the ring.
    fn ring_bytes(&self) -> u64 {
        // The head first: what moves in between makes the queue look fuller, never emptier than empty.
        let head = self.consumer_side.head.load(Ordering::Acquire);
        let words = self.producer_side.tail.load(Ordering::Acquire) - head;
        words * size_of::<u64>() as u64
    }

    /// Gives up on every record that is still parked: the writer is gone, and the queue closed.
    pub(crate) fn refuse_parked(&self) {
        let waiting = {
            let mut deferred = self.deferred();
            // If the writer broke down, it did not look again: what comes from now on is refused all the same.
            let tail = self.producer_side.tail.load(Ordering::Acquire);
            deferred.last_tail.get_or_insert(tail);
            deferred.take_waiting()
        };
        for parked in waiting {
            if let Some(waker) = parked.settle(DeferredState::Refused) {
                rouse(waker);
            }
        }
    }
}

impl Deferred {
    pub(super) fn wait(&mut self, parked: Arc<DeferredRecord>) {
        self.waiting_bytes += parked.size();
        self.waiting.push_back(parked);
    }

    pub(super) fn take_waiting(&mut self) -> VecDeque<Arc<DeferredRecord>> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn note_drop(&mut self, stream: u16, ticks: u64) {
        let known = self
            .dropped
            .iter_mut()
            .find(|dropped| dropped.stream == stream);
        if let Some(dropped) = known {
            dropped.records += 1;
            dropped.between.0 = dropped.between.0.min(ticks);
            dropped.between.1 = dropped.between.1.max(ticks);
        } else {
            self.dropped.push(Dropped {
                stream,
                records: 1,
                between: (ticks, ticks),
            });
        }
    }
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

    /// Bytes that it counts for.
    fn size(&self) -> u64 {
        self.bytes.len() as u64 + HEADER_WORDS * size_of::<u64>() as u64
    }

    /// The number under which the record was queued; `Err` if the logger stopped first; `None` while it waits.
    pub(crate) fn poll(&self, waker: &Waker) -> Option<Result<u64, ()>> {
        let old = match &mut *lock(&self.state) {
            DeferredState::Queued(number) => return Some(Ok(*number)),
            DeferredState::Refused => return Some(Err(())),
            DeferredState::Waiting(known) => known.replace(waker.clone()),
        };
        drop(old);
        None
    }

    pub(super) fn settle(&self, outcome: DeferredState) -> Option<Waker> {
        match std::mem::replace(&mut *lock(&self.state), outcome) {
            DeferredState::Waiting(waker) => waker,
            DeferredState::Queued(_) | DeferredState::Refused => None,
        }
    }
}
