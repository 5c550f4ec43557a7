//! The caller's end of a lane.

use super::{Lane, Parked, Rules, consumer::Consumer};
use crate::queue::{
    asymmetric_fence::LightFence,
    parker::Door,
    record_header::{HEAD_WORDS, MOST_WORDS, Tag},
    ring_buffer::{Slot, Words},
    sync::{Arc, Ordering, fence},
};
use crate::{Durability, Overflow, clock::Clock};

/// Words of a lane's first ring: 64 KiB. Threads that log little never need more, and it stays in the cache of the processor.
/// In models, where each word costs time, the second record makes it grow.
const FIRST_RING: u64 = if cfg!(loom) { 8 } else { 1 << 13 };

/// Words up to which a ring grows while callers wait for room: 256 KiB. A larger one only holds more of what the writer cannot keep up
/// with, and drives everything else out of the cache: measured with 64 threads, a record costs a third more with 1 MiB each. Where
/// callers do not wait, it grows to the capacity before anything is dropped.
const RING_WHILE_WAITING: u64 = 1 << 15;

/// With more streams than this a ring grows to the capacity at once: each stream's file costs a `write`, and the more lines gather for
/// it, the better.
const FEW_STREAMS: usize = 64;

/// By how much a ring is larger than the one before.
const GROWTH: u64 = 4;

/// The end of a lane at which records are put in. Belongs to one thread.
#[derive(Debug)]
pub(crate) struct Producer {
    lane: Arc<Lane>,
    /// What else a record needs, copied here: a call after a while of rest meets few lines of memory that it has to wait for.
    clock: Clock,
    id: u64,
    durabilities: Box<[Durability]>,
    fence: LightFence,
    words: Words,
    /// The position from which on `words` is used.
    base: u64,
    /// The position behind the last record.
    tail: u64,
    /// The number of the last record.
    newest: u64,
    /// Words up to which `words` may grow.
    largest: u64,
    /// Up to here records may go without another thought: there is room, and the writer need not be called. 0 while
    /// records wait for room, so that none overtakes them.
    limit: u64,
}

/// A record in the ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) number: u64,
    /// The number of the lane.
    pub(crate) lane: u64,
    /// What its stream promises.
    pub(crate) durability: Durability,
}

/// What became of a record offered to a lane.
#[derive(Debug)]
pub(crate) enum Admission {
    /// Queued under this number.
    Queued(u64),
    /// No room; it will be queued by the writer's next sweep.
    Parked(Arc<Parked>),
    /// No room, and the stream drops when there is none.
    Dropped,
    /// The logger was stopped.
    Closed,
}

/// Why a record could not be put into the ring.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotQueued {
    /// There is no room, or others wait for it.
    NoRoom,
    /// The logger was stopped.
    Closed,
}

/// Both ends of a new lane.
pub(crate) fn lane(rules: Arc<Rules>) -> (Producer, Consumer) {
    let words = Words::new(FIRST_RING.min(capacity(&rules)));
    let lane = Arc::new(Lane::new(rules));
    let consumer = Consumer::new(Arc::clone(&lane), words.clone());
    let streams = lane.rules.streams.iter();
    let producer = Producer {
        clock: lane.rules.clock.clone(),
        id: lane.id,
        durabilities: streams.map(|stream| stream.durability).collect(),
        fence: LightFence::new(),
        largest: if lane.rules.streams.len() > FEW_STREAMS {
            capacity(&lane.rules)
        } else {
            RING_WHILE_WAITING.min(capacity(&lane.rules))
        },
        base: 0,
        tail: 0,
        newest: 0,
        limit: 0,
        words,
        lane,
    };
    (producer, consumer)
}

/// Words a lane may hold.
fn capacity(rules: &Rules) -> u64 {
    (rules.capacity / size_of::<u64>()) as u64
}

impl Producer {
    #[inline]
    pub(crate) fn lane(&self) -> &Arc<Lane> {
        &self.lane
    }

    #[inline]
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether the logger was stopped.
    pub(crate) fn is_closed(&self) -> bool {
        self.lane.rules.wake.is_closed()
    }

    /// Stamps a record and puts it into the ring. `fill` gets a slot for `size` words, and must not call any code of users, for
    /// that might log.
    #[inline]
    pub(crate) fn put(
        &mut self,
        tag: Tag,
        size: usize,
        fill: impl FnOnce(&mut Slot<'_>),
    ) -> Result<Placed, NotQueued> {
        let size = size as u64;
        let end = self.tail + HEAD_WORDS + size;
        let is_crowded = end > self.limit && self.make_room(end)?;
        let mut slot = self.words.slot(self.tail);
        slot.put(self.clock.ticks());
        slot.put(tag.with_size(size));
        fill(&mut slot);
        self.newest += 1;
        let filling = &self.lane.filling;
        filling.newest.store(self.newest, Ordering::Relaxed);
        filling.tail.store(end, Ordering::Release);
        let durability = self.durabilities[usize::from(tag.stream)];
        let urgent = is_crowded || durability != Durability::Queued;
        // Between what was queued and the look whether the writer must be called: see `wake`.
        if urgent {
            filling.urgent.store(end, Ordering::Relaxed);
            fence(Ordering::SeqCst);
        } else {
            self.fence.light();
        }
        let wake = &self.lane.rules.wake;
        match wake.door(urgent) {
            Door::Open => {}
            Door::Asleep => wake.ring(),
            Door::Closed => self.take_back(end)?,
        }
        self.tail = end;
        Ok(Placed {
            number: self.newest,
            lane: self.id,
            durability,
        })
    }

    /// Puts a record into the ring or, if it has no room there, aside.
    #[cold]
    pub(crate) fn put_anywhere(&mut self, tag: Tag, bytes: &[u8]) -> Admission {
        let words = bytes.len() / size_of::<u64>();
        let put = if words as u64 > MOST_WORDS {
            Err(NotQueued::NoRoom)
        } else {
            self.put(tag, words, |slot| slot.put_bytes(bytes))
        };
        match put {
            Ok(placed) => Admission::Queued(placed.number),
            Err(NotQueued::Closed) => Admission::Closed,
            Err(NotQueued::NoRoom) => self.put_aside(tag, bytes),
        }
    }

    /// Looks for room up to `end`. Whether there is no longer so much of it that the writer may be left to nap.
    #[cold]
    fn make_room(&mut self, end: u64) -> Result<bool, NotQueued> {
        if self.is_closed() {
            return Err(NotQueued::Closed);
        }
        self.limit = 0;
        if self.is_waited_for() {
            return Err(NotQueued::NoRoom);
        }
        let capacity = capacity(&self.lane.rules);
        let head = self.lane.emptying.head.load(Ordering::Acquire);
        // A larger ring before the writer is called, and before anybody waits.
        while self.words.len() < self.largest && end - head.max(self.base) > self.words.len() / 2 {
            self.grow();
        }
        let full = (head + capacity).min(head.max(self.base) + self.words.len());
        let half = full.min(head + capacity.min(self.words.len()) / 2);
        if end > full {
            return Err(NotQueued::NoRoom);
        }
        // Once the writer was called, this is not asked again before the lane is full.
        let is_crowded = end > half;
        self.limit = if is_crowded { full } else { half };
        Ok(is_crowded)
    }

    /// Whether records wait for room. If not any more, the numbers they got are caught up with.
    fn is_waited_for(&mut self) -> bool {
        let aside = self.lane.aside();
        if aside.is_pressed {
            self.largest = capacity(&self.lane.rules);
        }
        if !aside.waiting.is_empty() {
            return true;
        }
        self.newest = self.lane.newest();
        false
    }

    /// Goes on in a larger ring. The consumer follows when it has read the other to the end.
    fn grow(&mut self) {
        let larger = Words::new(self.words.len() * GROWTH);
        let lane = &self.lane;
        lane.aside().rings.push((self.tail, larger.clone()));
        lane.attention.store(true, Ordering::Relaxed);
        self.words = larger;
        self.base = self.tail;
    }

    /// The lane was closed while a record was put into it: whether the consumer has it.
    #[cold]
    fn take_back(&mut self, end: u64) -> Result<(), NotQueued> {
        let aside = self.lane.aside();
        if aside.last_tail.is_some_and(|last| end > last) {
            self.newest -= 1;
            let filling = &self.lane.filling;
            filling.newest.store(self.newest, Ordering::Relaxed);
            filling.tail.store(self.tail, Ordering::Release);
            return Err(NotQueued::Closed);
        }
        Ok(())
    }

    #[cold]
    fn put_aside(&mut self, tag: Tag, bytes: &[u8]) -> Admission {
        let lane = &self.lane;
        let rules = &lane.rules;
        let mut aside = lane.aside();
        if rules.wake.is_closed() {
            return Admission::Closed;
        }
        let ticks = self.clock.ticks();
        let words = (bytes.len() / size_of::<u64>()) as u64 + HEAD_WORDS;
        let fits = words <= capacity(rules) && words <= MOST_WORDS + HEAD_WORDS;
        let is_empty = lane.emptying.head.load(Ordering::Acquire) == self.tail
            && aside.waiting.is_empty()
            && aside.oversized.is_none();
        let drops = rules.streams[usize::from(tag.stream)].overflow == Overflow::Drop;
        let parked = || Parked::new(tag, ticks, bytes, self.tail);
        let admission = if !fits && is_empty {
            // No queue is large enough for it: it is let in alone.
            aside.oversized = Some(parked());
            self.newest = lane.newest() + 1;
            lane.filling.newest.store(self.newest, Ordering::Relaxed);
            Admission::Queued(self.newest)
        } else if drops && self.largest < capacity(rules) {
            aside.is_pressed = true;
            drop(aside);
            return self.put_anywhere(tag, bytes);
        } else if drops {
            aside.note_drop(tag.stream, ticks);
            Admission::Dropped
        } else {
            let parked = Arc::new(parked());
            aside.wait(Arc::clone(&parked));
            self.limit = 0;
            Admission::Parked(parked)
        };
        lane.attention.store(true, Ordering::Relaxed);
        drop(aside);
        rules.wake.hurry();
        admission
    }
}
