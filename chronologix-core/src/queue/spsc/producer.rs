//! The caller's end of a queue.

use std::thread;

use super::{SpscQueue, consumer::Consumer, deferred::DeferredRecord};
use crate::queue::{
    asymmetric_fence::LightFence,
    channel::{Channel, StreamPolicy},
    parker::ConsumerState,
    record_header::{HEADER_WORDS, MAX_WORDS, RecordHeader},
    recorder::Recording,
    ring_buffer::{RingBuffer, RingWriter},
    sync::{Arc, Ordering, fence, lock},
};
use crate::{Durability, Overflow, clock::Clock};

/// Words of a queue's first ring: 256 bytes, room for a few records. A program may have thousands
/// of threads that log little. In models, where each word costs time, the second record makes it
/// grow.
const FIRST_RING: u64 = if cfg!(loom) { 8 } else { 1 << 5 };

/// Words of the largest ring that a thread which ends leaves to the next one: 4 KiB.
const KEPT_RING: u64 = if cfg!(loom) { 8 } else { 1 << 9 };

/// Words up to which a ring grows while callers wait for room: 256 KiB. A larger ring only holds
/// more of what the writer cannot keep up with, and drives everything else out of the cache.
/// Measured with 64 threads, a record costs a third more with 1 MiB each. Where callers do not
/// wait, the ring grows to the capacity before anything is dropped.
const RING_WHILE_WAITING: u64 = 1 << 15;

/// With more streams than this, a ring grows to the capacity at once. Each stream's file costs a
/// `write`, so it pays that more lines gather for it.
const FEW_STREAMS: usize = 64;

/// How much larger the next ring is.
const GROWTH: u64 = 4;

/// The end of a queue at which records are pushed. It belongs to one thread.
#[derive(Debug)]
pub struct Producer {
    queue: Arc<SpscQueue>,
    /// The following are copies of what the queue and its channel have, so that a push after a
    /// pause waits for few cache lines.
    clock: Clock,
    id: u64,
    policies: Box<[PushPolicy]>,
    fence: LightFence,
    ring: RingBuffer,
    /// The position from which on `ring` is used.
    ring_base: u64,
    /// The position behind the last record.
    tail: u64,
    /// The number of the last record.
    newest: u64,
    /// A caller did not wait for room, so the ring grows whatever all others take.
    is_pressed: bool,
    /// Up to this position a push needs no further check: there is room, and the queue is not so
    /// full that the writer must know. It is 0 while records wait for room, so that none is
    /// overtaken.
    limit: u64,
    /// By index of the stream: what this thread writes into that records are kept in. Empty until
    /// it keeps one.
    recordings: Vec<Option<Recording>>,
}

/// What a push must know of a stream. One byte, and 0 for nearly all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PushPolicy {
    /// Its records are pushed, and it promises this.
    Push(Durability),
    /// Some of its records are kept in memory, and no part of the queue.
    Decide,
}

impl PushPolicy {
    fn of(stream: &StreamPolicy) -> Self {
        match stream.recorder {
            None => Self::Push(stream.durability),
            Some(_) => Self::Decide,
        }
    }
}

/// A record in the ring.
#[derive(Clone, Copy, Debug)]
pub struct Pushed {
    /// The record's number in its queue.
    pub sequence: u64,
    /// The number of the queue.
    pub queue: u64,
    /// What the stream promises.
    pub durability: Durability,
}

/// What became of a record that was offered to a queue.
#[derive(Debug)]
pub enum PushOutcome {
    /// It is queued under this number.
    Queued(u64),
    /// There was no room. The writer's next poll queues it.
    Deferred(Arc<DeferredRecord>),
    /// There was no room, and its stream drops records then.
    Dropped,
    /// The logger was stopped.
    Closed,
}

/// Why a record was not pushed into the ring.
#[derive(Debug, PartialEq, Eq)]
pub enum PushError {
    /// There is no room, or others wait for it.
    Full,
    /// The logger was stopped.
    Closed,
    /// The stream keeps some records, and the caller has not said that this is none of them.
    Undecided,
}

/// Creates a queue, and returns both of its ends.
pub(crate) fn queue(channel: Arc<Channel>) -> (Producer, Consumer) {
    let capacity = channel.capacity_in_words();
    let ring = RingBuffer::new(FIRST_RING.min(capacity));
    let queue = Arc::new(SpscQueue::new(channel));
    let consumer = Consumer::new(Arc::clone(&queue), ring.clone());
    let streams = &queue.channel.streams;
    let producer = Producer {
        clock: queue.channel.clock.clone(),
        id: queue.id,
        policies: streams.iter().map(PushPolicy::of).collect(),
        recordings: Vec::new(),
        fence: LightFence::new(),
        is_pressed: false,
        ring_base: 0,
        tail: 0,
        newest: 0,
        limit: 0,
        ring,
        queue,
    };
    (producer, consumer)
}

impl Producer {
    #[inline]
    pub fn queue(&self) -> &Arc<SpscQueue> {
        &self.queue
    }

    #[inline]
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns whether the records of another thread may follow those in the queue.
    pub(crate) fn can_change_thread(&self) -> bool {
        !self.queue.channel.names_threads || self.queue.is_empty()
    }

    /// Sets the name of the thread, if streams name threads.
    pub(crate) fn set_thread(&self) {
        if self.queue.channel.names_threads {
            let thread = thread::current();
            let unnamed = || format!("{:?}", thread.id());
            let name = thread.name().map_or_else(unnamed, str::to_owned);
            *lock(&self.queue.thread) = Some(name.into());
        }
    }

    /// Returns whether the logger was stopped.
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.channel.parker.is_closed()
    }

    /// Stamps a record and pushes it into the ring, unless its stream keeps records. Returns what
    /// the stream promises; [`Producer::last_pushed`] says the rest.
    ///
    /// `fill` must write exactly `words` words. It must not call code of users, which might log and
    /// come back here.
    #[inline]
    pub fn push(
        &mut self,
        header: RecordHeader,
        words: usize,
        fill: impl FnOnce(&mut RingWriter<'_>),
    ) -> Result<Durability, PushError> {
        self.push_if::<false>(header, words, fill)
    }

    /// As [`Producer::push`], for a record that is none of those that are kept.
    #[inline]
    pub(crate) fn push_taken(
        &mut self,
        header: RecordHeader,
        words: usize,
        fill: impl FnOnce(&mut RingWriter<'_>),
    ) -> Result<Durability, PushError> {
        self.push_if::<true>(header, words, fill)
    }

    /// Returns the record that was pushed last, whose stream promises this.
    #[inline]
    pub fn last_pushed(&self, durability: Durability) -> Pushed {
        Pushed {
            sequence: self.newest,
            queue: self.id,
            durability,
        }
    }

    /// Returns what the stream promises, and no more: that fits into a register.
    #[inline]
    fn push_if<const IS_TAKEN: bool>(
        &mut self,
        header: RecordHeader,
        words: usize,
        fill: impl FnOnce(&mut RingWriter<'_>),
    ) -> Result<Durability, PushError> {
        let words = words as u64;
        let end = self.tail + HEADER_WORDS + words;
        let stream = usize::from(header.stream);
        let policy = self.policies[stream];
        let (mut urgent, mut promised) = (false, Durability::Queued);
        if end > self.limit || policy != PushPolicy::Push(Durability::Queued) {
            promised = match policy {
                PushPolicy::Push(durability) => durability,
                PushPolicy::Decide if IS_TAKEN => self.queue.channel.streams[stream].durability,
                PushPolicy::Decide => return Err(PushError::Undecided),
            };
            let is_crowded = end > self.limit && self.make_room(end)?;
            urgent = is_crowded || promised != Durability::Queued;
        }
        let mut writer = self.ring.writer(self.tail);
        writer.push(self.clock.ticks());
        writer.push(header.pack(words));
        fill(&mut writer);
        debug_assert_eq!(
            writer.position(),
            end,
            "the arguments are as long as they said"
        );
        self.newest += 1;
        let positions = &self.queue.producer_side;
        positions.newest.store(self.newest, Ordering::Relaxed);
        // Released, so that the writer sees the words and the number before the new tail.
        positions.tail.store(end, Ordering::Release);
        // The fence stands between the push and the look at the writer's state: see `parker`.
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
        Ok(promised)
    }

    /// Stamps a record that its stream does not take, and keeps it in memory. Returns `false` if
    /// there is no room in what the thread writes into, or the logger was stopped. It takes no
    /// lock.
    ///
    /// `fill` as for [`Producer::push`].
    #[inline]
    pub(crate) fn keep(
        &mut self,
        header: RecordHeader,
        words: usize,
        fill: impl FnOnce(&mut RingWriter<'_>),
    ) -> bool {
        let words = words as u64;
        let known = self.recordings.get_mut(usize::from(header.stream));
        let recording = known.and_then(Option::as_mut);
        let recording = recording.filter(|it| it.has_room(HEADER_WORDS + words));
        let Some(recording) = recording else {
            return false;
        };
        if self.queue.channel.parker.is_closed() {
            return false;
        }
        recording.write(self.clock.ticks(), header, words, fill);
        true
    }

    /// As [`Producer::keep`], for arguments that are encoded already. Makes room, for which it
    /// takes a lock that other threads take: the thread must be inside (see `reentry`). Returns
    /// `false` if the logger was stopped.
    #[cold]
    pub(crate) fn keep_bytes(&mut self, header: RecordHeader, bytes: &[u8]) -> bool {
        if self.is_closed() {
            return false;
        }
        let words = bytes.len() / size_of::<u64>();
        let fill = |writer: &mut RingWriter<'_>| writer.push_bytes(bytes);
        // What is larger than all that may be kept is lost, and counted.
        let _is_kept = self.keep(header, words, fill)
            || words as u64 <= MAX_WORDS
                && self.change_segment(header.stream, words as u64)
                && self.keep(header, words, fill);
        true
    }

    /// Goes on in another segment, with room for a record of so many words. Returns `false` if the
    /// stream may not keep as much.
    fn change_segment(&mut self, stream: u16, words: u64) -> bool {
        let stream = usize::from(stream);
        let Some(recorder) = &self.queue.channel.streams[stream].recorder else {
            return false;
        };
        if self.recordings.len() <= stream {
            self.recordings.resize_with(stream + 1, || None);
        }
        let recording = &mut self.recordings[stream];
        let thread = lock(&self.queue.thread).clone();
        let segment = recorder.next(recording.as_ref(), HEADER_WORDS + words, thread);
        let last = recording.as_ref().map_or(0, Recording::last);
        // The one before is full, also if there is no other.
        *recording = segment.map(|segment| Recording::new(segment, last));
        recording.is_some()
    }

    /// Gives back what the thread keeps records in, because it ends. They stay.
    pub(crate) fn end_recordings(&mut self) {
        let recordings = std::mem::take(&mut self.recordings);
        for (recording, stream) in recordings.iter().zip(&self.queue.channel.streams) {
            if let (Some(recording), Some(recorder)) = (recording, &stream.recorder) {
                recorder.finish(recording);
            }
        }
    }

    /// Pushes a record that is none of those that are kept into the ring, or defers it if the ring
    /// has no room.
    #[cold]
    pub fn push_or_defer(&mut self, header: RecordHeader, bytes: &[u8]) -> PushOutcome {
        debug_assert!(
            bytes.len() % size_of::<u64>() == 0,
            "arguments are whole words"
        );
        let words = bytes.len() / size_of::<u64>();
        let pushed = if words as u64 > MAX_WORDS {
            Err(PushError::Full)
        } else {
            self.push_taken(header, words, |writer| writer.push_bytes(bytes))
        };
        match pushed {
            Ok(_) => PushOutcome::Queued(self.newest),
            Err(PushError::Closed) => PushOutcome::Closed,
            Err(PushError::Full | PushError::Undecided) => self.push_deferred(header, bytes),
        }
    }

    /// Looks for room up to `end`. Returns whether the queue is so full that the writer must not
    /// wait for more records to gather.
    #[cold]
    fn make_room(&mut self, end: u64) -> Result<bool, PushError> {
        if self.is_closed() {
            return Err(PushError::Closed);
        }
        self.limit = 0;
        if self.has_waiting() {
            return Err(PushError::Full);
        }
        let capacity = self.queue.channel.capacity_in_words();
        let head = self.queue.consumer_side.head.load(Ordering::Acquire);
        // The ring grows before the writer is unparked, and before a caller waits.
        let max_ring = self.max_ring();
        while self.ring.len() < max_ring
            && end - head.max(self.ring_base) > self.ring.len() / 2
            && self.go_on_in(self.ring.len() * GROWTH)
        {}
        let begin = head.max(self.ring_base);
        let full = (head + capacity).min(begin + self.ring.len());
        let half = full.min(begin + capacity.min(self.ring.len()) / 2);
        if end > full {
            return Err(PushError::Full);
        }
        // In the second half the writer is unparked once. There is no further check until it is
        // full.
        let is_crowded = end > half;
        self.limit = if is_crowded { full } else { half };
        Ok(is_crowded)
    }

    /// Returns whether records wait for room. If none does any more, the producer goes on after the
    /// numbers that they got.
    fn has_waiting(&mut self) -> bool {
        let deferred = self.queue.deferred();
        self.is_pressed |= deferred.is_pressed;
        if !deferred.waiting.is_empty() {
            return true;
        }
        self.newest = self.queue.newest();
        false
    }

    /// Returns the words up to which the ring may grow.
    fn max_ring(&self) -> u64 {
        let channel = &self.queue.channel;
        let capacity = channel.capacity_in_words();
        if self.is_pressed || channel.streams.len() > FEW_STREAMS {
            capacity
        } else {
            RING_WHILE_WAITING.min(capacity)
        }
    }

    /// Goes on in another ring. The consumer follows when it has read the old one to its end.
    /// Returns `false` if the rings of all threads would be too large then, and callers can wait.
    fn go_on_in(&mut self, words: u64) -> bool {
        let large = |words: u64| if words > KEPT_RING { words } else { 0 };
        let (before, after) = (large(self.ring.len()), large(words.next_power_of_two()));
        let channel = &self.queue.channel;
        if !channel.exchange_ring(before, after, self.is_pressed) {
            return false;
        }
        let ring = RingBuffer::new(words);
        let queue = &self.queue;
        queue.deferred().rings.push((self.tail, ring.clone()));
        queue.has_deferred.store(true, Ordering::Relaxed);
        self.ring = ring;
        self.ring_base = self.tail;
        true
    }

    /// Takes the memory now that the first records would take one after the other.
    pub(crate) fn preallocate(&mut self) {
        let words = KEPT_RING.min(self.max_ring());
        if self.ring.len() < words {
            self.go_on_in(words);
            self.limit = 0;
        }
    }

    /// Gives a large ring back, because the thread ends. The consumer is woken, so that it drops
    /// its share as well.
    pub(crate) fn shrink(&mut self) {
        if self.ring.len() > KEPT_RING {
            self.go_on_in(FIRST_RING);
            self.limit = 0;
            self.queue.channel.parker.unpark_urgent();
        }
    }

    #[cfg(test)]
    pub(crate) fn ring_bytes(&self) -> u64 {
        self.ring.len() * size_of::<u64>() as u64
    }

    /// Takes a record back that was pushed while the queue was closed, unless the consumer has it.
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

    /// Puts a record that found no room outside the ring.
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
        let capacity = channel.capacity_in_words();
        let fits = words <= capacity && words <= MAX_WORDS + HEADER_WORDS;
        let is_empty = queue.consumer_side.head.load(Ordering::Acquire) == self.tail
            && deferred.waiting.is_empty()
            && deferred.oversized.is_none();
        let drops = channel.streams[usize::from(header.stream)].overflow == Overflow::Drop;
        let record = || DeferredRecord::new(header, ticks, bytes, self.tail);
        let outcome = if !fits && is_empty {
            // No queue has room for it, so it is taken while the queue is empty.
            deferred.oversized = Some(record());
            self.newest = queue.newest() + 1;
            let newest = &queue.producer_side.newest;
            newest.store(self.newest, Ordering::Relaxed);
            PushOutcome::Queued(self.newest)
        } else if drops && !self.is_pressed {
            // The ring is not as large as it may become.
            drop(deferred);
            self.is_pressed = true;
            return self.push_or_defer(header, bytes);
        } else if drops {
            deferred.count_drop(header, ticks);
            PushOutcome::Dropped
        } else {
            let record = Arc::new(record());
            deferred.push_waiting(Arc::clone(&record));
            self.limit = 0;
            PushOutcome::Deferred(record)
        };
        // Relaxed is enough: the consumer also looks after each close and each fenced announcement,
        // and the next tail that the producer releases comes after this store.
        queue.has_deferred.store(true, Ordering::Relaxed);
        drop(deferred);
        channel.parker.unpark_urgent();
        outcome
    }
}
