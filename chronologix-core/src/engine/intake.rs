//! From many lanes to one order.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use crate::queue::{
    lane::{Buffer, Dropped, Lane},
    lanes::Lanes,
    wake::Rest,
};
use crate::record::site::Header;

#[cfg(all(loom, test))]
mod loom_tests;
#[cfg(test)]
mod tests;

/// What was taken from the lanes and not yet merged.
#[derive(Debug, Default)]
pub(super) struct Intake {
    known: Vec<Arc<Lane>>,
    /// By index of the lane.
    hands: Vec<Hand>,
    /// Lanes with something to merge: ticks of the oldest record, then index.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
}

/// One lane's records in the writer's hands.
#[derive(Debug, Default)]
struct Hand {
    buffer: Buffer,
    /// The first record and the first byte not merged yet.
    next: (usize, usize),
    /// Records merged so far, since the lane began.
    merged: u64,
    /// `merged` when callers were last told.
    told: u64,
}

impl Intake {
    /// Swaps every lane's buffer for an empty one. Gives what the lanes had to drop.
    pub(super) fn sweep(&mut self, lanes: &Lanes) -> Vec<Dropped> {
        lanes.extend_known(&mut self.known);
        self.hands.resize_with(self.known.len(), Hand::default);
        let mut dropped = Vec::new();
        for (lane, hand) in self.known.iter().zip(&mut self.hands) {
            hand.forget_merged();
            dropped.extend(lane.sweep(&mut hand.buffer));
        }
        dropped
    }

    /// Hands out the records stamped up to `cut_off`, oldest first. Gives their number. Later ones stay for the next
    /// round, because another lane, looked at before, may have got older ones since.
    pub(super) fn merge(&mut self, cut_off: u64, mut each: impl FnMut(Header, &[u8])) -> u64 {
        let Self { hands, heads, .. } = self;
        let mut records = 0;
        heads.clear();
        heads.extend(
            hands
                .iter()
                .enumerate()
                .filter_map(|(at, hand)| Some(Reverse((hand.head()?, at)))),
        );
        while let Some(Reverse((_, at))) = heads.pop() {
            // As long as no other lane has an older record, this one goes on without the heap.
            let others = heads
                .peek()
                .map_or(u64::MAX, |Reverse((ticks, _))| *ticks)
                .min(cut_off);
            let hand = &mut hands[at];
            while hand.head().is_some_and(|ticks| ticks <= others) {
                hand.hand_out(&mut each);
                records += 1;
            }
            // Past the cut-off, this lane is done for the round.
            if let Some(ticks) = hand.head().filter(|ticks| *ticks <= cut_off) {
                heads.push(Reverse((ticks, at)));
            }
        }
        records
    }

    /// Whether every lane allows the writer this rest, and nothing is in its hands.
    pub(super) fn allows(&mut self, lanes: &Lanes, rest: Rest) -> bool {
        lanes.extend_known(&mut self.known);
        self.hands.resize_with(self.known.len(), Hand::default);
        (rest == Rest::Nap || self.is_empty()) && self.known.iter().all(|lane| lane.allows(rest))
    }

    /// Whether everything taken was merged.
    pub(super) fn is_empty(&self) -> bool {
        self.hands.iter().all(|hand| hand.head().is_none())
    }

    /// The lanes in which records were merged since the last call, with the number of the last.
    pub(super) fn advanced(&mut self) -> impl Iterator<Item = (&Arc<Lane>, u64)> {
        self.known
            .iter()
            .zip(&mut self.hands)
            .filter_map(|(lane, hand)| {
                let before = std::mem::replace(&mut hand.told, hand.merged);
                (before < hand.merged).then_some((lane, hand.merged))
            })
    }

    /// The number of the last record of a lane that was merged.
    pub(super) fn merged(&self, lane: &Arc<Lane>) -> u64 {
        let mut lanes = self.lanes();
        let known = lanes.find(|(known, _, _)| Arc::ptr_eq(known, lane));
        known.map_or(0, |(_, _, merged)| merged)
    }

    /// Each lane, with the number of the last record of earlier batches and that of the last one merged.
    pub(super) fn lanes(&self) -> impl Iterator<Item = (&Arc<Lane>, u64, u64)> {
        self.known
            .iter()
            .zip(&self.hands)
            .map(|(lane, hand)| (lane, hand.told, hand.merged))
    }
}

impl Hand {
    /// Ticks of the oldest record not merged yet.
    #[inline]
    fn head(&self) -> Option<u64> {
        self.buffer
            .headers
            .get(self.next.0)
            .map(|header| header.ticks)
    }

    #[inline]
    fn hand_out(&mut self, each: &mut impl FnMut(Header, &[u8])) {
        let (record, byte) = self.next;
        let header = self.buffer.headers[record];
        let end = byte + header.len as usize;
        each(header, &self.buffer.bytes[byte..end]);
        self.next = (record + 1, end);
        self.merged += 1;
    }

    /// Keeps only what is still to be merged; that is little or nothing.
    fn forget_merged(&mut self) {
        let (record, byte) = std::mem::take(&mut self.next);
        if record == self.buffer.headers.len() {
            self.buffer.clear();
        } else {
            self.buffer.headers.drain(..record);
            self.buffer.bytes.drain(..byte);
        }
    }
}
