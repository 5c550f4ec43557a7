//! Retention: seals, compresses and removes interval folders after they are closed.
//!
//! [`file_names`] says which names are ours, [`scan`] sorts what is in a tree, [`policy`] decides
//! what is to be compressed and removed, and [`trusted_time`] how late it is. All four are pure.
//! [`worker`] does it, with archives by [`archive`], and seals by `seal`.
//!
//! Each logger that is asked to compress or remove has a thread for it, of the lowest priority. Of
//! all loggers of a tree one works at a time. It works at the start, after each rollover, and from
//! time to time where that matters.

pub(crate) mod archive;
pub(crate) mod compressor;
pub(crate) mod file_names;
pub(crate) mod policy;
pub(crate) mod scan;
#[cfg(feature = "seal")]
mod seal;
mod trusted_time;
pub(crate) mod worker;
#[cfg(feature = "zstd")]
mod zstd_frames;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use self::worker::{RetentionWorker, RunReport};
use crate::{
    DiskError, Incident, Retention,
    backend::shared::{RetentionHandle, SharedState},
    clock::{Clock, ClockReading},
    error_reporter::{ErrorReporter, episodes::EpisodeTracker},
    fs::traits::FileSystem,
    stats::Counters,
    worker::{Worker, set_lowest_priority},
};

#[cfg(test)]
mod tests;

/// How long until the next run where something changes without a rollover: files that grow, or
/// failures that last.
const RUN_EVERY: Duration = Duration::from_secs(600);

/// How long until the next run if another logger does the work, most often the one before a
/// restart, which ends; and after the first failure, because a program that had a file open may be
/// done by then. After each further failure it is twice as long, up to [`RUN_EVERY`].
const RUN_AGAIN: Duration = Duration::from_secs(10);

/// What the retention thread of a logger needs of the logger.
struct RetentionContext {
    clock: Clock,
    counters: Arc<Counters>,
    error_reporter: Arc<ErrorReporter>,
    handle: Arc<RetentionHandle>,
}

/// Starts the retention thread of a logger, if the settings ask for one. `started` is when the
/// writer opened its first folder, [with what the machine was suspended](Clock::with_suspended).
pub(crate) fn start(shared: &SharedState, fs: &dyn FileSystem, started: ClockReading) {
    let settings = &shared.settings;
    if settings.compress.is_none() && settings.retain.is_empty() && settings.seal.is_none() {
        return;
    }
    let Some(folders) = fs.retention_fs(&settings.base) else {
        return;
    };
    // Started by the retention thread, the error handler's thread would have its low priority.
    shared.error_reporter.start_thread();
    let context = RetentionContext {
        clock: shared.queues.channel.clock.clone(),
        counters: Arc::clone(&shared.counters),
        error_reporter: Arc::clone(&shared.error_reporter),
        handle: Arc::clone(&shared.retention),
    };
    let worker = RetentionWorker::new(settings, folders, started);
    let grows = |rule: &Retention| matches!(rule, Retention::Size(_));
    let has_size_limit = settings.retain.iter().any(grows);
    // Nothing is queued: what there is to do is found on disk.
    let spawned = Worker::spawn("chronologix-retention", 0, move |_nothing| {
        set_lowest_priority();
        context.run(worker, has_size_limit);
    });
    match spawned {
        // It was not set before: a logger starts once.
        Ok(worker) => drop(shared.retention.worker.set(worker)),
        Err(error) => {
            let error = DiskError::new("start the retention thread for", &settings.base, error);
            shared.error_reporter.report(Incident::Disk(error));
        }
    }
}

impl RetentionContext {
    fn run(&self, mut worker: RetentionWorker, has_size_limit: bool) {
        let mut errors = EpisodeTracker::new();
        let now = || self.clock.with_suspended(self.clock.read());
        let mut failures = 0_u32;
        while !self.handle.is_stopping.load(Ordering::SeqCst) {
            let report = worker.run(now(), &self.handle.is_stopping);
            failures = if report.errors.is_empty() {
                0
            } else {
                failures.saturating_add(1)
            };
            let runs_in = runs_in(&report, failures, has_size_limit);
            self.report(report, &mut errors);
            self.handle.park(runs_in);
        }
        if worker.seals() {
            self.handle.wait_for_writer();
            // Whatever waits for this end waits for a limited time.
            let report = worker.run_at_end(now(), &AtomicBool::new(false));
            self.report(report, &mut errors);
        }
    }

    fn report(&self, report: RunReport, errors: &mut EpisodeTracker<()>) {
        Counters::add(&self.counters.files_compressed, report.compressed);
        Counters::add(&self.counters.folders_removed, report.removed);
        Counters::add(&self.counters.disk_errors, report.errors.len() as u64);
        if !report.is_done_by_another && report.errors.is_empty() {
            errors.clear(&());
        }
        // Once for each kind, until a run has none.
        for error in report.errors {
            if errors.is_news((), (&error).into(), 0) {
                self.error_reporter.report(Incident::Disk(error));
            }
        }
    }
}

/// Returns how long after a run the next one begins, unless there is a rollover before. So many
/// runs have failed one after the other, this one included.
fn runs_in(report: &RunReport, failures: u32, has_size_limit: bool) -> Option<Duration> {
    let after_failure = |before| RUN_AGAIN.saturating_mul(1_u32 << before).min(RUN_EVERY);
    let limits = [
        has_size_limit.then_some(RUN_EVERY),
        report.is_done_by_another.then_some(RUN_AGAIN),
        failures
            .checked_sub(1)
            .map(|before| after_failure(before.min(6))),
        report.seals_in,
    ];
    limits.into_iter().flatten().min()
}
