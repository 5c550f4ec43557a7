//! A clock that tests set.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use super::{ClockReading, wall_nanos};

/// A clock for tests. It stands still until it is set, and then notifies the loggers that use it.
///
/// ```
/// # use chronologix_core as chronologix;
/// use std::time::Duration;
///
/// use chronologix::ManualClock;
/// use chrono::DateTime;
///
/// let clock = ManualClock::at("2025-05-04T14:30:00Z".parse().unwrap());
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().to_rfc3339(), "2025-05-04T14:31:30+00:00");
/// clock.step_to(DateTime::UNIX_EPOCH);
/// assert_eq!(clock.now().timestamp(), 0);
/// ```
///
/// Part of the `testing` feature, which is exempt from semver.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<ManualTime>>);

struct ManualTime {
    reading: ClockReading,
    /// Nanoseconds for which the machine was suspended.
    suspended: u64,
    watchers: Vec<Watcher>,
}

/// Called after each change. Returns whether it wants to be called again.
type Watcher = Arc<dyn Fn() -> bool + Send + Sync>;

impl ManualClock {
    /// Creates a clock that shows an instant between the years 1677 and 2262.
    #[must_use]
    pub fn at(instant: DateTime<Utc>) -> Self {
        let reading = ClockReading {
            ticks: 1_000_000_000,
            mono: 1_000_000_000,
            wall: wall_nanos(instant),
            uncertainty: 0,
        };
        Self(Arc::new(Mutex::new(ManualTime {
            reading,
            suspended: 0,
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

    /// Steps the wall clock, forward or back, as an administrator would. No time passes:
    /// [`advance`](Self::advance) by a nanosecond afterwards if a record that is logged at once must
    /// not have the stamp of the moment before.
    pub fn step_to(&self, instant: DateTime<Utc>) {
        self.change(|reading| reading.wall = wall_nanos(instant));
    }

    /// Returns what the wall clock shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.read().wall)
    }

    /// Suspends the machine: only the wall clock goes on.
    #[cfg(test)]
    pub(crate) fn suspend(&self, length: Duration) {
        let nanos = i64::try_from(length.as_nanos()).unwrap_or(i64::MAX);
        self.state().suspended += nanos.unsigned_abs();
        self.change(|reading| reading.wall = reading.wall.saturating_add(nanos));
    }

    pub(crate) fn suspended(&self) -> u64 {
        self.state().suspended
    }

    pub(crate) fn read(&self) -> ClockReading {
        self.state().reading
    }

    /// Calls `watcher` after each change, until it returns `false`.
    pub(crate) fn watch(&self, watcher: impl Fn() -> bool + Send + Sync + 'static) {
        self.state().watchers.push(Arc::new(watcher));
    }

    fn change(&self, change: impl FnOnce(&mut ClockReading)) {
        let watchers = {
            let mut state = self.state();
            change(&mut state.reading);
            state.watchers.clone()
        };
        // They are called without the lock, because they may read this clock.
        for watcher in watchers {
            if !watcher() {
                let mut state = self.state();
                state.watchers.retain(|known| !Arc::ptr_eq(known, &watcher));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, ManualTime> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ManualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualTime")
            .field("reading", &self.reading)
            .finish_non_exhaustive()
    }
}
