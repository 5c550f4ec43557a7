//! A callsite that logs at most once in a while: `log!(app(every = "5s"), …)`.

use std::sync::atomic::Ordering;

use crate::AtomicU64;

/// The key under which the next record tells how many were left out.
pub(crate) const LEFT_OUT: &str = "left_out";

/// What one callsite remembers. The macro makes it, once, as a static.
#[derive(Debug)]
pub struct Throttle {
    /// The pause between two records, in nanoseconds.
    every: u64,
    /// When the next record may pass, by the monotonic clock, or 0 before the first.
    due: AtomicU64,
    /// Records left out since the last one that passed.
    left_out: AtomicU64,
}

impl Throttle {
    /// Creates a throttle that lets one record pass every so many nanoseconds.
    #[must_use]
    pub const fn new(every: u64) -> Self {
        Self {
            every,
            due: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
        }
    }

    /// Returns a throttle with the same pause that has let no record pass.
    #[cfg(any(test, feature = "testing"))]
    pub(super) const fn fresh(&self) -> Self {
        Self::new(self.every)
    }

    /// Returns whether a record may pass now, and then how many were left out since the last one.
    ///
    /// If several threads come when one record is due, one passes. Each record that is left out is
    /// counted and reported once.
    pub(crate) fn pass(&self, clock: impl FnOnce() -> u64) -> Option<u64> {
        let due = self.due.load(Ordering::Acquire);
        // The clock is read after `due`, so it is no earlier than the record that set `due`.
        let now = clock();
        // If `due` is further away than the pause is long, the clock is not the one that set it.
        let is_due = now >= due || due - now > self.every;
        let next = now.saturating_add(self.every);
        let passes = is_due
            && self
                .due
                .compare_exchange(due, next, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok();
        if passes {
            Some(self.left_out.swap(0, Ordering::Relaxed))
        } else {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            None
        }
    }
}

#[cfg(test)]
mod tests;
