//! Scans whenever there may be something new.

use std::{
    ops::ControlFlow,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use super::{Change, Follower, watch::Watch};

/// Where the time comes from.
pub(crate) type Clock = fn() -> Timestamp;

/// How often everything is looked at without an event, for events that are lost and folders whose
/// time has come.
const SWEEP: Duration = Duration::from_secs(1);

/// How often where there are no events.
const POLL: Duration = Duration::from_millis(250);

/// The least time between two scans: a busy tree is read in blocks, not line by line.
const PAUSE: Duration = Duration::from_millis(30);

/// Hands the changes of a tree to `sink` until that breaks.
pub(crate) fn pump(
    mut follower: Follower,
    clock: Clock,
    mut sink: impl FnMut(Vec<Change>) -> ControlFlow<()>,
) {
    let (wake, woken) = mpsc::sync_channel(1);
    let mut watch = Watch::new(wake);
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
        let sweep = if watch.has_events() { SWEEP } else { POLL };
        wait(&woken, started, sweep);
    }
}

/// Waits for an event, but not before the pause is over and not longer than the sweep.
fn wait(woken: &Receiver<()>, started: Instant, sweep: Duration) {
    match woken.recv_timeout(sweep) {
        Ok(()) => {
            // Events up to the end of the pause belong to the same scan.
            std::thread::sleep(PAUSE.saturating_sub(started.elapsed()));
            while woken.try_recv().is_ok() {}
        }
        Err(RecvTimeoutError::Timeout) => {}
        // Without events there is nobody to send; the sweep goes on.
        Err(RecvTimeoutError::Disconnected) => std::thread::sleep(sweep),
    }
}
