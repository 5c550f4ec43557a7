//! From many lanes to one order.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use crate::frontend::callsite::{Catalogue, Header};
use crate::queue::{
    parker::Rest,
    registry::Lanes,
    spsc::{Dropped, Lane, consumer::Consumer},
};

#[cfg(all(loom, test))]
mod loom_tests;
#[cfg(test)]
mod tests;

/// What the lanes hold, as the writer sees it.
#[derive(Debug, Default)]
pub(crate) struct QueueMerger {
    /// In the order in which the lanes were made.
    consumers: Vec<Consumer>,
    /// By index of the lane: the number of the last record that callers were told of.
    told: Vec<u64>,
    /// Lanes with something to merge: ticks of the oldest record, then index.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    catalogue: Catalogue,
}

/// What a merge came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) records: u64,
    /// Bytes of their arguments; each record counts for one at least.
    pub(crate) bytes: usize,
    /// It ended because there were enough bytes for now.
    pub(crate) is_cut: bool,
}

impl QueueMerger {
    /// Looks what the lanes hold. Gives what they had to drop.
    pub(crate) fn sweep(&mut self, lanes: &Lanes) -> Vec<Dropped> {
        self.meet_new(lanes);
        self.consumers
            .iter_mut()
            .flat_map(Consumer::sweep)
            .collect()
    }

    /// Hands out the records stamped up to `cut_off`, oldest first, until their arguments have `enough` bytes. Later ones stay for the
    /// next round, because another lane, looked at before, may have got older ones since.
    pub(crate) fn merge(
        &mut self,
        cut_off: u64,
        enough: usize,
        mut each: impl FnMut(Header, &[u8]),
    ) -> Batch {
        let Self {
            consumers,
            heads,
            catalogue,
            ..
        } = self;
        let mut merged = Batch::default();
        heads.clear();
        heads.extend(
            consumers
                .iter()
                .enumerate()
                .filter_map(|(at, lane)| Some(Reverse((lane.next(cut_off)?, at)))),
        );
        while let Some(Reverse((_, at))) = heads.pop() {
            // As long as no other lane has an older record, this one goes on without the heap.
            let others = heads
                .peek()
                .map_or(u64::MAX, |Reverse((ticks, _))| *ticks)
                .min(cut_off);
            let lane = &mut consumers[at];
            let mut next = lane.next(cut_off);
            while next.is_some_and(|ticks| ticks <= others) {
                if merged.bytes >= enough {
                    merged.is_cut = true;
                    return merged;
                }
                let Some(taken) = lane.take() else { break };
                merged.bytes += taken.bytes.len().max(1);
                // Every number was given by the catalogue.
                if let Some(kind) = catalogue.kind(taken.tag.site) {
                    let header = Header {
                        ticks: taken.ticks,
                        kind,
                        stream: taken.tag.stream,
                    };
                    each(header, taken.bytes);
                }
                merged.records += 1;
                next = lane.next(cut_off);
            }
            // Past the cut-off, this lane is done for the round.
            if let Some(ticks) = next.filter(|ticks| *ticks <= cut_off) {
                heads.push(Reverse((ticks, at)));
            }
        }
        merged
    }

    /// Whether every lane allows the writer this rest, and nothing is in its hands.
    pub(crate) fn allows(&mut self, lanes: &Lanes, rest: Rest) -> bool {
        self.meet_new(lanes);
        self.is_empty() && self.consumers.iter().all(|lane| lane.allows(rest))
    }

    fn meet_new(&mut self, lanes: &Lanes) {
        lanes.extend_known(&mut self.consumers);
        self.told.resize(self.consumers.len(), 0);
    }

    /// Whether everything seen was merged.
    pub(crate) fn is_empty(&self) -> bool {
        self.consumers.iter().all(Consumer::is_empty)
    }

    /// The lanes in which records were merged since the last call, with the number of the last.
    pub(crate) fn advanced(&mut self) -> impl Iterator<Item = (&Arc<Lane>, u64)> {
        self.consumers
            .iter()
            .zip(&mut self.told)
            .filter_map(|(consumer, told)| {
                let before = std::mem::replace(told, consumer.taken());
                (before < *told).then_some((consumer.lane(), *told))
            })
    }

    /// The number of the last record of a lane that was merged.
    pub(crate) fn merged(&self, lane: &Arc<Lane>) -> u64 {
        let mut lanes = self.lanes();
        let known = lanes.find(|(known, _, _)| Arc::ptr_eq(known, lane));
        known.map_or(0, |(_, _, merged)| merged)
    }

    /// Each lane, with the number of the last record of earlier batches and that of the last one merged.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = (&Arc<Lane>, u64, u64)> {
        self.consumers
            .iter()
            .zip(&self.told)
            .map(|(consumer, told)| (consumer.lane(), *told, consumer.taken()))
    }
}
