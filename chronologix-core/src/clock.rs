//! What time it is. The only place that reads a clock.
//!
//! Records are stamped with *ticks*: nanoseconds on a clock that only goes forward, so that the order of records
//! survives a step of the wall clock. Once a batch the writer takes a [`Sample`] of ticks and wall clock
//! together and turns the ticks of that batch into instants with it. A step of the wall clock thus takes effect between two batches.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

#[cfg(any(test, feature = "testing"))]
mod manual;
#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "testing"))]
pub use manual::ManualClock;

/// The clock a logger lives by.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clock {
    #[default]
    System,
    #[cfg(any(test, feature = "testing"))]
    Manual(ManualClock),
    /// For models: as time does, it goes on with every look.
    #[cfg(loom)]
    Counted(std::sync::Arc<loom::sync::atomic::AtomicU64>),
}

/// Ticks and wall clock, read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) ticks: u64,
    /// Nanoseconds since 1970 UTC; reaches from 1677 to 2262.
    pub(crate) wall: i64,
}

impl Clock {
    /// Nanoseconds that only grow.
    #[inline]
    pub(crate) fn ticks(&self) -> u64 {
        match self {
            Self::System => system_ticks(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.ticks(),
            #[cfg(loom)]
            Self::Counted(ticks) => ticks.fetch_add(1, loom::sync::atomic::Ordering::Relaxed),
        }
    }

    pub(crate) fn sample(&self) -> Sample {
        match self {
            Self::System => Sample {
                ticks: system_ticks(),
                wall: system_wall(),
            },
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.sample(),
            #[cfg(loom)]
            Self::Counted(_) => Sample {
                ticks: self.ticks(),
                wall: 0,
            },
        }
    }

    /// How long to rest so as to wake at `wall`; `None` if the clock itself will call.
    pub(crate) fn rest_until(&self, now: Sample, wall: i64) -> Option<Duration> {
        match self {
            Self::System => {
                let nanos = u64::try_from(wall.saturating_sub(now.wall)).unwrap_or(0);
                Some(Duration::from_nanos(nanos))
            }
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(_) => None,
            #[cfg(loom)]
            Self::Counted(_) => None,
        }
    }
}

impl Sample {
    /// The wall clock when the ticks stood at `ticks`, by this sample.
    #[inline]
    pub(crate) fn wall_at(self, ticks: u64) -> i64 {
        #[expect(
            clippy::cast_possible_wrap,
            reason = "the difference is small, of either sign"
        )]
        let since = ticks.wrapping_sub(self.ticks) as i64;
        self.wall.saturating_add(since)
    }
}

#[inline]
fn system_ticks() -> u64 {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    // Truncation would take 584 years.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "584 years of nanoseconds fit"
    )]
    let ticks = ORIGIN.get_or_init(Instant::now).elapsed().as_nanos() as u64;
    ticks
}

fn system_wall() -> i64 {
    let nanos = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => nanos(after),
        Err(before) => -nanos(before.duration()),
    }
}
