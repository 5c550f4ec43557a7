//! When the disk refuses: which failures are reported, and how long the writer waits before it
//! tries again.

use std::{io::ErrorKind, time::Duration};

use super::writer::SharedState;
use crate::{DiskError, Incident, error_reporter::episodes::EpisodeTracker, stats::Counters};

#[cfg(test)]
mod tests;

/// The first wait after a failure.
const MIN_BACKOFF: Duration = Duration::from_millis(10);

/// The longest wait, and so the longest time until a writer whose disk refuses notices that it has
/// to end.
pub(crate) const MAX_BACKOFF: Duration = Duration::from_millis(500);

/// Errors that last until a person does something about them.
const LASTING: [ErrorKind; 4] = [
    ErrorKind::ReadOnlyFilesystem,
    ErrorKind::PermissionDenied,
    ErrorKind::NotConnected,
    ErrorKind::StaleNetworkFileHandle,
];

/// What the writer was doing when the disk refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Writing lines to their files. The lines are kept, and nothing goes on without them.
    Write,
    /// Creating folders and files ahead, or again.
    Maintain,
    /// Adding statements to the catalogue of the tree. Nothing waits for it.
    Catalogue,
    Sync,
}

/// The waits between attempts that fail. Each is twice as long as the one before, up to
/// [`MAX_BACKOFF`].
#[derive(Debug, Default)]
pub(crate) struct Backoff(Option<Duration>);

impl Backoff {
    /// Returns how long to wait now.
    pub(crate) fn next(&mut self) -> Duration {
        let wait = self.0.unwrap_or(MIN_BACKOFF);
        self.0 = Some((wait * 2).min(MAX_BACKOFF));
        wait
    }

    /// Begins anew, after a success.
    pub(crate) fn reset(&mut self) {
        self.0 = None;
    }
}

/// The failures of one writer.
#[derive(Debug)]
pub(crate) struct ErrorTracker {
    /// Nanoseconds of the monotonic clock in this round.
    pub(crate) now: u64,
    backoff: Backoff,
    episodes: EpisodeTracker<Operation>,
    /// Why the lines that the writer holds are not written.
    pub(crate) unwritten: Option<DiskError>,
    /// Since when, by the monotonic clock.
    unwritten_since: u64,
    /// The first failure since the start by which something may be lost: a sync, or a console that
    /// has gone.
    first_loss: Option<DiskError>,
    /// The first sync that failed since the last time that all files were synced for a caller.
    pub(crate) failed_sync: Option<DiskError>,
}

impl Default for ErrorTracker {
    fn default() -> Self {
        Self {
            now: 0,
            backoff: Backoff::default(),
            episodes: EpisodeTracker::calming(),
            unwritten: None,
            unwritten_since: 0,
            first_loss: None,
            failed_sync: None,
        }
    }
}

impl ErrorTracker {
    /// Counts a failure, and reports the first of its kind in an episode.
    pub(crate) fn record(&mut self, shared: &SharedState, operation: Operation, error: &DiskError) {
        Counters::add(&shared.counters.disk_errors, 1);
        match operation {
            Operation::Write => self.note_unwritten(error),
            Operation::Sync => {
                self.first_loss.get_or_insert_with(|| error.clone());
                self.failed_sync.get_or_insert_with(|| error.clone());
            }
            Operation::Maintain | Operation::Catalogue => {}
        }
        if self.episodes.is_news(operation, error.into(), self.now) {
            shared.error_reporter.report(Incident::Disk(error.clone()));
        }
    }

    fn note_unwritten(&mut self, error: &DiskError) {
        if self.unwritten.is_none() {
            self.unwritten_since = self.now;
            self.unwritten = Some(error.clone());
        }
    }

    /// Notes that lines must wait, which is no failure. They are tried again soon.
    pub(crate) fn hold(&mut self, error: &DiskError) {
        self.note_unwritten(error);
        self.backoff.reset();
    }

    /// Notes that lines are lost for good. The first of such errors is reported.
    pub(crate) fn lose(&mut self, shared: &SharedState, error: &DiskError) {
        Counters::add(&shared.counters.disk_errors, 1);
        if self.first_loss.is_none() {
            self.first_loss = Some(error.clone());
            shared.error_reporter.report(Incident::Disk(error.clone()));
        }
    }

    /// Notes that an operation has succeeded.
    pub(crate) fn clear(&mut self, operation: Operation) {
        if operation == Operation::Write {
            self.backoff.reset();
            self.unwritten = None;
        }
        self.episodes.clear(&operation);
    }

    /// Returns how long to wait now. It doubles each time.
    pub(crate) fn next_backoff(&mut self) -> Duration {
        self.backoff.next()
    }

    /// Returns the error of files that could not be written for longer than `patience`, if it is
    /// one that does not pass by itself: the file system is read-only, as after an error of the
    /// device, or its server is gone, or this process has no right to write any more.
    pub(crate) fn lasting_for(&self, patience: Duration) -> Option<&DiskError> {
        let waited = Duration::from_nanos(self.now.saturating_sub(self.unwritten_since));
        let unwritten = self.unwritten.as_ref().filter(|_| waited > patience);
        unwritten.filter(|error| LASTING.contains(&error.kind()))
    }

    /// Returns the first failure that may have lost data, for the caller of `stop`.
    pub(crate) fn outcome(&self) -> Option<&DiskError> {
        self.unwritten.as_ref().or(self.first_loss.as_ref())
    }
}
