//! What came of one stream: errors, what was not seen yet, and how fast.

#[cfg(test)]
mod tests;

/// The seconds a rate is shown of.
pub(crate) const SECONDS: usize = 60;

/// The same as a span of time.
const MINUTE: i64 = 60;

/// What is counted of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct StreamStats {
    /// Lines of records that failed.
    pub(crate) errors: u64,
    /// Lines that came while they were not on screen.
    pub(crate) unread: u64,
    /// Errors among them.
    pub(crate) unread_errors: u64,
    /// Lines that came lately.
    pub(crate) rate: Rate,
}

/// Lines by the second in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    counts: [u32; SECONDS],
    /// The last second that is counted.
    second: i64,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            counts: [0; SECONDS],
            second: i64::MIN,
        }
    }
}

impl Rate {
    /// Counts a line that came in this second.
    pub(crate) fn add(&mut self, second: i64) {
        self.forget(second);
        if let Some(count) = self.counts.get_mut(slot(second)) {
            *count = count.saturating_add(1);
        }
    }

    /// The counts of the last minute before the end of this second, oldest first.
    pub(crate) fn last_minute(&self, now: i64) -> [u32; SECONDS] {
        let mut rate = self.clone();
        rate.forget(now);
        rate.counts.rotate_left((slot(now) + 1) % SECONDS);
        rate.counts
    }

    /// Whether anything came in the last minute.
    pub(crate) fn is_moving(&self, now: i64) -> bool {
        now.saturating_sub(self.second) < MINUTE
    }

    /// Clears the seconds between the last one counted and this one.
    fn forget(&mut self, second: i64) {
        let passed = second.saturating_sub(self.second);
        for back in 0..passed.clamp(0, MINUTE) {
            if let Some(count) = self.counts.get_mut(slot(second - back)) {
                *count = 0;
            }
        }
        self.second = self.second.max(second);
    }
}

/// Where a second is counted.
fn slot(second: i64) -> usize {
    usize::try_from(second.rem_euclid(MINUTE)).unwrap_or(0)
}
