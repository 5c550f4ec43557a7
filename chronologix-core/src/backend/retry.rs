//! When the disk refuses: who is told, and how long to wait before the next try.

use std::{io, time::Duration};

use super::{group_commit, merge::QueueMerger, rollover::FolderOutcome, writer::SharedState};
use crate::{DiskError, Error, stats::Counters};

#[cfg(test)]
mod tests;

/// The first wait after a failure, and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(10), LONGEST_BACK_OFF);

/// The longest time until the disk is asked again, and until a writer whose disk refuses notices that it has to end.
pub(crate) const LONGEST_BACK_OFF: Duration = Duration::from_millis(500);

/// Nanoseconds for which it must go well until another failure of the same kind is told again: a disk that refuses every second time is
/// one trouble, not thousands.
const CALM: u64 = 1_000_000_000;

/// Nanoseconds after which it is told again in any case: nothing may have shown in between that it had gone well.
const LONG_CALM: u64 = 600 * CALM;

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
#[derive(Debug, Default)]
pub(crate) struct ErrorTracker {
    /// Nanoseconds of the monotonic clock at the last look.
    now: u64,
    /// The next wait.
    wait: Option<Duration>,
    /// One for each kind of failure: from the first to the next success.
    episodes: Vec<Episode>,
    /// Why the lines that the writer holds are not written.
    unwritten: Option<DiskError>,
    /// The first sync that failed since the start: what it was to make durable may be lost.
    first_sync: Option<DiskError>,
}

/// One kind of failure for as long as it lasts. It is told once.
#[derive(Debug)]
struct Episode {
    kind: Kind,
    /// What was being done when it was met last, and must go well.
    work: Operation,
    /// When it was met last.
    last: u64,
    /// It has gone well since.
    is_healed: bool,
}

/// Failures that are one to those who are told: the same is tried and fails in the same way, whichever file it is, and whatever it is for.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    doing: &'static str,
    error: io::ErrorKind,
    /// Tells apart what std has no kind for.
    code: Option<i32>,
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
        if self.is_news(work, Kind::of(error)) {
            shared.teller.tell(Error::Disk(error.clone()));
        }
    }

    fn is_news(&mut self, work: Operation, kind: Kind) -> bool {
        let now = self.now;
        let Some(known) = self
            .episodes
            .iter_mut()
            .find(|episode| episode.kind == kind)
        else {
            self.episodes.push(Episode {
                kind,
                work,
                last: now,
                is_healed: false,
            });
            return true;
        };
        let calm = now.saturating_sub(known.last);
        let is_over = known.is_healed && calm >= CALM || calm >= LONG_CALM;
        known.work = work;
        known.last = now;
        known.is_healed = false;
        is_over
    }

    /// It works again, or still.
    pub(crate) fn went_well(&mut self, work: Operation) {
        if work == Operation::Write {
            self.wait = None;
            self.unwritten = None;
        }
        for episode in &mut self.episodes {
            episode.is_healed |= episode.work == work;
        }
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

impl Kind {
    fn of(error: &DiskError) -> Self {
        Self {
            doing: error.doing(),
            error: error.kind(),
            code: error.code(),
        }
    }
}

/// The writer gives up on lines it holds.
pub(crate) fn tell_of_lost(lines: u64) {
    if lines > 0 {
        crate::stderr::say(&format!(
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
