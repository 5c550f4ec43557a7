//! What the writer does between two rounds: it waits, as cheaply as it can.

use std::{mem, path::Path, time::Duration};

use super::writer::{Round, Writer};
use crate::{
    clock::Clock,
    fs::{
        poller::{Poller, WakeReason},
        traits::FileSystem,
    },
    queue::parker::{Parker, WaitMode},
};

/// How long records may gather if no caller waits for them.
const BATCH_WAIT: Duration = Duration::from_millis(1);

/// Nanoseconds of quiet after which a record counts as a single one, and no others are waited for.
/// A logger that is called now and then wakes up once for each record, not twice.
const QUIET: u64 = 5_000_000;

/// How long the writer waits for callers whose records were just acknowledged: this part of the
/// time that the sync took, and no longer than that. Otherwise the first of them to log again would
/// have a sync to itself, and all others would wait for it.
const GATHER: (u32, Duration) = (4, Duration::from_micros(100));

/// For so many syncs it does not wait, after less than half of the callers came back in time. They
/// take longer than that, and are better on their way while the next sync runs.
const SKIP_GATHERING: u32 = 32;

/// How often an idle writer without a poller looks whether the wall clock was set, or files
/// deleted.
const MAX_PARK: Duration = Duration::from_secs(1);

/// Decides how the writer waits.
#[derive(Debug, Default)]
pub(crate) struct IdleStrategy {
    poller: Option<Poller>,
    /// Other folders are in use than those watched.
    are_watches_stale: bool,
    /// When the last round with work began, by the monotonic clock.
    last_work: u64,
    /// How long to wait for callers that were just acknowledged.
    gather: Option<Duration>,
    /// How many such callers the last wait was for.
    gathered: usize,
    /// For so many more syncs there is no such wait.
    skip_gathering: u32,
}

impl IdleStrategy {
    /// Uses a poller if the file system has one. A clock that calls by itself needs none.
    pub(crate) fn new(fs: &dyn FileSystem, clock: &Clock, parker: &Parker) -> Self {
        let poller = if clock.notifies() { None } else { fs.poller() };
        if let Some(poller) = &poller {
            parker.set_poller(poller.waker());
        }
        Self {
            poller,
            are_watches_stale: true,
            ..Self::default()
        }
    }

    /// Decides whether to wait for the callers that were acknowledged after a sync that took so
    /// long.
    pub(crate) fn gather_after(&mut self, acked: usize, took: Duration) {
        if acked < self.gathered / 2 {
            self.skip_gathering = SKIP_GATHERING;
        }
        self.gathered = 0;
        if acked > 1 && self.skip_gathering == 0 {
            let (part, longest) = GATHER;
            self.gather = Some((took / part).min(longest));
            self.gathered = acked;
        }
        if acked > 0 {
            self.skip_gathering = self.skip_gathering.saturating_sub(1);
        }
    }

    /// Returns how to wait after a round with work that began at `now`.
    fn wait_after_work(&mut self, now: u64) -> WaitMode {
        let before = mem::replace(&mut self.last_work, now);
        if now.saturating_sub(before) > QUIET {
            WaitMode::Park
        } else {
            WaitMode::Batch
        }
    }

    /// Notes that other folders are in use, or the same ones were created again.
    pub(crate) fn invalidate_watches(&mut self) {
        self.are_watches_stale = true;
    }
}

impl Writer {
    /// Waits until there may be something to do.
    pub(super) fn wait(&mut self, round: Round) {
        let channel = &self.shared.queues.channel;
        let mode = match round {
            Round::Blocked => {
                // Not announced: records do not end this wait, for they would not change the disk's
                // mind. Commands do.
                return channel.parker.park(Some(self.errors.next_backoff()));
            }
            // Not announced either, so that it lasts as long as it should.
            Round::Worked if self.idle.gather.is_some() => {
                return channel.parker.park(self.idle.gather.take());
            }
            // What came after the cut-off is taken at once.
            Round::Worked if !self.merger.is_empty() => return,
            Round::Worked => self.idle.wait_after_work(self.timeline.now().mono),
            Round::Idle => WaitMode::Park,
        };
        if mode == WaitMode::Park && self.update_watches() {
            return;
        }
        let channel = &self.shared.queues.channel;
        channel.parker.prepare_wait(mode);
        // A caller that has queued a record looks at the announcement after that. So this look
        // comes after the announcement: one of the two sees what the other did.
        if !self.merger.may_wait(&self.shared.queues, mode)
            || !channel.commands.is_empty()
            || self.shared.queues.has_surplus()
        {
            channel.parker.end_wait();
            return;
        }
        let deadline = self.next_deadline();
        match (mode, &mut self.idle.poller) {
            (WaitMode::Batch, _) => channel.parker.park(Some(BATCH_WAIT)),
            (WaitMode::Park, Some(poller)) => {
                let reason = poller.wait(deadline);
                channel.parker.finish_wait();
                if reason == WakeReason::FilesChanged {
                    self.folders.request_verify();
                    self.idle.invalidate_watches();
                }
            }
            (WaitMode::Park, None) => {
                let limit = self.clock.time_until(self.clock.read(), deadline);
                let limit = limit.map(|limit| limit.min(MAX_PARK));
                channel.parker.park(limit);
            }
        }
    }

    /// Returns the wall-clock time at which there is something to do, whatever callers do.
    fn next_deadline(&self) -> i64 {
        let now = self.timeline.now();
        let left = |mono: u64| mono.saturating_sub(now.mono);
        let wall_at = |mono: u64| now.wall.saturating_add_unsigned(left(mono));
        let level = self.shared.levels.next_end();
        let repeats = self.dispatcher.dedup.next_due();
        let others = level.into_iter().chain(repeats).map(wall_at);
        others.fold(self.folders.next_rollover(), i64::min)
    }

    /// Watches the folders in use, if those that are watched are not. Returns whether it has done
    /// so: then the files must be looked at before the next wait.
    fn update_watches(&mut self) -> bool {
        let Some(poller) = &mut self.idle.poller else {
            return false;
        };
        if !mem::take(&mut self.idle.are_watches_stale) {
            return false;
        }
        if self.shared.settings.no_files {
            poller.watch(&[], Path::new(""));
            return false;
        }
        let [current, next, link] = self.folders.watched_paths(&self.shared.settings);
        poller.watch(&[&current, &next], &link);
        self.folders.request_verify();
        true
    }
}
