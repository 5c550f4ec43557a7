//! The writer's end of a queue.

use std::collections::VecDeque;

use super::{
    Dropped, SpscQueue,
    deferred::{DeferredRecord, DeferredState},
};
use crate::queue::{
    parker::WaitMode,
    record_header::{HEADER_WORDS, RecordHeader},
    ring_buffer::RingBuffer,
    sync::{Arc, Ordering, lock},
    wake,
};

/// The end of a queue at which records are popped.
#[derive(Debug)]
pub struct Consumer {
    queue: Arc<SpscQueue>,
    ring: RingBuffer,
    /// Rings that come after it, each with the position from which on it is used.
    next_rings: VecDeque<(u64, RingBuffer)>,
    /// The position of the next record in the ring.
    head: u64,
    /// The tail at the last poll. Nothing behind it is read before the next one.
    tail: u64,
    /// The tail at the poll before. Records in front of it are due whatever their time is.
    due: u64,
    deferred: VecDeque<DeferredEntry>,
    /// As many of them are due, because they were there at the poll before.
    deferred_due: usize,
    /// How many records were popped.
    popped: u64,
    /// The arguments of the last record, if it came from the ring. They are not longer than that.
    bytes: Vec<u8>,
    /// The last record, if it was a deferred one.
    popped_deferred: Option<Arc<DeferredRecord>>,
}

/// A deferred record that the consumer has seen.
#[derive(Debug)]
struct DeferredEntry {
    record: Arc<DeferredRecord>,
    /// The number to tell a caller that waits for room, as soon as there is some.
    untold: Option<u64>,
}

/// A record in the writer's hands.
#[derive(Clone, Copy, Debug)]
pub struct Popped<'a> {
    pub ticks: u64,
    pub header: RecordHeader,
    pub bytes: &'a [u8],
}

impl Consumer {
    pub(super) fn new(queue: Arc<SpscQueue>, ring: RingBuffer) -> Self {
        Self {
            queue,
            ring,
            next_rings: VecDeque::new(),
            head: 0,
            tail: 0,
            due: 0,
            deferred: VecDeque::new(),
            deferred_due: 0,
            popped: 0,
            bytes: Vec::new(),
            popped_deferred: None,
        }
    }

    pub(crate) fn queue(&self) -> &Arc<SpscQueue> {
        &self.queue
    }

    /// Returns the name of the thread whose records it pops, if streams name threads.
    pub(crate) fn thread(&self) -> Option<Arc<str>> {
        let is_named = self.queue.channel.names_threads;
        is_named.then(|| lock(&self.queue.thread).clone()).flatten()
    }

    /// Returns the number of the last record that was popped.
    pub fn popped(&self) -> u64 {
        self.popped
    }

    /// Looks for new records, and returns what was dropped since the last call. Records that wait
    /// for room count as queued from here on.
    pub fn poll(&mut self) -> Vec<Dropped> {
        self.popped_deferred = None;
        self.due = self.tail;
        self.deferred_due = self.deferred.len();
        if self.bytes.len() as u64 > self.ring.len() * size_of::<u64>() as u64 {
            // Of a thread that has ended, and has given its large ring back.
            self.bytes = Vec::new();
        }
        self.tail = self.queue.producer_side.tail.load(Ordering::Acquire);
        debug_assert!(
            self.due <= self.tail,
            "a tail only grows while the queue is open"
        );
        // The flag is read after the tail, so what was deferred before the record at the tail is
        // seen.
        if self.queue.has_deferred.load(Ordering::Acquire) || self.queue.channel.parker.is_closed()
        {
            self.poll_deferred()
        } else {
            Vec::new()
        }
    }

    #[cold]
    fn poll_deferred(&mut self) -> Vec<Dropped> {
        let mut deferred = self.queue.deferred();
        self.queue.has_deferred.store(false, Ordering::Relaxed);
        // Once more, under the lock: a deferred record must not be popped before a record that was
        // pushed into the ring before it.
        self.tail = self.queue.producer_side.tail.load(Ordering::Acquire);
        if self.queue.channel.parker.is_closed() {
            deferred.last_tail = Some(self.tail);
        }
        self.next_rings.extend(deferred.rings.drain(..));
        if let Some(record) = deferred.oversized.take() {
            self.deferred.push_back(DeferredEntry {
                record: Arc::new(record),
                untold: None,
            });
        }
        for record in deferred.take_waiting() {
            // Its producer puts nothing into the ring meanwhile, so the number is free.
            let newest = &self.queue.producer_side.newest;
            let number = newest.load(Ordering::Relaxed) + 1;
            newest.store(number, Ordering::Release);
            self.deferred.push_back(DeferredEntry {
                record,
                untold: Some(number),
            });
        }
        let dropped = std::mem::take(&mut deferred.dropped);
        drop(deferred);
        self.follow_rings();
        dropped
    }

    /// Returns the time of the next record, or `cut_off` if that is earlier and the record was seen
    /// before the last poll: then it is due, whatever the clock did.
    #[inline]
    pub fn next(&self, cut_off: u64) -> Option<u64> {
        if let Some(entry) = self.next_deferred() {
            let ticks = entry.record.ticks;
            let is_due = self.deferred_due > 0;
            return Some(if is_due { ticks.min(cut_off) } else { ticks });
        }
        if self.head == self.tail {
            return None;
        }
        let ticks = self.ring.get(self.head);
        let is_due = self.head < self.due;
        Some(if is_due { ticks.min(cut_off) } else { ticks })
    }

    /// Returns the header of the next record, if there is one.
    #[inline]
    pub(crate) fn peek(&self) -> Option<RecordHeader> {
        if let Some(entry) = self.next_deferred() {
            return Some(entry.record.header);
        }
        let has_any = self.head < self.tail;
        has_any.then(|| RecordHeader::unpack(self.ring.get(self.head + 1)).0)
    }

    /// Pops the next record, if there is one.
    #[inline]
    pub fn pop(&mut self) -> Option<Popped<'_>> {
        if let Some(entry) = self.deferred.front() {
            let before = entry.record.position.saturating_sub(self.head);
            if before == 0 {
                return self.pop_deferred();
            }
            // Half of the ring is free. Callers that wait are woken now, so that they are back
            // before the other half is empty.
            if entry.untold.is_some() && before <= self.ring.len() / 2 {
                self.tell_waiting();
            }
        }
        if self.head == self.tail {
            return None;
        }
        let ticks = self.ring.get(self.head);
        let (header, words) = RecordHeader::unpack(self.ring.get(self.head + 1));
        let from = self.head + HEADER_WORDS;
        let length = usize::try_from(words).unwrap_or(0) * size_of::<u64>();
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
        let bytes = &mut self.bytes[..length];
        for (position, word) in (from..).zip(bytes.chunks_exact_mut(size_of::<u64>())) {
            word.copy_from_slice(&self.ring.get(position).to_le_bytes());
        }
        self.head = from + words;
        debug_assert!(self.head <= self.tail, "records are pushed whole");
        self.publish_pop();
        self.follow_rings();
        Some(Popped {
            ticks,
            header,
            bytes: &self.bytes[..length],
        })
    }

    /// Goes on in the ring that begins here, and drops what was read to its end.
    #[inline]
    fn follow_rings(&mut self) {
        let begins = |ring: &(u64, RingBuffer)| ring.0 == self.head;
        while self.next_rings.front().is_some_and(begins) {
            if let Some((_, ring)) = self.next_rings.pop_front() {
                self.ring = ring;
            }
        }
    }

    #[inline]
    fn next_deferred(&self) -> Option<&DeferredEntry> {
        let entry = self.deferred.front()?;
        (entry.record.position <= self.head).then_some(entry)
    }

    #[cold]
    fn tell_waiting(&mut self) {
        self.deferred.iter_mut().for_each(DeferredEntry::tell);
    }

    #[cold]
    fn pop_deferred(&mut self) -> Option<Popped<'_>> {
        let mut entry = self.deferred.pop_front()?;
        self.deferred_due = self.deferred_due.saturating_sub(1);
        self.publish_pop();
        entry.tell();
        let record = self.popped_deferred.insert(entry.record);
        Some(Popped {
            ticks: record.ticks,
            header: record.header,
            bytes: &record.bytes,
        })
    }

    #[cfg(test)]
    pub(crate) fn ring_bytes(&self) -> u64 {
        self.ring.len() * size_of::<u64>() as u64
    }

    fn publish_pop(&mut self) {
        self.popped += 1;
        let positions = &self.queue.consumer_side;
        // Released, so that a thread that sees this count also sees that so many were pushed.
        positions.popped.store(self.popped, Ordering::Release);
        // Released, so that the producer overwrites the words only after they were read.
        positions.head.store(self.head, Ordering::Release);
    }

    /// Returns whether every record that was seen is popped.
    pub fn is_empty(&self) -> bool {
        self.head == self.tail && self.deferred.is_empty()
    }

    /// Returns whether a poll would find nothing, or for a batch nothing urgent. To be called after
    /// [`prepare_wait`](crate::queue::parker::Parker::prepare_wait).
    pub fn may_wait(&self, mode: WaitMode) -> bool {
        let positions = &self.queue.producer_side;
        let is_seen = match mode {
            WaitMode::Batch => positions.urgent.load(Ordering::Relaxed) <= self.tail,
            WaitMode::Park => positions.tail.load(Ordering::Relaxed) == self.tail,
        };
        is_seen && !self.queue.has_deferred.load(Ordering::Relaxed)
    }
}

impl DeferredEntry {
    /// Tells a caller that waits for room that its record is queued.
    fn tell(&mut self) {
        if let Some(number) = self.untold.take() {
            self.record
                .settle(DeferredState::Queued(number))
                .into_iter()
                .for_each(wake);
        }
    }
}

impl Drop for Consumer {
    /// The writer ends, so no caller may go on waiting for room. The queue's watermark tells what
    /// became of the records.
    fn drop(&mut self) {
        self.tell_waiting();
    }
}
