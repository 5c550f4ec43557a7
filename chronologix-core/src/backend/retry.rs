//! When the disk refuses: who is told, and how long to wait before the next try.

use std::time::Duration;

use super::{group_commit, merge::QueueMerger, rollover::FolderOutcome, writer::SharedState};
use crate::{DiskError, Error, error_reporter::episodes::EpisodeTracker, stats::Counters};

#[cfg(test)]
mod tests;

/// The first wait after a failure, and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(10), LONGEST_BACK_OFF);

/// The longest time until the disk is asked again, and until a writer whose disk refuses notices that it has to end.
pub(crate) const LONGEST_BACK_OFF: Duration = Duration::from_millis(500);

/// What the writer was doing when the disk refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Lines on their way to their files: they are kept, and nothing goes on without them.
    Write,
    /// Folders and files made ahead, or made again.
    Maintain,
    Sync,
}

/// The state of all that does not go well.
#[derive(Debug)]
pub(crate) struct ErrorTracker {
    /// Nanoseconds of the monotonic clock at the last look.
    now: u64,
    /// The next wait.
    wait: Option<Duration>,
    /// Which failures are reported.
    episodes: EpisodeTracker<Operation>,
    /// Why the lines that the writer holds are not written.
    unwritten: Option<DiskError>,
    /// The first sync that failed since the start: what it was to make durable may be lost.
    first_sync: Option<DiskError>,
}

impl Default for ErrorTracker {
    fn default() -> Self {
        Self {
            now: 0,
            wait: None,
            episodes: EpisodeTracker::calming(),
            unwritten: None,
            first_sync: None,
        }
    }
}

impl ErrorTracker {
    /// Time goes on.
    pub(crate) fn look_at_clock(&mut self, mono: u64) {
        self.now = mono;
    }

    /// A failure. The first of its kind in an episode is told.
    pub(crate) fn met(&mut self, shared: &SharedState, work: Operation, error: &DiskError) {
        Counters::add(&shared.counters.disk_errors, 1);
        match work {
            Operation::Write if self.unwritten.is_none() => self.unwritten = Some(error.clone()),
            Operation::Sync if self.first_sync.is_none() => self.first_sync = Some(error.clone()),
            _ => {}
        }
        if self.episodes.is_news(work, error.into(), self.now) {
            shared.error_reporter.report(Error::Disk(error.clone()));
        }
    }

    /// It works again, or still.
    pub(crate) fn went_well(&mut self, work: Operation) {
        if work == Operation::Write {
            self.wait = None;
            self.unwritten = None;
        }
        self.episodes.clear(&work);
    }

    /// How long to wait now; each time twice as long.
    pub(crate) fn back_off(&mut self) -> Duration {
        let wait = self.wait.unwrap_or(BACK_OFF.0);
        self.wait = Some((wait * 2).min(BACK_OFF.1));
        wait
    }

    /// Why the lines the writer still holds are not written.
    pub(crate) fn unwritten(&self) -> Option<&DiskError> {
        self.unwritten.as_ref()
    }

    /// What the caller of `stop` should know.
    pub(crate) fn outcome(&self) -> Option<&DiskError> {
        self.unwritten.as_ref().or(self.first_sync.as_ref())
    }
}

/// The writer gives up on lines it holds.
pub(crate) fn tell_of_lost(lines: u64) {
    if lines > 0 {
        crate::stderr::print(&format!(
            "{lines} lines could not be written before the stop"
        ));
    }
}

impl FolderOutcome {
    /// Tells everybody who must know of it.
    pub(crate) fn tell(
        &self,
        work: Operation,
        shared: &SharedState,
        merger: &QueueMerger,
        errors: &mut ErrorTracker,
    ) {
        for error in &self.errors {
            errors.met(shared, work, error);
        }
        for lost in &self.lost {
            errors.met(shared, Operation::Sync, &lost.error);
            group_commit::note_lost(&shared.settings, merger, lost);
        }
    }
}
