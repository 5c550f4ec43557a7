//! A clock that goes where a test sends it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::ClockReading;

/// A clock for tests: it stands still until told otherwise, and wakes the loggers that live by it.
///
/// Part of the `testing` feature, which is exempt from semver.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<State>>);

struct State {
    reading: ClockReading,
    watchers: Vec<Watcher>,
}

/// Called after each change; gives whether it wants to be called again.
type Watcher = Arc<dyn Fn() -> bool + Send + Sync>;

impl ManualClock {
    /// A clock that shows `unix_nanos`, nanoseconds since 1970 UTC.
    #[must_use]
    pub fn new(unix_nanos: i64) -> Self {
        let reading = ClockReading {
            ticks: 1_000_000_000,
            mono: 1_000_000_000,
            wall: unix_nanos,
            apart: 0,
        };
        Self(Arc::new(Mutex::new(State {
            reading,
            watchers: Vec::new(),
        })))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let nanos = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        self.change(|reading| {
            reading.ticks = reading.ticks.saturating_add(nanos.unsigned_abs());
            reading.mono = reading.ticks;
            reading.wall = reading.wall.saturating_add(nanos);
        });
    }

    /// Steps the wall clock, forward or back, as an administrator would; no time passes.
    pub fn step_to(&self, unix_nanos: i64) {
        self.change(|reading| reading.wall = unix_nanos);
    }

    /// What the clock shows, in nanoseconds since 1970 UTC.
    #[must_use]
    pub fn unix_nanos(&self) -> i64 {
        self.read().wall
    }

    pub(super) fn read(&self) -> ClockReading {
        self.state().reading
    }

    /// Calls `watcher` after each change, until it gives `false`.
    pub(crate) fn watch(&self, watcher: impl Fn() -> bool + Send + Sync + 'static) {
        self.state().watchers.push(Arc::new(watcher));
    }

    fn change(&self, change: impl FnOnce(&mut ClockReading)) {
        let watchers = {
            let mut state = self.state();
            change(&mut state.reading);
            state.watchers.clone()
        };
        // Called without the lock, for they may look at this clock.
        for watcher in watchers {
            if !watcher() {
                let mut state = self.state();
                state.watchers.retain(|known| !Arc::ptr_eq(known, &watcher));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("reading", &self.reading)
            .finish_non_exhaustive()
    }
}
