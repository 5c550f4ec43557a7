//! The caller's end of a queue.

use super::{Channel, DeferredRecord, SpscQueue, consumer::Consumer};
use crate::queue::{
    asymmetric_fence::LightFence,
    parker::ConsumerState,
    record_header::{HEADER_WORDS, MOST_WORDS, RecordHeader},
    ring_buffer::{RingBuffer, RingWriter},
    sync::{Arc, Ordering, fence},
};
use crate::{Durability, Overflow, clock::Clock};

/// RingBuffer of a queue's first ring: 64 KiB. Threads that log little never need more, and it stays in the cache of the processor.
/// In models, where each word costs time, the second record makes it grow.
const FIRST_RING: u64 = if cfg!(loom) { 8 } else { 1 << 13 };

/// RingBuffer up to which a ring grows while callers wait for room: 256 KiB. A larger one only holds more of what the writer cannot keep up
/// with, and drives everything else out of the cache: measured with 64 threads, a record costs a third more with 1 MiB each. Where
/// callers do not wait, it grows to the capacity before anything is dropped.
const RING_WHILE_WAITING: u64 = 1 << 15;

/// With more streams than this a ring grows to the capacity at once: each stream's file costs a `write`, and the more lines gather for
/// it, the better.
const FEW_STREAMS: usize = 64;

/// By how much a ring is larger than the one before.
const GROWTH: u64 = 4;

/// The end of a queue at which records are put in. Belongs to one thread.
#[derive(Debug)]
pub(crate) struct Producer {
    queue: Arc<SpscQueue>,
    /// What else a record needs, copied here: a call after a while of rest meets few lines of memory that it has to wait for.
    clock: Clock,
    id: u64,
    durabilities: Box<[Durability]>,
    fence: LightFence,
    words: RingBuffer,
    /// The position from which on `words` is used.
    base: u64,
    /// The position behind the last record.
    tail: u64,
    /// The number of the last record.
    newest: u64,
    /// RingBuffer up to which `words` may grow.
    largest: u64,
    /// Up to here records may go without another thought: there is room, and the writer need not be called. 0 while
    /// records wait for room, so that none overtakes them.
    limit: u64,
}

/// A record in the ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pushed {
    pub(crate) number: u64,
    /// The number of the queue.
    pub(crate) queue: u64,
    /// What its stream promises.
    pub(crate) durability: Durability,
}

/// What became of a record offered to a queue.
#[derive(Debug)]
pub(crate) enum PushOutcome {
    /// Queued under this number.
    Queued(u64),
    /// No room; it will be queued by the writer's next sweep.
    Deferred(Arc<DeferredRecord>),
    /// No room, and the stream drops when there is none.
    Dropped,
    /// The logger was stopped.
    Closed,
}

/// Why a record could not be put into the ring.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PushError {
    /// There is no room, or others wait for it.
    Full,
    /// The logger was stopped.
    Closed,
}

/// Both ends of a new queue.
pub(crate) fn queue(channel: Arc<Channel>) -> (Producer, Consumer) {
    let words = RingBuffer::new(FIRST_RING.min(capacity(&channel)));
    let queue = Arc::new(SpscQueue::new(channel));
    let consumer = Consumer::new(Arc::clone(&queue), words.clone());
    let streams = queue.channel.streams.iter();
    let producer = Producer {
        clock: queue.channel.clock.clone(),
        id: queue.id,
        durabilities: streams.map(|stream| stream.durability).collect(),
        fence: LightFence::new(),
        largest: if queue.channel.streams.len() > FEW_STREAMS {
            capacity(&queue.channel)
        } else {
            RING_WHILE_WAITING.min(capacity(&queue.channel))
        },
        base: 0,
        tail: 0,
        newest: 0,
        limit: 0,
        words,
        queue,
    };
    (producer, consumer)
}

/// RingBuffer a queue may hold.
fn capacity(channel: &Channel) -> u64 {
    (channel.capacity / size_of::<u64>()) as u64
}

impl Producer {
    #[inline]
    pub(crate) fn queue(&self) -> &Arc<SpscQueue> {
        &self.queue
    }

    #[inline]
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether the logger was stopped.
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.channel.parker.is_closed()
    }

    /// Stamps a record and puts it into the ring. `fill` gets a slot for `size` words, and must not call any code of users, for
    /// that might log.
    #[inline]
    pub(crate) fn push(
        &mut self,
        header: RecordHeader,
        size: usize,
        fill: impl FnOnce(&mut RingWriter<'_>),
    ) -> Result<Pushed, PushError> {
        let size = size as u64;
        let end = self.tail + HEADER_WORDS + size;
        let is_crowded = end > self.limit && self.make_room(end)?;
        let mut slot = self.words.slot(self.tail);
        slot.put(self.clock.ticks());
        slot.put(header.with_size(size));
        fill(&mut slot);
        self.newest += 1;
        let positions = &self.queue.producer_side;
        positions.newest.store(self.newest, Ordering::Relaxed);
        positions.tail.store(end, Ordering::Release);
        let durability = self.durabilities[usize::from(header.stream)];
        let urgent = is_crowded || durability != Durability::Queued;
        // Between what was queued and the look whether the writer must be called: see `wake`.
        if urgent {
            positions.urgent.store(end, Ordering::Relaxed);
            fence(Ordering::SeqCst);
        } else {
            self.fence.light();
        }
        let parker = &self.queue.channel.parker;
        match parker.consumer_state(urgent) {
            ConsumerState::Running => {}
            ConsumerState::Parked => parker.unpark(),
            ConsumerState::Closed => self.take_back(end)?,
        }
        self.tail = end;
        Ok(Pushed {
            number: self.newest,
            queue: self.id,
            durability,
        })
    }

    /// Puts a record into the ring or, if it has no room there, deferred.
    #[cold]
    pub(crate) fn push_or_defer(&mut self, header: RecordHeader, bytes: &[u8]) -> PushOutcome {
        let words = bytes.len() / size_of::<u64>();
        let put = if words as u64 > MOST_WORDS {
            Err(PushError::Full)
        } else {
            self.push(header, words, |slot| slot.put_bytes(bytes))
        };
        match put {
            Ok(placed) => PushOutcome::Queued(placed.number),
            Err(PushError::Closed) => PushOutcome::Closed,
            Err(PushError::Full) => self.push_deferred(header, bytes),
        }
    }

    /// Looks for room up to `end`. Whether there is no longer so much of it that the writer may be left to nap.
    #[cold]
    fn make_room(&mut self, end: u64) -> Result<bool, PushError> {
        if self.is_closed() {
            return Err(PushError::Closed);
        }
        self.limit = 0;
        if self.is_waited_for() {
            return Err(PushError::Full);
        }
        let capacity = capacity(&self.queue.channel);
        let head = self.queue.consumer_side.head.load(Ordering::Acquire);
        // A larger ring before the writer is called, and before anybody waits.
        while self.words.len() < self.largest && end - head.max(self.base) > self.words.len() / 2 {
            self.grow();
        }
        let full = (head + capacity).min(head.max(self.base) + self.words.len());
        let half = full.min(head + capacity.min(self.words.len()) / 2);
        if end > full {
            return Err(PushError::Full);
        }
        // Once the writer was called, this is not asked again before the queue is full.
        let is_crowded = end > half;
        self.limit = if is_crowded { full } else { half };
        Ok(is_crowded)
    }

    /// Whether records wait for room. If not any more, the numbers they got are caught up with.
    fn is_waited_for(&mut self) -> bool {
        let deferred = self.queue.deferred();
        if deferred.is_pressed {
            self.largest = capacity(&self.queue.channel);
        }
        if !deferred.waiting.is_empty() {
            return true;
        }
        self.newest = self.queue.newest();
        false
    }

    /// Goes on in a larger ring. The consumer follows when it has read the other to the end.
    fn grow(&mut self) {
        let larger = RingBuffer::new(self.words.len() * GROWTH);
        let queue = &self.queue;
        queue.deferred().rings.push((self.tail, larger.clone()));
        queue.attention.store(true, Ordering::Relaxed);
        self.words = larger;
        self.base = self.tail;
    }

    /// The queue was closed while a record was put into it: whether the consumer has it.
    #[cold]
    fn take_back(&mut self, end: u64) -> Result<(), PushError> {
        let deferred = self.queue.deferred();
        if deferred.last_tail.is_some_and(|last| end > last) {
            self.newest -= 1;
            let positions = &self.queue.producer_side;
            positions.newest.store(self.newest, Ordering::Relaxed);
            positions.tail.store(self.tail, Ordering::Release);
            return Err(PushError::Closed);
        }
        Ok(())
    }

    #[cold]
    fn push_deferred(&mut self, header: RecordHeader, bytes: &[u8]) -> PushOutcome {
        let queue = &self.queue;
        let channel = &queue.channel;
        let mut deferred = queue.deferred();
        if channel.parker.is_closed() {
            return PushOutcome::Closed;
        }
        let ticks = self.clock.ticks();
        let words = (bytes.len() / size_of::<u64>()) as u64 + HEADER_WORDS;
        let fits = words <= capacity(channel) && words <= MOST_WORDS + HEADER_WORDS;
        let is_empty = queue.consumer_side.head.load(Ordering::Acquire) == self.tail
            && deferred.waiting.is_empty()
            && deferred.oversized.is_none();
        let drops = channel.streams[usize::from(header.stream)].overflow == Overflow::Drop;
        let parked = || DeferredRecord::new(header, ticks, bytes, self.tail);
        let admission = if !fits && is_empty {
            // No queue is large enough for it: it is let in alone.
            deferred.oversized = Some(parked());
            self.newest = queue.newest() + 1;
            queue
                .producer_side
                .newest
                .store(self.newest, Ordering::Relaxed);
            PushOutcome::Queued(self.newest)
        } else if drops && self.largest < capacity(channel) {
            deferred.is_pressed = true;
            drop(deferred);
            return self.push_or_defer(header, bytes);
        } else if drops {
            deferred.note_drop(header.stream, ticks);
            PushOutcome::Dropped
        } else {
            let parked = Arc::new(parked());
            deferred.wait(Arc::clone(&parked));
            self.limit = 0;
            PushOutcome::Deferred(parked)
        };
        queue.attention.store(true, Ordering::Relaxed);
        drop(deferred);
        channel.parker.unpark_urgent();
        admission
    }
}
