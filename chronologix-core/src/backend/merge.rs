//! From many queues to one order.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use crate::frontend::callsite::{CallsiteTable, ResolvedHeader};
use crate::queue::{
    parker::WaitMode,
    registry::QueueRegistry,
    spsc::{Dropped, SpscQueue, consumer::Consumer},
};

#[cfg(all(loom, test))]
mod loom_tests;
#[cfg(test)]
mod tests;

/// What the queues hold, as the writer sees it.
#[derive(Debug, Default)]
pub(crate) struct QueueMerger {
    /// In the order in which the queues were made.
    consumers: Vec<Consumer>,
    /// By index of the queue: the number of the last record that callers were told of.
    told: Vec<u64>,
    /// QueueRegistry with something to merge: ticks of the oldest record, then index.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    table: CallsiteTable,
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
    /// Looks what the queues hold. Gives what they had to drop.
    pub(crate) fn sweep(&mut self, queues: &QueueRegistry) -> Vec<Dropped> {
        self.meet_new(queues);
        self.consumers.iter_mut().flat_map(Consumer::poll).collect()
    }

    /// Hands out the records stamped up to `cut_off`, oldest first, until their arguments have `enough` bytes. Later ones stay for the
    /// next round, because another queue, looked at before, may have got older ones since.
    pub(crate) fn merge(
        &mut self,
        cut_off: u64,
        enough: usize,
        mut each: impl FnMut(ResolvedHeader, &[u8]),
    ) -> Batch {
        let Self {
            consumers,
            heads,
            table,
            ..
        } = self;
        let mut merged = Batch::default();
        heads.clear();
        heads.extend(
            consumers
                .iter()
                .enumerate()
                .filter_map(|(at, consumer)| Some(Reverse((consumer.next(cut_off)?, at)))),
        );
        while let Some(Reverse((_, at))) = heads.pop() {
            // As long as no other queue has an older record, this one goes on without the heap.
            let others = heads
                .peek()
                .map_or(u64::MAX, |Reverse((ticks, _))| *ticks)
                .min(cut_off);
            let consumer = &mut consumers[at];
            let mut next = consumer.next(cut_off);
            while next.is_some_and(|ticks| ticks <= others) {
                if merged.bytes >= enough {
                    merged.is_cut = true;
                    return merged;
                }
                let Some(taken) = consumer.pop() else { break };
                merged.bytes += taken.bytes.len().max(1);
                // Every number was given by the table.
                if let Some(entry) = table.entry(taken.header.callsite) {
                    let header = ResolvedHeader {
                        ticks: taken.ticks,
                        entry,
                        stream: taken.header.stream,
                    };
                    each(header, taken.bytes);
                }
                merged.records += 1;
                next = consumer.next(cut_off);
            }
            // Past the cut-off, this queue is done for the round.
            if let Some(ticks) = next.filter(|ticks| *ticks <= cut_off) {
                heads.push(Reverse((ticks, at)));
            }
        }
        merged
    }

    /// Whether every queue allows the writer this rest, and nothing is in its hands.
    pub(crate) fn may_wait(&mut self, queues: &QueueRegistry, rest: WaitMode) -> bool {
        self.meet_new(queues);
        self.is_empty()
            && self
                .consumers
                .iter()
                .all(|consumer| consumer.may_wait(rest))
    }

    fn meet_new(&mut self, queues: &QueueRegistry) {
        queues.append_new(&mut self.consumers);
        self.told.resize(self.consumers.len(), 0);
    }

    /// Whether everything seen was merged.
    pub(crate) fn is_empty(&self) -> bool {
        self.consumers.iter().all(Consumer::is_empty)
    }

    /// The queues in which records were merged since the last call, with the number of the last.
    pub(crate) fn advanced(&mut self) -> impl Iterator<Item = (&Arc<SpscQueue>, u64)> {
        self.consumers
            .iter()
            .zip(&mut self.told)
            .filter_map(|(consumer, told)| {
                let before = std::mem::replace(told, consumer.popped());
                (before < *told).then_some((consumer.queue(), *told))
            })
    }

    /// The number of the last record of a queue that was merged.
    pub(crate) fn merged(&self, queue: &Arc<SpscQueue>) -> u64 {
        let mut queues = self.queues();
        let known = queues.find(|(known, _, _)| Arc::ptr_eq(known, queue));
        known.map_or(0, |(_, _, merged)| merged)
    }

    /// Each queue, with the number of the last record of earlier batches and that of the last one merged.
    pub(crate) fn queues(&self) -> impl Iterator<Item = (&Arc<SpscQueue>, u64, u64)> {
        self.consumers
            .iter()
            .zip(&self.told)
            .map(|(consumer, told)| (consumer.queue(), *told, consumer.popped()))
    }
}
