//! How late it surely is. What is removed for its age is gone, so a clock that was ahead for a
//! minute must not decide about it.
//!
//! While the process runs, the monotonic clock tells how much time has passed, and the kernel for
//! how long the machine was suspended. A wall clock that is suddenly ahead of that by more than an
//! interval counts after two intervals have passed. At the start only the tree tells what time it
//! was. If its last folder was closed long ago, the machine may have rested or its clock may be
//! wrong, and the time of that folder counts so long.

use chrono::{DateTime, TimeDelta, Utc};

use super::{policy::RetentionPolicy, scan::TreeScan};
use crate::clock::ClockReading;

/// A wall clock, and how far it is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TrustedTime {
    /// What the clock shows.
    pub(crate) wall: DateTime<Utc>,
    /// What is surely past: never later than what the clock shows.
    pub(crate) trusted: DateTime<Utc>,
}

/// Tells whether the wall clock goes with the monotonic clock.
#[derive(Debug)]
pub(super) struct ClockWatch {
    /// When the logger was started.
    started: ClockReading,
    /// From the monotonic clock to the time that is trusted.
    offset: Option<i64>,
    /// When the wall clock was first found to be ahead, by the monotonic clock.
    ahead_since: Option<u64>,
}

impl ClockWatch {
    pub(super) fn new(started: ClockReading) -> Self {
        Self {
            started,
            offset: None,
            ahead_since: None,
        }
    }

    /// Returns how far a reading is trusted. `tree` is looked at the first time.
    pub(super) fn look(
        &mut self,
        now: ClockReading,
        rules: &RetentionPolicy,
        tree: &TreeScan,
    ) -> TrustedTime {
        let wall = DateTime::from_timestamp_nanos(now.wall);
        let interval = rules.interval_length();
        let nanos = |time: TimeDelta| time.num_nanoseconds().unwrap_or(i64::MAX);
        let of = |reading: ClockReading| reading.wall.saturating_sub_unsigned(reading.mono);
        let measured = of(now);
        let offset = self.offset.unwrap_or_else(|| {
            let started = DateTime::from_timestamp_nanos(self.started.wall);
            let last = rules.last_closed(tree, started).unwrap_or(started);
            let idle = started - last;
            // A tree in use has a folder that was closed in the interval before that.
            let is_in_use = idle <= rules.min_age() + interval * 2;
            of(self.started).saturating_sub(if is_in_use { 0 } else { nanos(idle) })
        });
        let is_ahead = measured.saturating_sub(offset) > nanos(interval);
        let since = *self.ahead_since.get_or_insert(now.mono);
        let passed = now.mono.saturating_sub(since);
        let is_new = passed < nanos(rules.min_age()).unsigned_abs();
        let trusted = if is_ahead && is_new { offset } else { measured };
        if trusted == measured {
            self.ahead_since = None;
        }
        self.offset = Some(trusted);
        let trusted = DateTime::from_timestamp_nanos(trusted.saturating_add_unsigned(now.mono));
        TrustedTime { wall, trusted }
    }
}

#[cfg(test)]
mod tests;
