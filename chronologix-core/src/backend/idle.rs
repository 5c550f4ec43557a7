//! What the writer does between two rounds: nothing, as cheaply as it can.

use std::time::Duration;

use super::writer::{Round, Writer};
use crate::{
    clock::Clock,
    fs::{
        poller::{Poller, WakeReason},
        traits::FileSystem,
    },
    queue::parker::{Parker, WaitMode},
};

/// How long records may gather while nobody waits for them.
const NAP: Duration = Duration::from_millis(1);

/// Nanoseconds of quiet after which a record counts as one alone: then no others are waited for, and a logger that is called now and
/// then wakes up once for each record, not twice.
const QUIET: u64 = 5_000_000;

/// How long callers are waited for that were told at once that their records are on disk: this part of the time that the sync took,
/// and no longer than that. The first of them to come back would have a sync to itself, and all others would wait for it.
const GATHER: (u32, Duration) = (4, Duration::from_micros(100));

/// Syncs for which nobody is waited for after less than half came back in time: then they take longer than that, and had better be
/// on their way while the next sync runs.
const NO_GATHERING: u32 = 32;

/// Where there is no poller: how often an idle writer looks at the wall clock, which may have been set, and at its files, which may
/// have been deleted.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Where the writer sleeps.
#[derive(Debug)]
pub(crate) struct IdleStrategy {
    poller: Option<Poller>,
    /// Other folders are in use than those watched.
    is_stale: bool,
    /// When the last round with any work began, by the monotonic clock.
    worked: u64,
    /// How long to wait for those who were told at once, so that they share the next sync as well.
    gather: Option<Duration>,
    /// How many were waited for last, and how often nobody will be.
    gathered: usize,
    no_gathering: u32,
}

impl IdleStrategy {
    /// A poller if the disk has one. A clock that calls by itself needs none.
    pub(crate) fn new(fs: &dyn FileSystem, clock: &Clock, parker: &Parker) -> Self {
        let poller = if clock.calls() { None } else { fs.poller() };
        if let Some(poller) = &poller {
            parker.set_poller(poller.waker());
        }
        Self {
            poller,
            is_stale: true,
            worked: 0,
            gather: None,
            gathered: 0,
            no_gathering: 0,
        }
    }

    /// So many callers were told at once that their records are on disk, after a sync that took so long.
    pub(crate) fn gather_after(&mut self, told: usize, took: Duration) {
        if told < self.gathered / 2 {
            self.no_gathering = NO_GATHERING;
        }
        self.gathered = 0;
        if told > 1 && self.no_gathering == 0 {
            let (part, most) = GATHER;
            self.gather = Some((took / part).min(most));
            self.gathered = told;
        }
        if told > 0 {
            self.no_gathering = self.no_gathering.saturating_sub(1);
        }
    }

    /// How to rest after a round with work that began at `now`.
    fn rest_after_work(&mut self, now: u64) -> WaitMode {
        let before = std::mem::replace(&mut self.worked, now);
        if now.saturating_sub(before) > QUIET {
            WaitMode::Park
        } else {
            WaitMode::Batch
        }
    }

    /// Other folders are in use, or the same ones were made again.
    pub(crate) fn go_stale(&mut self) {
        self.is_stale = true;
    }
}

impl Writer {
    /// Rests until there may be something to do.
    pub(super) fn rest(&mut self, round: Round) {
        let parker = &self.shared.queues.channel.parker;
        let rest = match round {
            Round::Blocked => {
                // Not announced: more records would not change the disk's mind, but commands are heard.
                parker.park(Some(self.errors.back_off()));
                return;
            }
            // Not announced, so that nobody ends it.
            Round::Worked if self.idle.gather.is_some() => {
                parker.park(self.idle.gather.take());
                return;
            }
            // What came after the cut-off is taken at once.
            Round::Worked if !self.merger.is_empty() => return,
            Round::Worked => self.idle.rest_after_work(self.timeline.now().mono),
            Round::Idle => WaitMode::Park,
        };
        if rest == WaitMode::Park && self.watch() {
            return;
        }
        let parker = &self.shared.queues.channel.parker;
        parker.prepare_wait(rest);
        if !self.merger.may_wait(&self.shared.queues, rest)
            || !self.shared.queues.channel.commands.is_empty()
        {
            parker.cancel_wait();
            return;
        }
        let due = self.next_due();
        match (rest, &mut self.idle.poller) {
            (WaitMode::Batch, _) => parker.park(Some(NAP)),
            (WaitMode::Park, Some(poller)) => {
                let woken = poller.wait(due);
                parker.finish_wait();
                if woken == WakeReason::FilesChanged {
                    self.folders.distrust_paths();
                    self.idle.go_stale();
                }
            }
            (WaitMode::Park, None) => {
                let limit = self.clock.rest_until(self.clock.read(), due);
                parker.park(limit.map(|limit| limit.min(LONGEST_SLEEP)));
            }
        }
    }

    /// What the wall clock shows when there is something to do next, whatever callers do.
    fn next_due(&self) -> i64 {
        let now = self.timeline.now();
        let wall_at = |mono: u64| {
            now.wall
                .saturating_add_unsigned(mono.saturating_sub(now.mono))
        };
        let level = self.shared.levels.next_end();
        let repeats = self.lines.repeats.next_due();
        let others = level.into_iter().chain(repeats).map(wall_at);
        others.fold(self.folders.next_rollover(), i64::min)
    }

    /// Has the poller watch the folders in use. Whether it has just begun to, so that they must be looked at once more.
    fn watch(&mut self) -> bool {
        let Some(poller) = &mut self.idle.poller else {
            return false;
        };
        if !std::mem::take(&mut self.idle.is_stale) {
            return false;
        }
        let [current, next, link] = self.folders.to_watch(&self.shared.settings);
        poller.watch(&[&current, &next], &link);
        self.folders.distrust_paths();
        true
    }
}
