//! The writer's end of a queue.

use std::collections::VecDeque;

use super::{DeferredRecord, DeferredState, Dropped, SpscQueue};
use crate::queue::{
    parker::WaitMode,
    record_header::{HEADER_WORDS, RecordHeader},
    ring_buffer::RingBuffer,
    rouse,
    sync::{Arc, Ordering},
};

/// The end of a queue at which records are taken out.
#[derive(Debug)]
pub(crate) struct Consumer {
    queue: Arc<SpscQueue>,
    words: RingBuffer,
    /// Larger rings, each with the position from which on it is used.
    rings: VecDeque<(u64, RingBuffer)>,
    /// The position of the next record in the ring.
    at: u64,
    /// Where the tail was at the last sweep, and at the one before: what came before that is due in any case.
    end: u64,
    due: u64,
    /// Records from outside the ring, each with the position it comes at.
    deferred: VecDeque<DeferredEntry>,
    /// Records taken so far.
    taken: u64,
    /// The arguments of the record taken last: from the ring, or from outside.
    bytes: Vec<u8>,
    popped_deferred: Option<Arc<DeferredRecord>>,
}

/// A record from outside the ring.
#[derive(Debug)]
struct DeferredEntry {
    record: Arc<DeferredRecord>,
    /// For those who wait for room: the number to tell them once there is some.
    promised: Option<u64>,
}

/// A record in the consumer's hands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken<'a> {
    pub(crate) ticks: u64,
    pub(crate) header: RecordHeader,
    pub(crate) bytes: &'a [u8],
}

impl Consumer {
    pub(crate) fn new(queue: Arc<SpscQueue>, words: RingBuffer) -> Self {
        Self {
            queue,
            words,
            rings: VecDeque::new(),
            at: 0,
            end: 0,
            due: 0,
            deferred: VecDeque::new(),
            taken: 0,
            bytes: Vec::new(),
            popped_deferred: None,
        }
    }

    pub(crate) fn queue(&self) -> &Arc<SpscQueue> {
        &self.queue
    }

    /// The number of the last record taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Looks what there is. DeferredRecord records become queued by this. Gives what was dropped since the last look.
    pub(crate) fn poll(&mut self) -> Vec<Dropped> {
        self.due = self.end;
        self.end = self.queue.producer_side.tail.load(Ordering::Acquire);
        // After the tail: whatever was put deferred before the record at the tail is seen here.
        if self.queue.attention.load(Ordering::Acquire) || self.queue.channel.parker.is_closed() {
            self.poll_deferred()
        } else {
            Vec::new()
        }
    }

    #[cold]
    fn poll_deferred(&mut self) -> Vec<Dropped> {
        let mut deferred = self.queue.deferred();
        self.queue.attention.store(false, Ordering::Relaxed);
        // Again, under the lock: what lies deferred must not be taken before what was put into the ring before it.
        self.end = self.queue.producer_side.tail.load(Ordering::Acquire);
        if self.queue.channel.parker.is_closed() {
            deferred.last_tail = Some(self.end);
        }
        self.rings.extend(deferred.rings.drain(..));
        if let Some(record) = deferred.oversized.take() {
            let record = Arc::new(record);
            self.deferred.push_back(DeferredEntry {
                record,
                promised: None,
            });
        }
        for record in deferred.take_waiting() {
            // Its producer puts nothing into the ring meanwhile, so the number is free.
            let number = self.queue.producer_side.newest.load(Ordering::Relaxed) + 1;
            self.queue
                .producer_side
                .newest
                .store(number, Ordering::Release);
            self.deferred.push_back(DeferredEntry {
                record,
                promised: Some(number),
            });
        }
        std::mem::take(&mut deferred.dropped)
    }

    /// The time of the next record: that at which it was made, or `cut_off` if it was seen before the last sweep and so is due in any
    /// case, whatever the clock did.
    #[inline]
    pub(crate) fn next(&self, cut_off: u64) -> Option<u64> {
        if let Some(deferred) = self.next_deferred() {
            return Some(deferred.record.ticks);
        }
        if self.at == self.end {
            return None;
        }
        let new_rings = self.rings.iter().take_while(|(from, _)| *from == self.at);
        let words = new_rings.last().map_or(&self.words, |(_, words)| words);
        let ticks = words.get(self.at);
        let is_due = self.at < self.due;
        Some(if is_due { ticks.min(cut_off) } else { ticks })
    }

    /// Takes the next record, if there is one.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Taken<'_>> {
        if let Some(deferred) = self.deferred.front() {
            let before = deferred.record.position.saturating_sub(self.at);
            if before == 0 {
                return self.pop_deferred();
            }
            if deferred.promised.is_some() && before <= self.words.len() / 2 {
                self.make_promises_good();
            }
        }
        if self.at == self.end {
            return None;
        }
        while self.rings.front().is_some_and(|(from, _)| *from == self.at) {
            self.words = self.rings.pop_front()?.1;
        }
        let ticks = self.words.get(self.at);
        let (header, size) = RecordHeader::read(self.words.get(self.at + 1));
        let from = self.at + HEADER_WORDS;
        let length = usize::try_from(size).unwrap_or(0) * size_of::<u64>();
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
        let bytes = &mut self.bytes[..length];
        for (position, word) in (from..).zip(bytes.chunks_exact_mut(size_of::<u64>())) {
            word.copy_from_slice(&self.words.get(position).to_le_bytes());
        }
        self.at = from + size;
        self.count();
        let bytes = &self.bytes[..length];
        Some(Taken {
            ticks,
            header,
            bytes,
        })
    }

    #[inline]
    fn next_deferred(&self) -> Option<&DeferredEntry> {
        let deferred = self.deferred.front()?;
        (deferred.record.position <= self.at).then_some(deferred)
    }

    /// Tells those who wait for room that there is some: half of the ring, so that they are back before the other half is empty.
    #[cold]
    fn make_promises_good(&mut self) {
        for deferred in &mut self.deferred {
            deferred.settle();
        }
    }

    #[cold]
    fn pop_deferred(&mut self) -> Option<Taken<'_>> {
        let mut deferred = self.deferred.pop_front()?;
        self.count();
        deferred.settle();
        let record = self.popped_deferred.insert(deferred.record);
        Some(Taken {
            ticks: record.ticks,
            header: record.header,
            bytes: &record.bytes,
        })
    }

    fn count(&mut self) {
        self.taken += 1;
        let positions = &self.queue.consumer_side;
        // Whoever sees it sees that so many were queued.
        positions.taken.store(self.taken, Ordering::Release);
        positions.head.store(self.at, Ordering::Release);
    }

    /// Whether every record seen was taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.end && self.deferred.is_empty()
    }

    /// Whether a sweep would find nothing; before a nap, nothing urgent. To be asked after the rest was announced.
    pub(crate) fn may_wait(&self, rest: WaitMode) -> bool {
        let positions = &self.queue.producer_side;
        let is_seen = match rest {
            WaitMode::Batch => positions.urgent.load(Ordering::Relaxed) <= self.end,
            WaitMode::Park => positions.tail.load(Ordering::Relaxed) == self.end,
        };
        is_seen && !self.queue.attention.load(Ordering::Relaxed)
    }
}

impl DeferredEntry {
    fn settle(&mut self) {
        if let Some(number) = self.promised.take() {
            self.record
                .settle(DeferredState::Queued(number))
                .into_iter()
                .for_each(rouse);
        }
    }
}

impl Drop for Consumer {
    /// The writer ends: nobody may go on waiting for room. What became of the records, the progress of the queue tells.
    fn drop(&mut self) {
        self.deferred.iter_mut().for_each(DeferredEntry::settle);
    }
}
