//! Durability: what must be synced after a batch, and what callers are told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use super::open_folder::FailedSync;
use super::{
    merge::QueueMerger,
    retry::{ErrorTracker, Operation},
    rollover::IntervalFolders,
    writer::SharedState,
};
use crate::{
    DiskError, Durability, LogError,
    config::Settings,
    fs::traits::FileSystem,
    queue::{ack::RecordId, oneshot, spsc::SpscQueue},
    stats::Counters,
};

/// Syncs that are due. All callers that wait at one moment share them.
#[derive(Debug)]
pub(crate) struct GroupCommit {
    /// By index: streams whose every record is synced.
    always: Vec<bool>,
    /// Streams to sync after this batch, with the records in it that wait for that.
    due: BTreeMap<u16, u64>,
    asked: Vec<SyncRequest>,
    /// Records in this batch.
    records: u64,
}

/// A caller that asked for the sync of one record.
#[derive(Debug)]
struct SyncRequest {
    queue: Arc<SpscQueue>,
    record: RecordId,
    reply: oneshot::Sender<Result<(), LogError>>,
}

impl GroupCommit {
    pub(crate) fn new(settings: &Settings) -> Self {
        let always =
            |stream: &crate::config::StreamSettings| stream.durability == Durability::Synced;
        Self {
            always: settings.streams.iter().map(always).collect(),
            due: BTreeMap::new(),
            asked: Vec::new(),
            records: 0,
        }
    }

    /// A record of `stream` is in this batch.
    #[inline]
    pub(crate) fn note(&mut self, stream: u16) {
        self.records += 1;
        if self.always[usize::from(stream)] {
            *self.due.entry(stream).or_default() += 1;
        }
    }

    /// A caller asked for a record to be synced.
    pub(crate) fn ask(
        &mut self,
        queue: Arc<SpscQueue>,
        record: RecordId,
        reply: oneshot::Sender<Result<(), LogError>>,
    ) {
        self.asked.push(SyncRequest {
            queue,
            record,
            reply,
        });
    }

    pub(crate) fn are_asked_for(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Syncs what is due and tells everybody who waits. Called when all lines are written. Gives how many callers waited for a sync, and
    /// how long it took.
    pub(crate) fn run(
        &mut self,
        shared: &SharedState,
        fs: &dyn FileSystem,
        folders: &mut IntervalFolders,
        merger: &mut QueueMerger,
        errors: &mut ErrorTracker,
    ) -> (usize, Duration) {
        let (settings, counters) = (&shared.settings, &shared.counters);
        Counters::add(&counters.written, std::mem::take(&mut self.records));
        let is_merged = |asked: &SyncRequest| asked.record.sequence <= merger.merged(&asked.queue);
        let (asked, ahead) = self.asked.drain(..).partition::<Vec<_>, _>(is_merged);
        // These records were queued after a batch that could not be written at once, and are still in their queues.
        self.asked = ahead;
        for asked in &asked {
            *self.due.entry(asked.record.stream).or_default() += 1;
        }
        let due = std::mem::take(&mut self.due);
        let any_due = !due.is_empty();
        let (lost, took) = sync(shared, fs, folders, due.keys());
        if any_due && lost.is_empty() {
            errors.went_well(Operation::Sync);
        }
        for lost in &lost {
            errors.met(shared, Operation::Sync, &lost.error);
            note_lost(settings, merger, lost);
        }
        for (stream, records) in due {
            let targets = &settings.streams[usize::from(stream)].targets;
            let is_lost = |lost: &FailedSync| !lost.batch_is_safe && targets.contains(&lost.file);
            let is_synced = !lost.iter().any(is_lost);
            let counter = if is_synced {
                &counters.synced
            } else {
                &counters.records_failed
            };
            Counters::add(counter, records);
        }
        let mut told = asked.len();
        for SyncRequest {
            queue,
            record,
            reply,
        } in asked
        {
            let failure = queue.watermark.failure(record, Durability::Synced);
            reply.send(failure.map_or(Ok(()), Err));
        }
        for (queue, last) in merger.advanced() {
            told += queue.watermark.advance(last, last);
        }
        (if any_due { told } else { 0 }, took)
    }

    /// The writer ends. What is not written by now never will be, because of `error`; all else was synced.
    pub(crate) fn end(
        &mut self,
        shared: &SharedState,
        merger: &QueueMerger,
        error: Option<&DiskError>,
    ) {
        let told = |queue: &Arc<SpscQueue>| {
            let known = merger
                .queues()
                .find(|(known, _, _)| Arc::ptr_eq(known, queue));
            known.map_or(0, |(_, told, _)| told)
        };
        shared.queues.for_each(|queue| {
            let newest = queue.newest();
            if let Some(error) = error {
                let unwritten = (told(queue) + 1, newest);
                Counters::add(&shared.counters.records_failed, newest - told(queue));
                let error = LogError::Failed(error.clone());
                queue
                    .watermark
                    .fail(unwritten, None, Durability::Written, &error);
            }
            queue.watermark.advance(newest, newest);
        });
        for SyncRequest {
            queue,
            record,
            reply,
        } in self.asked.drain(..)
        {
            let failure = queue.watermark.failure(record, Durability::Synced);
            reply.send(failure.map_or(Ok(()), Err));
        }
    }
}

/// A file could not be synced: what stands in it and in no other is not on disk and never will be, whichever stream
/// it came from.
pub(crate) fn note_lost(settings: &Settings, merger: &QueueMerger, lost: &FailedSync) {
    let error = LogError::Failed(lost.error.clone());
    for (index, stream) in (0..).zip(&settings.streams) {
        if !stream.targets.contains(&lost.file) {
            continue;
        }
        for (queue, earlier, merged) in merger.queues() {
            // The earlier records of such a stream were synced with their batches.
            let is_always_synced = stream.durability == Durability::Synced;
            let first = if is_always_synced { earlier + 1 } else { 1 };
            let newest = if lost.batch_is_safe { earlier } else { merged };
            queue
                .watermark
                .fail((first, newest), Some(index), Durability::Synced, &error);
        }
    }
}

/// Syncs every file that got records of these streams. Gives the files that failed, and how long it took.
fn sync<'a>(
    shared: &SharedState,
    fs: &dyn FileSystem,
    folders: &mut IntervalFolders,
    streams: impl Iterator<Item = &'a u16>,
) -> (Vec<FailedSync>, Duration) {
    let begun = Instant::now();
    let targets = |stream: &u16| &shared.settings.streams[usize::from(*stream)].targets;
    let files = streams.flat_map(targets).collect::<BTreeSet<_>>();
    let mut lost = Vec::new();
    let mut synced = 0;
    for file in files {
        let (dirty, failed) = folders.sync(fs, *file);
        synced += dirty;
        lost.extend(failed);
    }
    let took = begun.elapsed();
    if synced > 0 {
        Counters::add(&shared.counters.syncs, synced);
        Counters::add(&shared.counters.sync_nanos, super::writer::nanos(took));
    }
    (lost, took)
}
