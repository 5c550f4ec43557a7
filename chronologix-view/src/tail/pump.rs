//! Scans whenever there may be something new.

use std::{
    ops::ControlFlow,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use crate::tree::Clock;

use super::{Change, Follower, watch::Watch};

/// How often everything is looked at without an event, for events that are lost and folders whose
/// time has come.
const RESCAN: Duration = Duration::from_secs(1);

/// How often where there are no events.
const POLL: Duration = Duration::from_millis(250);

/// The least time between two scans of a busy tree, which is read in blocks, not line by line.
const LONGEST_PAUSE: Duration = Duration::from_millis(30);

/// The least time between two scans when it just begins to be busy: the copies of a record that is
/// mirrored are written right after it.
const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Hands the changes of a tree to `sink` until that breaks.
pub(crate) fn pump(
    mut follower: Follower,
    clock: Clock,
    mut sink: impl FnMut(Vec<Change>) -> ControlFlow<()>,
) {
    let (wake, woken) = mpsc::sync_channel(1);
    let mut watch = Watch::new(wake);
    let mut rhythm = Rhythm::default();
    loop {
        let started = Instant::now();
        let mut found = follower.scan(clock());
        let has_added = watch.aim(&follower.watched());
        found
            .changes
            .extend(watch.take_trouble().map(Change::Polling));
        if !found.changes.is_empty() && sink(found.changes).is_break() {
            return;
        }
        if found.has_more || has_added {
            continue;
        }
        let scan = if watch.has_events() { RESCAN } else { POLL };
        wait(&woken, &mut rhythm, started, scan);
    }
}

/// Waits for an event, but not before the pause is over and not longer than the sweep.
fn wait(woken: &Receiver<()>, rhythm: &mut Rhythm, started: Instant, scan: Duration) {
    match woken.recv_timeout(scan) {
        Ok(()) => {
            // Events up to the end of the pause belong to the same scan.
            std::thread::sleep(rhythm.pause(started.elapsed()));
            while woken.try_recv().is_ok() {}
        }
        Err(RecvTimeoutError::Timeout) => {}
        // Without events there is nobody to send; the sweep goes on.
        Err(RecvTimeoutError::Disconnected) => std::thread::sleep(scan),
    }
}

/// How long to gather before the next scan: not at all after quiet, and longer the longer it stays
/// busy.
#[derive(Debug, Default)]
struct Rhythm {
    /// The least time between the last two scans.
    spacing: Duration,
}

impl Rhythm {
    /// How long to wait when something happens so long after the last scan.
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
