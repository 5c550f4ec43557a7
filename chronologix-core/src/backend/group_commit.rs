//! Group commit: what must be synced after a batch, and what is acknowledged. All callers that
//! wait at one moment share the syncs.

use std::{
    collections::BTreeMap,
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    merge::QueueMerger,
    open_folder::{BatchRecord, FailedSync},
    retry::Operation,
    writer::{SharedState, Writer, nanos},
};
use crate::{
    DiskError, Durability, LogError,
    config::{Settings, StreamSettings},
    queue::{ack::RecordId, oneshot, spsc::SpscQueue},
    stats::Counters,
};

/// The syncs that are due.
#[derive(Debug)]
pub(crate) struct GroupCommit {
    /// By index: streams whose every record is synced.
    always_synced: Vec<bool>,
    /// Streams to sync after this batch, with the number of records in it that wait for that.
    due: BTreeMap<u16, u64>,
    requests: Vec<SyncRequest>,
    /// Records in this batch.
    records: u64,
    /// Those of them that are counted already: as written, because the disk refuses the others, or
    /// as failed.
    pub(super) counted: u64,
}

/// A caller that waits until one record is synced.
#[derive(Debug)]
struct SyncRequest {
    queue: Arc<SpscQueue>,
    record: RecordId,
    reply: oneshot::Sender<Result<(), LogError>>,
}

impl SyncRequest {
    /// Answers after the sync.
    fn answer(self) {
        let watermark = &self.queue.watermark;
        let failure = watermark.failure(self.record, Durability::Synced);
        self.reply.send(failure.map_or(Ok(()), Err));
    }
}

impl GroupCommit {
    pub(crate) fn new(settings: &Settings) -> Self {
        let always = |stream: &StreamSettings| stream.durability == Durability::Synced;
        Self {
            always_synced: settings.streams.iter().map(always).collect(),
            due: BTreeMap::new(),
            requests: Vec::new(),
            records: 0,
            counted: 0,
        }
    }

    /// Counts the records of the batch that are written.
    pub(crate) fn count_written(&mut self, counters: &Counters, batch: &[BatchRecord]) {
        let written = batch.iter().filter(|record| record.is_written).count() as u64;
        // Fewer than before if a file was deleted.
        let news = written.saturating_sub(self.counted);
        Counters::add(&counters.written, news);
        self.counted += news;
    }

    /// Fails all records of the batch: their lines are lost.
    pub(crate) fn fail_batch(
        &mut self,
        shared: &SharedState,
        merger: &QueueMerger,
        error: &DiskError,
    ) {
        let error = LogError::Failed(error.clone());
        for position in merger.positions() {
            let records = (position.acked + 1, position.merged);
            fail(position.queue, records, None, &error);
        }
        Counters::add(&shared.counters.records_failed, self.records - self.counted);
        self.counted = self.records;
    }

    /// Counts a record of this batch.
    #[inline]
    pub(crate) fn add_record(&mut self, stream: u16) {
        self.records += 1;
        if self.always_synced[usize::from(stream)] {
            *self.due.entry(stream).or_default() += 1;
        }
    }

    pub(crate) fn request_sync(
        &mut self,
        queue: &Arc<SpscQueue>,
        record: RecordId,
        reply: oneshot::Sender<Result<(), LogError>>,
    ) {
        let (queue, record) = queue.responsible(record);
        self.requests.push(SyncRequest {
            queue: Arc::clone(queue),
            record,
            reply,
        });
    }

    /// Has the next [`commit`](Self::commit) sync the files of all streams.
    pub(crate) fn sync_all(&mut self) {
        for (stream, _) in (0..).zip(&self.always_synced) {
            self.due.entry(stream).or_default();
        }
    }

    pub(crate) fn has_requests(&self) -> bool {
        !self.requests.is_empty()
    }

    /// Acknowledges everything at the end of the writer. All was synced, but for what failed.
    pub(crate) fn finish(&mut self, shared: &SharedState) {
        shared.queues.for_each(|queue| {
            let newest = queue.newest();
            queue.watermark.advance(newest, newest);
        });
        self.requests.drain(..).for_each(SyncRequest::answer);
    }

    /// Answers all callers that wait with an error. Nothing is given up.
    pub(crate) fn refuse(&mut self, shared: &SharedState, merger: &QueueMerger, error: &DiskError) {
        let error = LogError::Failed(error.clone());
        shared.queues.for_each(|queue| {
            let acked = merger.position(queue).map_or(0, |position| position.acked);
            let newest = queue.newest();
            fail(queue, (acked + 1, newest), None, &error);
            queue.watermark.advance(newest, newest);
            shared.queues.count_refused(queue.fail_waiting(&error));
        });
        // Also about records that were written before: they are not synced yet.
        for request in self.requests.drain(..) {
            request.reply.send(Err(error.clone()));
        }
    }

    /// Fails what the disk did not take: the records of the batch that are not in their files, and
    /// all that are still in their queues. Returns how many there are.
    pub(crate) fn give_up(
        shared: &SharedState,
        merger: &QueueMerger,
        batch: &[BatchRecord],
        error: &DiskError,
    ) -> u64 {
        let error = LogError::Failed(error.clone());
        let mut all_lost = 0;
        shared.queues.for_each(|queue| {
            // A caller that gets its error here may log once more.
            queue.seal();
            let position = merger.position(queue);
            let index = position.map(|position| position.index);
            let is_of_queue = |record: &&BatchRecord| Some(record.origin.queue) == index;
            let of_queue = batch.iter().filter(is_of_queue);
            let (written, lost) =
                of_queue.partition::<Vec<&BatchRecord>, _>(|record| record.is_written);
            let written = written.len() as u64;
            let acked = position.map_or(0, |position| position.acked);
            let taken = position.map_or(0, |position| position.merged);
            let newest = queue.newest();
            if written + lost.len() as u64 == taken - acked {
                // In each file the first lines of a stream are there, and the others are not.
                for record in lost {
                    let records = (record.origin.sequence, taken);
                    fail(queue, records, Some(record.stream), &error);
                }
                fail(queue, (taken + 1, newest), None, &error);
            } else {
                // There are repeats, which have no lines.
                fail(queue, (acked + 1, newest), None, &error);
            }
            let lost = newest - acked - written;
            Counters::add(&shared.counters.records_failed, lost);
            all_lost += lost;
        });
        all_lost
    }
}

/// Fails these records of a queue, the first to the last, or those of one stream among them.
fn fail(queue: &SpscQueue, records: (u64, u64), stream: Option<u16>, error: &LogError) {
    let watermark = &queue.watermark;
    watermark.fail(records, stream, Durability::Written, error);
}

impl Writer {
    /// Syncs what is due, and acknowledges the records of the batch, whose lines are all written.
    /// Returns how many callers waited for a sync, and how long that took.
    pub(super) fn commit(&mut self) -> (usize, Duration) {
        let group = &mut self.group_commit;
        let records = mem::take(&mut group.records) - mem::take(&mut group.counted);
        Counters::add(&self.shared.counters.written, records);
        let is_merged = |request: &SyncRequest| {
            let position = self.merger.position(&request.queue);
            position.is_some_and(|position| request.record.sequence <= position.merged)
        };
        // The others are about records that were queued after a batch that could not be written at
        // once. These are still in their queues.
        let (requests, later) = group.requests.drain(..).partition::<Vec<_>, _>(is_merged);
        group.requests = later;
        for request in &requests {
            *group.due.entry(request.record.stream).or_default() += 1;
        }
        let due = mem::take(&mut group.due);
        if !due.is_empty() {
            self.sync_catalogue();
        }
        let (failed_syncs, took) = self.sync(due.keys());
        if !due.is_empty() && failed_syncs.is_empty() {
            self.errors.clear(Operation::Sync);
        }
        self.report_failed_syncs(&failed_syncs);
        let (settings, counters) = (&self.shared.settings, &self.shared.counters);
        for (stream, records) in &due {
            let targets = &settings.streams[usize::from(*stream)].targets;
            let is_lost =
                |failed: &FailedSync| !failed.batch_is_safe && targets.contains(&failed.file);
            let counter = if failed_syncs.iter().any(is_lost) {
                &counters.records_failed
            } else {
                &counters.synced
            };
            Counters::add(counter, *records);
        }
        let mut acked = requests.len();
        requests.into_iter().for_each(SyncRequest::answer);
        for (queue, last) in self.merger.acknowledge() {
            acked += queue.watermark.advance(last, last);
        }
        (if due.is_empty() { 0 } else { acked }, took)
    }

    /// Syncs every file that got records of these streams. Returns the failures, and how long it
    /// took.
    fn sync<'a>(&mut self, streams: impl Iterator<Item = &'a u16>) -> (Vec<FailedSync>, Duration) {
        let begun = Instant::now();
        let targets = |stream: &u16| &self.shared.settings.streams[usize::from(*stream)].targets;
        let (mut failed_syncs, mut synced) = (Vec::new(), 0);
        let mut files = streams.flat_map(targets).copied().collect::<Vec<_>>();
        files.sort_unstable();
        files.dedup();
        self.folders.sync_ahead(&*self.fs, &files);
        for file in files {
            let (unsynced, failed) = self.folders.sync(&*self.fs, file);
            synced += unsynced;
            failed_syncs.extend(failed);
        }
        let took = begun.elapsed();
        if synced > 0 {
            Counters::add(&self.shared.counters.syncs, synced);
            Counters::add(&self.shared.counters.sync_nanos, nanos(took));
        }
        (failed_syncs, took)
    }

    /// Reports files that could not be synced, and marks the records that may be lost by it.
    pub(super) fn report_failed_syncs(&mut self, failed_syncs: &[FailedSync]) {
        for failed in failed_syncs {
            self.errors
                .record(&self.shared, Operation::Sync, &failed.error);
            failed.mark_records(&self.shared.settings, &self.merger);
        }
    }
}

impl FailedSync {
    /// Marks the records that are in this file, and in no other, as not synced, whichever stream
    /// they came from.
    fn mark_records(&self, settings: &Settings, merger: &QueueMerger) {
        let error = LogError::Failed(self.error.clone());
        for (index, stream) in (0..).zip(&settings.streams) {
            if !stream.targets.contains(&self.file) {
                continue;
            }
            for position in merger.positions() {
                // Earlier records of a stream that is always synced were synced with their batches.
                let first = if stream.durability == Durability::Synced {
                    position.acked + 1
                } else {
                    // From 0, for the records of retired queues.
                    0
                };
                let newest = if self.batch_is_safe {
                    position.acked
                } else {
                    position.merged
                };
                position.queue.watermark.fail(
                    (first, newest),
                    Some(index),
                    Durability::Synced,
                    &error,
                );
            }
        }
    }
}
