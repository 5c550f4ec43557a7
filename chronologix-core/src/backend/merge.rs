//! Merging: from many queues to one order.

use std::{cmp::Reverse, collections::BinaryHeap, mem, sync::Arc};

use crate::{
    frontend::callsite::{CallsiteTable, ResolvedHeader},
    queue::{
        parker::WaitMode,
        registry::QueueRegistry,
        spsc::{Dropped, SpscQueue, consumer::Consumer},
    },
};

#[cfg(all(loom, test))]
mod loom_tests;
#[cfg(test)]
mod tests;

/// Takes records from all queues of a logger, in the order of their timestamps.
#[derive(Debug, Default)]
pub struct QueueMerger {
    /// The queues, oldest first.
    consumers: Vec<Consumer>,
    /// By index of the queue: the sequence number of the last record that was acknowledged.
    acked: Vec<u64>,
    /// The queues with something to merge: ticks of the oldest record, then index.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    table: CallsiteTable,
}

/// What was merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    pub records: u64,
    /// Bytes of their arguments. Each record counts for one at least.
    pub bytes: usize,
    /// The merge ended because there was no room for more.
    pub is_full: bool,
    /// The merge ended in front of a record that must wait.
    pub is_held: bool,
}

/// The place of a record: its queue by its index, and its sequence number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordOrigin {
    pub(crate) queue: usize,
    pub(crate) sequence: u64,
}

/// A record in its turn.
#[derive(Clone, Copy, Debug)]
pub struct MergedRecord<'a> {
    pub origin: RecordOrigin,
    pub header: ResolvedHeader,
    pub bytes: &'a [u8],
    /// The name of the thread that made it, if streams name threads.
    pub thread: Option<&'a str>,
}

/// How far a queue has come, in sequence numbers of its records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueuePosition<'a> {
    pub(crate) index: usize,
    pub(crate) queue: &'a Arc<SpscQueue>,
    /// The last record that was acknowledged.
    pub(crate) acked: u64,
    /// The last record that was merged.
    pub(crate) merged: u64,
}

impl QueueMerger {
    /// Looks how far every queue has come. Returns what they had to drop.
    pub fn poll_queues(&mut self, registry: &QueueRegistry) -> Vec<Dropped> {
        self.register_new(registry);
        self.consumers.iter_mut().flat_map(Consumer::poll).collect()
    }

    /// Hands out the records that were stamped up to `cut_off`, oldest first, until their arguments
    /// have `room` bytes. Later records stay for the next round: a queue that was polled before
    /// theirs may have received older ones since.
    #[cfg(any(test, feature = "internals"))]
    pub fn merge(
        &mut self,
        cut_off: u64,
        room: usize,
        each: impl FnMut(MergedRecord<'_>),
    ) -> Batch {
        self.merge_until(cut_off, room, None, each)
    }

    /// As `merge`. Ends in front of a record of which `holds` says that it must wait.
    pub(crate) fn merge_until(
        &mut self,
        cut_off: u64,
        room: usize,
        mut holds: Option<&mut dyn FnMut(ResolvedHeader) -> bool>,
        mut each: impl FnMut(MergedRecord<'_>),
    ) -> Batch {
        let Self {
            consumers,
            heads,
            table,
            ..
        } = self;
        let mut batch = Batch::default();
        let head =
            |(at, consumer): (usize, &Consumer)| Some(Reverse((consumer.next(cut_off)?, at)));
        heads.clear();
        heads.extend(consumers.iter().enumerate().filter_map(head));
        while let Some(Reverse((_, at))) = heads.pop() {
            // As long as no other queue has an older record, this one continues without the heap.
            let others = heads
                .peek()
                .map_or(cut_off, |Reverse((ticks, _))| *ticks.min(&cut_off));
            let consumer = &mut consumers[at];
            // Read once: a queue gets another thread only when it is empty, and the records of that
            // one are found by the next poll.
            let thread = consumer.thread();
            let thread = thread.as_deref();
            let mut next = consumer.next(cut_off);
            while next.is_some_and(|ticks| ticks <= others) {
                if batch.bytes >= room {
                    batch.is_full = true;
                    return batch;
                }
                if let (Some(holds), Some(ticks)) = (&mut holds, next) {
                    let header = consumer.peek().and_then(|header| {
                        let entry = table.get(header.callsite)?;
                        Some(ResolvedHeader {
                            ticks,
                            entry,
                            stream: header.stream,
                        })
                    });
                    if header.is_some_and(&mut **holds) {
                        batch.is_held = true;
                        return batch;
                    }
                }
                let sequence = consumer.popped() + 1;
                let Some(taken) = consumer.pop() else { break };
                batch.bytes += taken.bytes.len().max(1);
                // Never `None`: every number in a header comes from the table.
                if let Some(entry) = table.get(taken.header.callsite) {
                    let header = ResolvedHeader {
                        ticks: taken.ticks,
                        entry,
                        stream: taken.header.stream,
                    };
                    let queue = at;
                    each(MergedRecord {
                        origin: RecordOrigin { queue, sequence },
                        header,
                        bytes: taken.bytes,
                        thread,
                    });
                }
                batch.records += 1;
                next = consumer.next(cut_off);
            }
            // A queue whose next record is past the cut-off is done for this round.
            if let Some(ticks) = next.filter(|ticks| *ticks <= cut_off) {
                heads.push(Reverse((ticks, at)));
            }
        }
        batch
    }

    /// Returns the table of the call sites of its records.
    pub(crate) fn callsites(&mut self) -> &mut CallsiteTable {
        &mut self.table
    }

    /// Returns whether nothing that was found is unmerged, and every queue allows this wait.
    pub(crate) fn may_wait(&mut self, registry: &QueueRegistry, mode: WaitMode) -> bool {
        self.register_new(registry);
        let may_wait = |consumer: &Consumer| consumer.may_wait(mode);
        self.is_empty() && self.consumers.iter().all(may_wait)
    }

    fn register_new(&mut self, registry: &QueueRegistry) {
        registry.append_new(&mut self.consumers);
        self.acked.resize(self.consumers.len(), 0);
    }

    /// Drops the ends of queues that were retired, whose numbers are sorted. Everything that was
    /// merged must be acknowledged.
    pub(crate) fn retire(&mut self, registry: &QueueRegistry, queues: &[u64]) {
        // A thread may have ended before its queue was looked at for the first time.
        self.register_new(registry);
        let is_retired = |consumer: &Consumer| queues.binary_search(&consumer.queue().id).is_ok();
        let mut consumers = self.consumers.iter();
        let mut is_kept = || {
            consumers
                .next()
                .is_some_and(|consumer| !is_retired(consumer))
        };
        self.acked.retain(|_| is_kept());
        self.consumers.retain(|consumer| !is_retired(consumer));
        debug_assert_eq!(self.consumers.len(), self.acked.len(), "one for each queue");
        self.consumers.shrink_to(2 * self.consumers.len());
        self.acked.shrink_to(2 * self.acked.len());
    }

    /// Returns whether everything that was found is merged.
    pub(crate) fn is_empty(&self) -> bool {
        self.consumers.iter().all(Consumer::is_empty)
    }

    /// Counts all merged records as acknowledged. Returns the queues in which that is news, with
    /// the last record of each.
    pub(crate) fn acknowledge(&mut self) -> impl Iterator<Item = (&Arc<SpscQueue>, u64)> {
        let queues = self.consumers.iter().zip(&mut self.acked);
        queues.filter_map(|(consumer, acked)| {
            debug_assert!(
                *acked <= consumer.popped(),
                "only merged records are acknowledged"
            );
            let before = mem::replace(acked, consumer.popped());
            (before < *acked).then_some((consumer.queue(), *acked))
        })
    }

    /// Returns how far each queue has come.
    pub(crate) fn positions(&self) -> impl Iterator<Item = QueuePosition<'_>> {
        let queues = self.consumers.iter().zip(&self.acked);
        queues
            .enumerate()
            .map(|(index, (consumer, acked))| QueuePosition {
                index,
                queue: consumer.queue(),
                acked: *acked,
                merged: consumer.popped(),
            })
    }

    /// Returns how far a queue has come. `None` if nothing of it was ever looked at.
    pub(crate) fn position(&self, queue: &Arc<SpscQueue>) -> Option<QueuePosition<'_>> {
        self.positions()
            .find(|position| Arc::ptr_eq(position.queue, queue))
    }
}
