//! The flight recorder of a stream: the last records below its level, in memory, until something
//! asks for them.
//!
//! Each thread writes into a [`Segment`] of its own, which nothing overwrites. When it is full the
//! thread takes another one, which is the only time that it waits for a lock: once in as much as a
//! segment holds. The [`Recorder`] knows all segments of all threads. If they are larger together
//! than they may be, it drops the full one whose last record is the oldest.
//!
//! What is left has no gaps: records up to the newest that was dropped are not returned any more,
//! also those that lie in other segments. So "none is lost but the oldest" holds for all threads
//! together.

use std::collections::VecDeque;

mod kept;
mod segment;

pub(crate) use self::kept::{Kept, KeptRecord};
use self::{kept::Run, segment::Segment};
use super::sync::{Arc, Mutex, lock};
use crate::Level;

pub(super) use self::segment::Recording;

/// Words of the first segment of a thread: 4 KiB. Each later one is larger.
const FIRST_SEGMENT: u64 = if cfg!(loom) { 4 } else { 1 << 9 };

/// Words of the largest segment: 16 KiB, so that it is in the first cache of the processor.
const MAX_SEGMENT: u64 = if cfg!(loom) { 8 } else { 1 << 11 };

/// The part of the whole that one segment may take.
const SEGMENTS: u64 = 16;

/// How much larger the next segment of a thread is.
const GROWTH: u64 = 4;

/// The records that one stream keeps.
#[derive(Debug)]
pub struct Recorder {
    /// The lowest level that is kept, of the records that the stream does not take.
    pub(crate) level: Level,
    /// The words that all segments may have together.
    limit: u64,
    state: Mutex<RecorderState>,
}

#[derive(Debug, Default)]
struct RecorderState {
    /// Those that threads write into: one a thread.
    open: Vec<KeptSegment>,
    /// Those that no thread writes into any more, with the ticks of the last record. They are in
    /// the order of these, and those of one thread in their own. There may be thousands, and the
    /// first is dropped whenever a thread takes another.
    closed: VecDeque<(u64, KeptSegment)>,
    /// The words of all of them.
    words: u64,
    /// The ticks of the newest record that was lost. None of this age is returned.
    lost_up_to: u64,
    /// Records lost since the last call of `take`.
    lost: u64,
}

/// A segment, and how much of it is known to be of no use any more.
#[derive(Debug)]
struct KeptSegment {
    segment: Arc<Segment>,
    /// The name of the thread that writes it, if streams name threads.
    thread: Option<Arc<str>>,
    /// The position of the first record that was not taken yet.
    from: u64,
    /// How many were taken.
    taken: u64,
}

impl Recorder {
    /// Creates a recorder of so many bytes.
    pub fn new(level: Level, bytes: u64) -> Self {
        Self {
            level,
            limit: bytes / size_of::<u64>() as u64,
            state: Mutex::default(),
        }
    }

    /// Returns a segment for a thread, with room for a record of so many words. `before` is its
    /// last one. Returns `None` if the record is larger than all may be.
    pub(super) fn next(
        &self,
        before: Option<&Recording>,
        words: u64,
        thread: Option<Arc<str>>,
    ) -> Option<Arc<Segment>> {
        let mut dropped = Vec::new();
        let mut state = lock(&self.state);
        let grown = before.map_or(FIRST_SEGMENT, |before| before.segment.len() * GROWTH);
        if let Some(before) = before {
            state.finish(before);
        }
        let largest = MAX_SEGMENT.min(self.limit / SEGMENTS).max(FIRST_SEGMENT);
        let mut size = grown.min(largest).max(words).next_power_of_two();
        if size > self.limit {
            state.lost += 1;
            return None;
        }
        while state.words + size > self.limit {
            let Some(slot) = state.drop_oldest() else {
                // The threads are many, and write all there is.
                size = FIRST_SEGMENT.max(words).next_power_of_two();
                break;
            };
            dropped.push(slot);
        }
        let segment = Arc::new(Segment::new(size));
        state.words += size;
        state.open.push(KeptSegment {
            segment: Arc::clone(&segment),
            thread,
            from: 0,
            taken: 0,
        });
        drop(state);
        // Their memory is freed without the lock.
        drop(dropped);
        Some(segment)
    }

    /// Takes note that a thread writes no more into its segment. What it holds is kept.
    pub(super) fn finish(&self, recording: &Recording) {
        lock(&self.state).finish(recording);
    }

    /// Takes what was stamped up to these ticks. What is stamped later stays.
    pub(crate) fn take(&self, up_to: u64) -> Kept {
        let mut state = lock(&self.state);
        let state = &mut *state;
        let mut runs = Vec::with_capacity(state.closed.len() + state.open.len());
        let closed = state
            .closed
            .iter_mut()
            .map(|(last, slot)| (slot, *last <= up_to));
        let open = state.open.iter_mut().map(|slot| (slot, false));
        for (slot, is_taken_whole) in closed.chain(open) {
            let (end, records) = slot.segment.filled();
            let mut run = Run::new(&slot.segment, slot.thread.as_ref(), slot.from..end);
            // What is as old as what was lost.
            let lost = run.skip_to(state.lost_up_to);
            state.lost += lost;
            slot.taken += lost;
            slot.from = run.begin();
            if is_taken_whole {
                (slot.from, slot.taken) = (end, records);
            } else {
                let taken = run.cut_at(up_to);
                slot.from = run.end();
                slot.taken += taken;
            }
            runs.push(run);
        }
        let words = &mut state.words;
        state.closed.retain(|(_, slot)| {
            let is_done = slot.from == slot.segment.filled().0;
            *words -= if is_done { slot.segment.len() } else { 0 };
            !is_done
        });
        Kept::new(runs, std::mem::take(&mut state.lost))
    }

    /// Returns the bytes of all segments.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> u64 {
        lock(&self.state).words * size_of::<u64>() as u64
    }
}

impl RecorderState {
    fn finish(&mut self, recording: &Recording) {
        let segment = |slot: &KeptSegment| Arc::ptr_eq(&slot.segment, &recording.segment);
        let at = self.open.iter().position(segment);
        debug_assert!(at.is_some(), "a segment that is written is known");
        if let Some(at) = at {
            let (slot, last) = (self.open.swap_remove(at), recording.last());
            // Nearly always at the end.
            let place = self.closed.partition_point(|(other, _)| *other <= last);
            self.closed.insert(place, (last, slot));
        }
    }

    /// Drops the segment whose last record is the oldest, of those that no thread writes into.
    fn drop_oldest(&mut self) -> Option<KeptSegment> {
        let (end, slot) = self.closed.pop_front()?;
        self.words -= slot.segment.len();
        let (filled, records) = slot.segment.filled();
        if slot.from < filled {
            self.lost += records - slot.taken;
            self.lost_up_to = self.lost_up_to.max(end);
        }
        Some(slot)
    }
}
