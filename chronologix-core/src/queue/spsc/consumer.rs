//! The writer's end of a lane.

use std::collections::VecDeque;

use super::{Dropped, Lane, Parked, ParkedState};
use crate::queue::{
    parker::Rest,
    record_header::{HEAD_WORDS, Tag},
    ring_buffer::Words,
    rouse,
    sync::{Arc, Ordering},
};

/// The end of a lane at which records are taken out.
#[derive(Debug)]
pub(crate) struct Consumer {
    lane: Arc<Lane>,
    words: Words,
    /// Larger rings, each with the position from which on it is used.
    rings: VecDeque<(u64, Words)>,
    /// The position of the next record in the ring.
    at: u64,
    /// Where the tail was at the last sweep, and at the one before: what came before that is due in any case.
    end: u64,
    due: u64,
    /// Records from outside the ring, each with the position it comes at.
    aside: VecDeque<Aside>,
    /// Records taken so far.
    taken: u64,
    /// The arguments of the record taken last: from the ring, or from outside.
    bytes: Vec<u8>,
    taken_aside: Option<Arc<Parked>>,
}

/// A record from outside the ring.
#[derive(Debug)]
struct Aside {
    record: Arc<Parked>,
    /// For those who wait for room: the number to tell them once there is some.
    promised: Option<u64>,
}

/// A record in the consumer's hands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken<'a> {
    pub(crate) ticks: u64,
    pub(crate) tag: Tag,
    pub(crate) bytes: &'a [u8],
}

impl Consumer {
    pub(crate) fn new(lane: Arc<Lane>, words: Words) -> Self {
        Self {
            lane,
            words,
            rings: VecDeque::new(),
            at: 0,
            end: 0,
            due: 0,
            aside: VecDeque::new(),
            taken: 0,
            bytes: Vec::new(),
            taken_aside: None,
        }
    }

    pub(crate) fn lane(&self) -> &Arc<Lane> {
        &self.lane
    }

    /// The number of the last record taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Looks what there is. Parked records become queued by this. Gives what was dropped since the last look.
    pub(crate) fn sweep(&mut self) -> Vec<Dropped> {
        self.due = self.end;
        self.end = self.lane.filling.tail.load(Ordering::Acquire);
        // After the tail: whatever was put aside before the record at the tail is seen here.
        if self.lane.attention.load(Ordering::Acquire) || self.lane.rules.wake.is_closed() {
            self.sweep_aside()
        } else {
            Vec::new()
        }
    }

    #[cold]
    fn sweep_aside(&mut self) -> Vec<Dropped> {
        let mut aside = self.lane.aside();
        self.lane.attention.store(false, Ordering::Relaxed);
        // Again, under the lock: what lies aside must not be taken before what was put into the ring before it.
        self.end = self.lane.filling.tail.load(Ordering::Acquire);
        if self.lane.rules.wake.is_closed() {
            aside.last_tail = Some(self.end);
        }
        self.rings.extend(aside.rings.drain(..));
        if let Some(record) = aside.oversized.take() {
            let record = Arc::new(record);
            self.aside.push_back(Aside {
                record,
                promised: None,
            });
        }
        for record in aside.take_waiting() {
            // Its producer puts nothing into the ring meanwhile, so the number is free.
            let number = self.lane.filling.newest.load(Ordering::Relaxed) + 1;
            self.lane.filling.newest.store(number, Ordering::Release);
            self.aside.push_back(Aside {
                record,
                promised: Some(number),
            });
        }
        std::mem::take(&mut aside.dropped)
    }

    /// The time of the next record: that at which it was made, or `cut_off` if it was seen before the last sweep and so is due in any
    /// case, whatever the clock did.
    #[inline]
    pub(crate) fn next(&self, cut_off: u64) -> Option<u64> {
        if let Some(aside) = self.next_aside() {
            return Some(aside.record.ticks);
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
    pub(crate) fn take(&mut self) -> Option<Taken<'_>> {
        if let Some(aside) = self.aside.front() {
            let before = aside.record.position.saturating_sub(self.at);
            if before == 0 {
                return self.take_aside();
            }
            if aside.promised.is_some() && before <= self.words.len() / 2 {
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
        let (tag, size) = Tag::read(self.words.get(self.at + 1));
        let from = self.at + HEAD_WORDS;
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
        Some(Taken { ticks, tag, bytes })
    }

    #[inline]
    fn next_aside(&self) -> Option<&Aside> {
        let aside = self.aside.front()?;
        (aside.record.position <= self.at).then_some(aside)
    }

    /// Tells those who wait for room that there is some: half of the ring, so that they are back before the other half is empty.
    #[cold]
    fn make_promises_good(&mut self) {
        for aside in &mut self.aside {
            aside.settle();
        }
    }

    #[cold]
    fn take_aside(&mut self) -> Option<Taken<'_>> {
        let mut aside = self.aside.pop_front()?;
        self.count();
        aside.settle();
        let record = self.taken_aside.insert(aside.record);
        Some(Taken {
            ticks: record.ticks,
            tag: record.tag,
            bytes: &record.bytes,
        })
    }

    fn count(&mut self) {
        self.taken += 1;
        let emptying = &self.lane.emptying;
        // Whoever sees it sees that so many were queued.
        emptying.taken.store(self.taken, Ordering::Release);
        emptying.head.store(self.at, Ordering::Release);
    }

    /// Whether every record seen was taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.end && self.aside.is_empty()
    }

    /// Whether a sweep would find nothing; before a nap, nothing urgent. To be asked after the rest was announced.
    pub(crate) fn allows(&self, rest: Rest) -> bool {
        let filling = &self.lane.filling;
        let is_seen = match rest {
            Rest::Nap => filling.urgent.load(Ordering::Relaxed) <= self.end,
            Rest::Sleep => filling.tail.load(Ordering::Relaxed) == self.end,
        };
        is_seen && !self.lane.attention.load(Ordering::Relaxed)
    }
}

impl Aside {
    fn settle(&mut self) {
        if let Some(number) = self.promised.take() {
            self.record
                .settle(ParkedState::Queued(number))
                .into_iter()
                .for_each(rouse);
        }
    }
}

impl Drop for Consumer {
    /// The writer ends: nobody may go on waiting for room. What became of the records, the progress of the lane tells.
    fn drop(&mut self) {
        self.aside.iter_mut().for_each(Aside::settle);
    }
}
