//! Room of upkeep: what is done with interval folders after they were closed.
//!
//! [`file_names`] says which names are ours, [`scan`] sorts what stands on disk, [`policy`] decides what is to be compressed and removed: all pure.
//! [`worker`] does it, with archives by [`archive`].
//!
//! It has a thread of its own, of the lowest priority, for each logger that is asked to compress or to remove; of all loggers of a tree,
//! one does it at a time. It works at the start, after each rollover, and from time to time where that matters. The writer only rings a bell.

pub(crate) mod archive;
pub(crate) mod compressor;
pub(crate) mod file_names;
pub(crate) mod policy;
pub(crate) mod scan;
pub(crate) mod worker;

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chrono::DateTime;

use self::worker::{RetentionWorker, RunReport};
use crate::{
    DiskError, Error, Retention, backend::writer::SharedState,
    error_reporter::episodes::EpisodeTracker, fs::traits::FileSystem, stats::Counters,
    worker::Worker,
};

#[cfg(test)]
mod tests;

/// How long until the next look where something goes on without a rollover: files that grow, a failure, another logger that does it
/// and may be killed.
const LOOK_AGAIN: Duration = Duration::from_secs(600);

/// The way from a logger to its upkeep. The writer takes no lock here: a thread that only runs when no other wants to might hold it for long.
#[derive(Debug, Default)]
pub(crate) struct RetentionHandle {
    /// There may be something to do.
    is_due: AtomicBool,
    /// It is to end, at the next step.
    stop: AtomicBool,
    worker: OnceLock<Worker<()>>,
}

/// Starts the upkeep of a logger, if it is asked for.
pub(crate) fn start(shared: &Arc<SharedState>, fs: &dyn FileSystem) {
    let settings = &shared.settings;
    if !settings.has_retention() {
        return;
    }
    let Some(closed) = fs.retention_fs(&settings.base) else {
        return;
    };
    // Its thread would inherit the priority of this one.
    shared.error_reporter.start_thread();
    let retention = RetentionWorker::new(settings, closed);
    let of_thread = Arc::clone(shared);
    // It has no queue: what there is to do stands on disk, and `is_due` says when to look.
    let worker = Worker::spawn("chronologix-upkeep", 0, move |_nothing| {
        crate::process_id::set_lowest_priority();
        work(&of_thread, retention);
    });
    match worker {
        // It was not set before: a logger starts once.
        Ok(worker) => drop(shared.upkeep.worker.set(worker)),
        Err(error) => {
            let error = DiskError::new("start the upkeep of", &settings.base, error);
            shared.error_reporter.report(Error::Disk(error));
        }
    }
}

fn work(shared: &SharedState, mut worker: RetentionWorker) {
    let upkeep = &shared.upkeep;
    let grows = |rule: &Retention| matches!(rule, Retention::Size(_));
    let grows = shared.settings.retain.iter().any(grows);
    let mut errors = EpisodeTracker::new();
    while !upkeep.stop.load(Ordering::SeqCst) {
        let now = shared.queues.channel.clock.read().wall;
        let done = worker.run(DateTime::from_timestamp_nanos(now), &upkeep.stop);
        let looks_again = grows || done.is_done_by_another || !done.errors.is_empty();
        report(shared, done, &mut errors);
        upkeep.wait(looks_again.then_some(LOOK_AGAIN));
    }
}

fn report(shared: &SharedState, done: RunReport, errors: &mut EpisodeTracker<()>) {
    let counters = &shared.counters;
    Counters::add(&counters.files_compressed, done.compressed);
    Counters::add(&counters.folders_removed, done.removed);
    Counters::add(&counters.disk_errors, done.errors.len() as u64);
    if done.errors.is_empty() && !done.is_done_by_another {
        errors.clear(&());
    }
    for error in done.errors {
        if errors.is_news((), (&error).into(), 0) {
            shared.error_reporter.report(Error::Disk(error));
        }
    }
}

impl RetentionHandle {
    /// There may be something to do: another folder is in use. Never waits for anything.
    pub(crate) fn call(&self) {
        self.is_due.store(true, Ordering::SeqCst);
        if let Some(worker) = self.worker.get() {
            worker.unpark();
        }
    }

    /// Has it end at the next step.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
        self.call();
    }

    /// Waits until it has ended, but no longer than this.
    pub(crate) fn end(&self, patience: Duration) {
        if let Some(worker) = self.worker.get() {
            worker.join(patience);
        }
    }

    /// Waits until somebody calls, or for so long.
    fn wait(&self, limit: Option<Duration>) {
        let begun = Instant::now();
        while !self.is_due.swap(false, Ordering::SeqCst) {
            let Some(limit) = limit else {
                thread::park();
                continue;
            };
            let left = limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return;
            }
            thread::park_timeout(left);
        }
    }
}
