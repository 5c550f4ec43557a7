//! Runs the scans: after file events, and regularly.

use std::{
    ops::ControlFlow,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use crate::tree::{Clock, wake_on_growth};

use super::{Change, Follower, watch::Watch};

/// The time between scans without an event. They find lost events and folders whose interval has
/// begun.
const RESCAN: Duration = Duration::from_secs(1);

/// The time between scans if there are no file events.
const POLL: Duration = Duration::from_millis(250);

/// The least time between two scans of a busy tree. Lines are then read in blocks.
const LONGEST_PAUSE: Duration = Duration::from_millis(30);

/// The least time at the start of a burst: copies of a mirrored record are written right after it.
const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Passes the changes of a tree to `sink` until it breaks.
pub fn pump(
    mut follower: Follower,
    clock: Clock,
    mut sink: impl FnMut(Vec<Change>) -> ControlFlow<()>,
) {
    let (wake, woken) = mpsc::sync_channel(1);
    wake_on_growth(wake.clone());
    let mut watch = None;
    let mut backoff = Backoff::default();
    loop {
        let started = Instant::now();
        let found = follower.scan(clock());
        // Before anything is watched, which takes a while. What comes meanwhile is found next.
        if !found.changes.is_empty() && sink(found.changes).is_break() {
            return;
        }
        let watch = watch.get_or_insert_with(|| Watch::new(wake.clone()));
        let has_added = watch.aim(&follower.watched());
        let trouble = watch.take_trouble().map(Change::Polling);
        if trouble.is_some_and(|trouble| sink(vec![trouble]).is_break()) {
            return;
        }
        if found.has_more || has_added {
            continue;
        }
        let scan = if watch.has_events() { RESCAN } else { POLL };
        wait(&woken, &mut backoff, started, scan);
    }
}

/// Waits for an event, at least for the backoff and at most for `rescan`.
fn wait(woken: &Receiver<()>, backoff: &mut Backoff, started: Instant, scan: Duration) {
    match woken.recv_timeout(scan) {
        Ok(()) => {
            // Events during the pause are covered by the same scan.
            std::thread::sleep(backoff.pause(started.elapsed()));
            while woken.try_recv().is_ok() {}
        }
        Err(RecvTimeoutError::Timeout) => {}
        // No watcher is left to send events.
        Err(RecvTimeoutError::Disconnected) => std::thread::sleep(scan),
    }
}

/// The time to wait before the next scan: none after a quiet period, and growing in a burst.
#[derive(Debug, Default)]
struct Backoff {
    /// The time between the last two scans.
    spacing: Duration,
}

impl Backoff {
    /// Returns how long to wait after an event that came so long after the last scan.
    fn pause(&mut self, since_scan: Duration) -> Duration {
        self.spacing = if since_scan >= LONGEST_PAUSE {
            Duration::ZERO
        } else {
            (self.spacing * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
        };
        self.spacing.saturating_sub(since_scan)
    }
}

#[cfg(test)]
mod tests;
