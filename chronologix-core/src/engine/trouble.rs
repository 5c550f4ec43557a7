//! When the disk refuses: who is told, and how long to wait before the next try.

use std::time::Duration;

use super::{Shared, commit, folders::Upkeep, intake::Intake};
use crate::{DiskError, stats::Counters};

/// The first wait after a failure, and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// The state of an episode: from the first failure to the next success.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// The next wait.
    wait: Option<Duration>,
    /// Told once per episode.
    told: bool,
    /// The first failure of this episode.
    first: Option<DiskError>,
    /// The first sync that failed since the start: what it was to make durable may be lost.
    first_sync: Option<DiskError>,
}

impl Trouble {
    /// A failure. The first of an episode gets a line on stderr.
    pub(super) fn met(&mut self, counters: &Counters, error: &DiskError) {
        Counters::add(&counters.disk_errors, 1);
        if !self.told {
            self.told = true;
            crate::stderr::tell(error);
        }
        if self.first.is_none() {
            self.first = Some(error.clone());
        }
    }

    /// A sync failed.
    pub(super) fn sync_failed(&mut self, counters: &Counters, error: &DiskError) {
        self.met(counters, error);
        if self.first_sync.is_none() {
            self.first_sync = Some(error.clone());
        }
    }

    /// All lines are written again.
    pub(super) fn is_over(&mut self) {
        self.wait = None;
        self.told = false;
        self.first = None;
    }

    /// How long to wait now; each time twice as long.
    pub(super) fn back_off(&mut self) -> Duration {
        let wait = self.wait.unwrap_or(BACK_OFF.0);
        self.wait = Some((wait * 2).min(BACK_OFF.1));
        wait
    }

    /// Why the lines the writer still holds are not written.
    pub(super) fn unwritten(&self) -> Option<&DiskError> {
        self.first.as_ref()
    }

    /// What the caller of `stop` should know.
    pub(super) fn outcome(&self) -> Option<&DiskError> {
        self.first.as_ref().or(self.first_sync.as_ref())
    }
}

/// The writer gives up on lines it holds.
pub(super) fn tell_of_lost(lines: u64) {
    if lines > 0 {
        crate::stderr::say(&format!(
            "{lines} lines could not be written before the stop"
        ));
    }
}

impl Upkeep {
    /// Tells everybody who must know of it.
    pub(super) fn tell(&self, shared: &Shared, intake: &Intake, trouble: &mut Trouble) {
        for error in &self.errors {
            trouble.met(&shared.counters, error);
        }
        for lost in &self.lost {
            trouble.sync_failed(&shared.counters, &lost.error);
            commit::note_lost(&shared.settings, intake, lost);
        }
    }
}
