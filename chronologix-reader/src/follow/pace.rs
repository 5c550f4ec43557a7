//! When to look at the files again: at what is reported, and from time to time.

use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use crate::tree::FolderEvents;

/// The least time between two looks while records are left to take.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The first pause of a wait.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// The longest pause of a wait, unless a look takes long.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// How often files are looked at of which nothing is reported. Tests wait for reports.
const LOOK_AT_REST: Duration = Duration::from_secs(if cfg!(test) { 3_600 } else { 1 });

/// The longest time between two looks.
const LONGEST_REST: Duration = Duration::from_secs(if cfg!(test) { 3_600 } else { 5 });

/// A look at many files takes long. At rest, the next one comes after so many times as long.
const REST_BY_COST: u32 = 400;

/// The same while something is there that can only be read after some time.
const PAUSE_BY_COST: u32 = 20;

/// The same after a report: what else comes at that time is read at one look.
const GATHER_BY_COST: u32 = 4;

/// When the files were looked at, and what was reported since.
#[derive(Debug)]
pub(super) struct Pace {
    /// `None` before the first look.
    looked: Option<Instant>,
    /// How long the last look took.
    cost: Duration,
    events: FolderEvents,
}

/// A look that goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct LookBegun {
    at: Instant,
    is_reported: bool,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            looked: None,
            cost: Duration::ZERO,
            events: FolderEvents::open(),
        }
    }

    /// Returns whether there was a look.
    pub(super) fn has_looked(&self) -> bool {
        self.looked.is_some()
    }

    /// Has the next look come at once.
    #[cfg(test)]
    pub(super) fn forget_look(&mut self) {
        self.looked = None;
    }

    /// Returns when the files were looked at last.
    #[cfg(test)]
    pub(super) fn looked(&self) -> Option<Instant> {
        self.looked
    }

    /// Watches these folders and no others.
    pub(super) fn watch(&mut self, folders: &[PathBuf]) {
        self.events.aim(folders);
    }

    pub(super) fn begin_look(&mut self) -> LookBegun {
        let at = Instant::now();
        self.looked = Some(at);
        let is_reported = self.events.begin_look();
        LookBegun { at, is_reported }
    }

    /// Ends a look, which has found that files have grown or not.
    pub(super) fn end_look(&mut self, begun: LookBegun, has_grown: bool) {
        if has_grown && !begun.is_reported {
            self.events.note_unreported();
        }
        self.cost = begun.at.elapsed();
    }

    /// Returns whether a look was so long ago that the next one may come while records are left.
    pub(super) fn is_late(&self) -> bool {
        let looked = self.looked;
        looked.is_none_or(|looked| looked.elapsed() >= LOOK_AGAIN)
    }

    /// Returns whether a look may find something. `has_unread`: something is there that can only be
    /// read after some time, as the last record of a file, that more lines may follow.
    pub(super) fn must_look(&mut self, has_unread: bool) -> bool {
        let Some(looked) = self.looked else {
            return true;
        };
        !self.events.are_relied_on()
            || has_unread
            || self.events.has_happened()
            || looked.elapsed() >= self.at_rest()
    }

    /// Returns the time between two looks at files of which nothing is reported.
    fn at_rest(&self) -> Duration {
        let by_cost = self.cost.saturating_mul(REST_BY_COST);
        by_cost.clamp(LOOK_AT_REST, LONGEST_REST)
    }

    /// Waits until there may be something to read, at most so long: for a report, if those are
    /// relied on, else for a pause. Returns the next pause.
    pub(super) fn rest(&mut self, pause: Duration, most: Duration, has_unread: bool) -> Duration {
        if !self.events.are_relied_on() || has_unread {
            let by_cost = self.cost.saturating_mul(PAUSE_BY_COST);
            thread::sleep(pause.max(by_cost.min(LOOK_AGAIN)).min(most));
            return (pause * 2).min(LONGEST_PAUSE);
        }
        let begun = Instant::now();
        let since = self.looked.map(|looked| looked.elapsed());
        let next_look = self.at_rest().saturating_sub(since.unwrap_or_default());
        self.events.wait(next_look.min(most));
        if self.events.has_happened() {
            let by_cost = self.cost.saturating_mul(GATHER_BY_COST);
            let gather = by_cost.clamp(FIRST_PAUSE, LONGEST_PAUSE);
            thread::sleep(gather.min(most.saturating_sub(begun.elapsed())));
        }
        FIRST_PAUSE
    }
}
