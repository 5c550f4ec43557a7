//! Durability: what must be synced after a batch, and what callers are told.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use super::{Shared, folders::Folders, intake::Intake, trouble::Trouble};
use crate::{
    DiskError, Durability, LogError,
    config::Settings,
    disk::Disk,
    queue::{lane::Lane, progress::Place, reply::Reply},
    stats::Counters,
};

/// Syncs that are due. All callers that wait at one moment share them.
#[derive(Debug)]
pub(super) struct Commits {
    /// By index: streams whose every record is synced.
    always: Vec<bool>,
    /// Streams to sync after this batch, with the records in it that wait for that.
    due: BTreeMap<u16, u64>,
    asked: Vec<Asked>,
    /// Records in this batch.
    records: u64,
}

/// A caller that asked for the sync of one record.
#[derive(Debug)]
struct Asked {
    lane: Arc<Lane>,
    place: Place,
    reply: Reply<Result<(), LogError>>,
}

/// What became of a stream's sync.
enum Synced {
    Safely,
    /// The file failed. This batch is safe in another, what was written before is not known to be.
    InAnotherFile(DiskError),
    Failed(DiskError),
}

impl Commits {
    pub(super) fn new(settings: &Settings) -> Self {
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
    pub(super) fn note(&mut self, stream: u16) {
        self.records += 1;
        if self.always[usize::from(stream)] {
            *self.due.entry(stream).or_default() += 1;
        }
    }

    /// A caller asked for a record to be synced.
    pub(super) fn ask(
        &mut self,
        lane: Arc<Lane>,
        place: Place,
        reply: Reply<Result<(), LogError>>,
    ) {
        *self.due.entry(place.stream).or_default() += 1;
        self.asked.push(Asked { lane, place, reply });
    }

    pub(super) fn are_asked_for(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Syncs what is due and tells everybody who waits. Called when all lines are written.
    pub(super) fn run(
        &mut self,
        shared: &Shared,
        disk: &dyn Disk,
        folders: &mut Folders,
        intake: &mut Intake,
        trouble: &mut Trouble,
    ) {
        let counters = &shared.counters;
        Counters::add(&counters.written, std::mem::take(&mut self.records));
        for (stream, records) in std::mem::take(&mut self.due) {
            let synced = sync(shared, disk, folders, stream);
            let counter = match &synced {
                Synced::Failed(_) => &counters.failed,
                Synced::Safely | Synced::InAnotherFile(_) => &counters.synced,
            };
            Counters::add(counter, records);
            note_failure(intake, stream, &synced);
            if let Synced::InAnotherFile(error) | Synced::Failed(error) = &synced {
                trouble.sync_failed(counters, error);
            }
        }
        for Asked { lane, place, reply } in self.asked.drain(..) {
            let failure = lane.progress.failure(place, Durability::Synced);
            reply.send(failure.map_or(Ok(()), Err));
        }
        for (lane, last) in intake.advanced() {
            lane.progress.advance(last, last);
        }
    }

    /// The writer ends. What is not written by now never will be, because of `error`; all else was synced.
    pub(super) fn end(&mut self, shared: &Shared, intake: &Intake, error: Option<&DiskError>) {
        let told = |lane: &Arc<Lane>| {
            let known = intake
                .lanes()
                .find(|(known, _, _)| Arc::ptr_eq(known, lane));
            known.map_or(0, |(_, told, _)| told)
        };
        shared.lanes.for_each(|lane| {
            let newest = lane.newest();
            if let Some(error) = error {
                let unwritten = (told(lane) + 1, newest);
                Counters::add(&shared.counters.failed, newest - told(lane));
                let error = LogError::Failed(error.clone());
                lane.progress
                    .failed(unwritten, None, Durability::Written, &error);
            }
            lane.progress.advance(newest, newest);
        });
        for Asked { lane, place, reply } in self.asked.drain(..) {
            let failure = lane.progress.failure(place, Durability::Synced);
            reply.send(failure.map_or(Ok(()), Err));
        }
    }
}

/// A file was left and could not be synced: what was written to it so far is not on disk, and never will be.
pub(super) fn note_lost(settings: &Settings, intake: &Intake, file: u16, error: &DiskError) {
    for (stream, known) in (0..).zip(&settings.streams) {
        if known.targets.contains(&file) {
            note_failure(intake, stream, &Synced::Failed(error.clone()));
        }
    }
}

/// Notes which records of a stream are not on disk and never will be.
fn note_failure(intake: &Intake, stream: u16, synced: &Synced) {
    for (lane, earlier, merged) in intake.lanes() {
        let (last, error) = match synced {
            Synced::Safely => return,
            // This batch is safe, but not what was written and not synced before it.
            Synced::InAnotherFile(error) => (earlier, error),
            Synced::Failed(error) => (merged, error),
        };
        let error = LogError::Failed(error.clone());
        lane.progress
            .failed((1, last), Some(stream), Durability::Synced, &error);
    }
}

/// Syncs every file that got records of `stream`.
fn sync(shared: &Shared, disk: &dyn Disk, folders: &mut Folders, stream: u16) -> Synced {
    let begun = Instant::now();
    let mut result = Synced::Safely;
    let mut files = 0;
    for folder in folders.iter_mut() {
        for target in &shared.settings.streams[usize::from(stream)].targets {
            files += u64::from(folder.is_dirty(*target));
            match folder.sync(disk, *target) {
                Ok(None) => {}
                Ok(Some(error)) => {
                    if matches!(result, Synced::Safely) {
                        result = Synced::InAnotherFile(error);
                    }
                }
                Err(error) => result = Synced::Failed(error),
            }
        }
    }
    Counters::add(&shared.counters.syncs, files);
    Counters::add(&shared.counters.sync_nanos, super::nanos_since(begun));
    result
}
