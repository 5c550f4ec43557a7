//! A queue against a queue from a textbook: everything once, in order, under its number, and never
//! more than the capacity allows.

mod queue;

use std::{collections::VecDeque, sync::Arc, task::Waker, time::Duration};

use chronologix_core::{
    ManualClock,
    internals::{
        AsRaw as _, BufEncoder, DeferredRecord, Dropped, Encode as _, PushError, PushOutcome,
        RecordHeader, WaitMode,
    },
};

use self::queue::Queue;
use super::feed::Feed;

/// Bytes of a record besides its arguments.
const HEAD: u64 = 16;

/// Bytes up to which a ring grows while callers wait.
const RING_WHILE_WAITING: u64 = 1 << 18;

/// What one program may put in all, so that none takes long.
const MOST_BYTES: usize = 3 << 19;

/// Of a number that goes into no number of words.
const LETTERS: &[u8; 35] = b"abcdefghijklmnopqrstuvwxyz012345678";

/// The stream that waits for room, and the one that drops.
const WAITS: u16 = 0;
const DROPS: u16 = 1;

pub(crate) fn check(data: &[u8]) {
    let mut feed = Feed::new(data);
    let capacity = (1 << feed.below(20)) + feed.short() % 8 * 5;
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(0));
    let mut run = Run {
        spsc: Queue::new(capacity, clock.clone()),
        clock,
        capacity: capacity as u64 / 8 * 8,
        queue: VecDeque::new(),
        in_ring: 0,
        waiting: 0,
        alone: 0,
        parked: Vec::new(),
        dropped: Vec::new(),
        offered: 0,
        queued: 0,
        taken: 0,
        ticks: 1_000_000_000,
        closed: Closed::No,
        bytes: 0,
    };
    while !feed.is_empty() && run.bytes < MOST_BYTES {
        run.step(&mut feed);
        run.look();
    }
    run.finish();
}

/// A queue, and what should be in it.
struct Run {
    spsc: Queue,
    clock: ManualClock,
    /// In whole words.
    capacity: u64,
    /// In the order of their offers, those that the writer has seen in front.
    queue: VecDeque<Expected>,
    /// Bytes in the ring; of the others only those that the writer has not seen.
    in_ring: u64,
    waiting: u64,
    alone: u64,
    /// Records whose callers still wait for room.
    parked: Vec<(u64, Arc<DeferredRecord>)>,
    /// What the next poll should report.
    dropped: Vec<Dropped>,
    offered: u64,
    queued: u64,
    taken: u64,
    ticks: u64,
    closed: Closed,
    bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closed {
    No,
    /// The writer has not looked since.
    Just,
    Known,
}

/// A record in the queue.
#[derive(Debug)]
struct Expected {
    /// Names it, among all that were offered.
    offer: u64,
    header: RecordHeader,
    ticks: u64,
    bytes: Vec<u8>,
    place: Place,
    /// Whether the writer has seen it.
    is_seen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Ring,
    /// It waits for room, or did until the writer saw it.
    Waiting,
    /// Larger than the ring can ever be.
    Oversized,
}

impl Run {
    fn step(&mut self, feed: &mut Feed<'_>) {
        match feed.below(16) {
            0..=4 => self.offer(feed),
            5..=6 => self.push(feed),
            7 => {
                // Many at once, so that rings grow and go round.
                let record = feed.clone();
                feed.bytes(4);
                for _ in 0..feed.byte() {
                    self.offer(&mut record.clone());
                }
            }
            8..=9 => self.poll(),
            10..=12 => {
                for _ in 0..=feed.byte() {
                    if !self.take() {
                        break;
                    }
                }
            }
            13 => self.abandon(feed.below(256)),
            14 => {
                let pause = feed.byte();
                self.clock.advance(Duration::from_nanos(pause.into()));
                self.ticks += u64::from(pause);
            }
            _ if feed.below(32) == 0 => {
                self.spsc.close();
                if self.closed == Closed::No {
                    self.closed = Closed::Just;
                }
            }
            _ => {}
        }
    }

    fn offer(&mut self, feed: &mut Feed<'_>) {
        let header = self.header(feed);
        let length = self.length(feed);
        let bytes = self.payload(length.next_multiple_of(8));
        let outcome = self.spsc.producer.push_or_defer(header, &bytes);
        self.judge(header, bytes, outcome);
    }

    /// A text by the way that copies it once.
    fn push(&mut self, feed: &mut Feed<'_>) {
        let header = self.header(feed);
        let length = self.length(feed);
        let text = String::from_utf8(self.payload(length)).expect("letters");
        let raw = text.as_raw();
        let producer = &mut self.spsc.producer;
        let put = producer.push(header, raw.words(), |slot| raw.encode(slot));
        let mut bytes = Vec::new();
        raw.encode(&mut BufEncoder::with_room(&mut bytes, usize::MAX));
        let outcome = match put {
            Ok(durability) => {
                PushOutcome::Queued(self.spsc.producer.last_pushed(durability).sequence)
            }
            Err(PushError::Closed) => PushOutcome::Closed,
            // What `log!` does then. No stream keeps records in memory.
            Err(PushError::Full | PushError::Undecided) => {
                self.spsc.producer.push_or_defer(header, &bytes)
            }
        };
        self.judge(header, bytes, outcome);
    }

    fn header(&self, feed: &mut Feed<'_>) -> RecordHeader {
        let callsite = u32::try_from(self.offered).expect("few") * 257 % (1 << 24);
        let stream = if feed.below(2) == 0 { WAITS } else { DROPS };
        RecordHeader { callsite, stream }
    }

    fn length(&mut self, feed: &mut Feed<'_>) -> usize {
        let length = usize::from(feed.byte());
        match feed.below(8) {
            0..=3 => length,
            4 => length * 8,
            5 => length * 64,
            // About what the queue has room for.
            6 => (usize::try_from(self.capacity).expect("small") + length).saturating_sub(128),
            _ => usize::try_from(self.room())
                .expect("small")
                .saturating_sub(length % 32),
        }
    }

    /// Letters that tell one record from another, and one place in it from another.
    fn payload(&mut self, length: usize) -> Vec<u8> {
        self.bytes += length + 256;
        let start = usize::try_from(self.offered).expect("few");
        let mut letters = LETTERS.repeat(length / LETTERS.len() + 2);
        letters.drain(..start % LETTERS.len());
        letters.truncate(length);
        letters
    }

    /// Whether the queue did with a record what it should.
    fn judge(&mut self, header: RecordHeader, bytes: Vec<u8>, outcome: PushOutcome) {
        let size = HEAD + bytes.len() as u64;
        let in_ring = self.in_ring;
        let fits = in_ring + size <= self.capacity;
        let is_empty = in_ring + self.waiting + self.alone == 0;
        let goes_alone = size > self.capacity && is_empty;
        let may_be_queued = (fits && self.waiting == 0) || goes_alone;
        let mut place = if goes_alone {
            Place::Oversized
        } else {
            Place::Ring
        };
        let is_open = self.closed == Closed::No;
        self.offered += 1;
        match outcome {
            PushOutcome::Queued(number) => {
                assert!(may_be_queued && self.closed != Closed::Known);
                self.queued += 1;
                assert_eq!(number, self.queued);
            }
            PushOutcome::Deferred(parked) => {
                let ring = self.capacity.min(RING_WHILE_WAITING);
                assert!(is_open && header.stream == WAITS);
                assert!(!may_be_queued || in_ring + size > ring, "there was room");
                assert_eq!(number_of(&parked), None);
                self.parked.push((self.offered, parked));
                place = Place::Waiting;
            }
            PushOutcome::Dropped => {
                assert!(is_open && header.stream == DROPS && !may_be_queued);
                self.note_drop(header, self.ticks);
                return;
            }
            PushOutcome::Closed => {
                assert!(!is_open);
                return;
            }
        }
        *self.count(place) += size;
        self.queue.push_back(Expected {
            offer: self.offered,
            header,
            ticks: self.ticks,
            bytes,
            place,
            is_seen: false,
        });
    }

    /// A caller no longer waits.
    fn abandon(&mut self, which: usize) {
        if self.parked.is_empty() {
            return;
        }
        let (offer, parked) = self.parked.swap_remove(which % self.parked.len());
        let too_much = self.in_ring + self.waiting > self.capacity;
        let at = self.find(offer).filter(|&at| !self.queue[at].is_seen);
        assert_eq!(
            self.spsc.producer.queue().abandon(&parked),
            at.is_some() && too_much
        );
        if let Some(at) = at.filter(|_| too_much) {
            let record = self.queue.remove(at).expect("just found");
            self.waiting -= record.size();
            self.note_drop(record.header, record.ticks);
        }
    }

    fn poll(&mut self) {
        let mut dropped = self.spsc.consumer.poll();
        dropped.sort_by_key(|dropped| dropped.stream);
        self.dropped.sort_by_key(|dropped| dropped.stream);
        assert_eq!(dropped, std::mem::take(&mut self.dropped));
        for record in self.queue.iter_mut().rev() {
            if record.is_seen {
                break;
            }
            record.is_seen = true;
            self.queued += u64::from(record.place == Place::Waiting);
        }
        (self.waiting, self.alone) = (0, 0);
        if self.closed == Closed::Just {
            self.closed = Closed::Known;
        }
        assert!(
            self.spsc.consumer.may_wait(WaitMode::Park),
            "everything was seen"
        );
    }

    /// Takes a record, if there is one that the writer has seen.
    fn take(&mut self) -> bool {
        let next = self.spsc.consumer.next(u64::MAX);
        let Some(record) = self.queue.front().filter(|record| record.is_seen) else {
            assert_eq!(next, None);
            assert!(self.spsc.consumer.is_empty() && self.spsc.consumer.pop().is_none());
            return false;
        };
        assert_eq!(next, Some(record.ticks));
        let taken = self.spsc.consumer.pop().expect("it was seen");
        assert_eq!((taken.header, taken.ticks), (record.header, record.ticks));
        assert!(taken.bytes == record.bytes, "the bytes are those put");
        self.taken += 1;
        if record.place == Place::Ring {
            self.in_ring -= record.size();
        }
        self.queue.pop_front();
        true
    }

    /// What holds at any time.
    fn look(&mut self) {
        assert_eq!(self.spsc.consumer.popped(), self.taken);
        let bytes = self.in_ring + self.waiting + self.alone;
        let dropped = self.dropped.iter().map(|dropped| dropped.records).sum();
        let depth = self.spsc.producer.queue().depth();
        assert_eq!(
            (depth.records, depth.bytes, depth.dropped),
            (self.queue.len() as u64, bytes, dropped)
        );
        assert!(self.in_ring <= self.capacity, "there is a bound");
        let has_seen = self.queue.front().is_some_and(|record| record.is_seen);
        assert_eq!(self.spsc.consumer.is_empty(), !has_seen);
        let is_news = self.queue.back().is_some_and(|record| !record.is_seen);
        if is_news || !self.dropped.is_empty() {
            assert!(
                !self.spsc.consumer.may_wait(WaitMode::Park),
                "nothing is overlooked"
            );
        }
        // The numbers of those who waited: known at the latest when the record is taken, and right.
        let first = self.taken + 1;
        let mut parked = std::mem::take(&mut self.parked);
        parked.retain(|(offer, parked)| {
            let number = number_of(parked);
            let at = self.find(*offer);
            match at {
                Some(at) if self.queue[at].is_seen => {
                    assert!(number.is_none_or(|number| number == first + at as u64));
                }
                Some(_) => assert_eq!(number, None),
                None => assert!(number.is_some_and(|number| number < first)),
            }
            at.is_some()
        });
        self.parked = parked;
    }

    /// The writer ends: it takes all there is.
    fn finish(mut self) {
        self.spsc.close();
        self.closed = Closed::Just;
        self.poll();
        while self.take() {}
        self.look();
        assert_eq!(self.taken, self.queued);
        assert!(self.queue.is_empty());
        let late = self.spsc.producer.push_or_defer(
            RecordHeader {
                callsite: 1,
                stream: WAITS,
            },
            &[0; 8],
        );
        assert!(matches!(late, PushOutcome::Closed));
    }

    fn count(&mut self, place: Place) -> &mut u64 {
        match place {
            Place::Ring => &mut self.in_ring,
            Place::Waiting => &mut self.waiting,
            Place::Oversized => &mut self.alone,
        }
    }

    fn find(&self, offer: u64) -> Option<usize> {
        let queue = &self.queue;
        queue
            .binary_search_by_key(&offer, |record| record.offer)
            .ok()
    }

    fn room(&self) -> u64 {
        self.capacity.saturating_sub(self.in_ring + HEAD)
    }

    fn note_drop(&mut self, header: RecordHeader, ticks: u64) {
        let RecordHeader { callsite, stream } = header;
        let known = self.dropped.iter_mut().find(|known| known.stream == stream);
        if let Some(known) = known {
            known.records += 1;
            known.between.0 = known.between.0.min(ticks);
            known.between.1 = known.between.1.max(ticks);
            let mut callsites = known.by_callsite.iter_mut();
            match callsites.find(|(number, _)| *number == callsite) {
                Some((_, records)) => *records += 1,
                None => known.by_callsite.push((callsite, 1)),
            }
        } else {
            self.dropped.push(Dropped {
                stream,
                records: 1,
                between: (ticks, ticks),
                by_callsite: vec![(callsite, 1)],
            });
        }
    }
}

/// Returns the number of a deferred record once it is queued. `None` while it waits, and if the
/// writer ended first.
fn number_of(record: &DeferredRecord) -> Option<u64> {
    record.poll(Waker::noop())?.ok()
}

impl Expected {
    fn size(&self) -> u64 {
        HEAD + self.bytes.len() as u64
    }
}
