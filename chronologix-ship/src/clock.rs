//! Time, and the wish to stop: what a run waits with.

use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

/// Returns a number that no other process has, without a generator of random numbers.
pub(crate) fn random() -> u64 {
    // Each has keys of its own.
    RandomState::new().hash_one(())
}

/// Asks a run to stop. Clones ask the same run.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Asks the run to stop: it waits for the answer to the request in flight, at most for the
    /// grace time, and keeps its cursor.
    pub(crate) fn ask(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Returns whether the run was asked to stop.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the run is asked to stop, at most for `time`. Returns whether it was.
    fn wait(&self, time: Duration) -> bool {
        let guard = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(guard, time, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&self.is_asked()).finish()
    }
}

/// What a run knows of time.
pub(crate) trait Clock: Send + Sync {
    /// Returns the time of the calendar.
    fn now(&self) -> DateTime<Utc>;

    /// Returns a time that does not jump.
    fn instant(&self) -> Instant;

    /// Waits, or until the run is asked to stop. Returns whether it was.
    fn wait(&self, stop: &Stop, time: Duration) -> bool;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn wait(&self, stop: &Stop, time: Duration) -> bool {
        stop.wait(time)
    }
}
