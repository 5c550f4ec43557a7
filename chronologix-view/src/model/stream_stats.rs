//! Statistics of a stream: errors, unread lines and rate.

#[cfg(test)]
mod tests;

/// The number of seconds that a rate covers.
pub(crate) const SECONDS: usize = 60;

/// The same as a time span.
const MINUTE: i64 = 60;

/// Statistics of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct StreamStats {
    /// Lines with level error or critical.
    pub(crate) errors: u64,
    /// Lines that came while they were not on screen.
    pub(crate) unread: u64,
    /// Errors among them.
    pub(crate) unread_errors: u64,
    /// Recent lines.
    pub(crate) rate: Rate,
}

/// The number of lines in each of the last seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    counts: [u32; SECONDS],
    /// The last counted second.
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
    /// Counts a line in this second.
    pub(crate) fn add(&mut self, second: i64) {
        self.forget(second);
        if let Some(count) = self.counts.get_mut(slot(second)) {
            *count = count.saturating_add(1);
        }
    }

    /// Returns the counts of the last minute, oldest first.
    pub(crate) fn last_minute(&self, now: i64) -> [u32; SECONDS] {
        let mut rate = self.clone();
        rate.forget(now);
        rate.counts.rotate_left((slot(now) + 1) % SECONDS);
        rate.counts
    }

    /// Returns whether any line came in the last minute.
    pub(crate) fn is_moving(&self, now: i64) -> bool {
        now.saturating_sub(self.second) < MINUTE
    }

    /// Clears the seconds between the last counted one and this one.
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

/// Returns the index of a second.
fn slot(second: i64) -> usize {
    usize::try_from(second.rem_euclid(MINUTE)).unwrap_or(0)
}
