//! What time it is. Nothing else reads a clock.
//!
//! Records are stamped with *ticks* of a counter that only goes forward, so a step of the wall
//! clock does not change their order. It is the processor's own counter where the kernel trusts
//! that, and the monotonic clock elsewhere. In each round the writer reads ticks and clocks
//! together ([`ClockReading`]), and a [`Timeline`] turns the ticks of that round into instants. So
//! a step of the wall clock takes effect between two rounds.

pub(crate) mod kernel;
mod tsc;

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, Utc};

#[cfg(any(test, feature = "testing"))]
mod manual;
#[cfg(test)]
mod tests;
mod timeline;

#[cfg(any(test, feature = "testing"))]
pub use self::manual::ManualClock;
pub(crate) use self::timeline::Timeline;

/// Nanoseconds by which a processor may read its counter too early. It does not wait for the loads
/// in front, so it reads at most as much too early as such a load takes: 100 to 300 ns from the
/// other socket of a large machine.
const MAX_SKEW: u64 = 500;

/// Nanoseconds that a reading should take. If it took longer, the thread was interrupted.
const QUICK_READING: u64 = 500;

/// How often the monotonic clock is read at most while [`MAX_SKEW`] passes. A clock that shows the
/// same so often stands still, as one of a test may, and the reads have taken longer than that.
const MAX_SKEW_READS: u32 = 1_000;

/// How often a reading is tried until one is quick.
const MAX_READINGS: u32 = 5;

/// Nanoseconds since 1970 beyond which no clock is read: the year 2262. What is due then never is.
pub(crate) const NEVER: i64 = i64::MAX;

/// The clock that a logger uses.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The processor's time stamp counter.
    Tsc,
    /// The monotonic clock, in nanoseconds.
    Monotonic,
    /// A clock of tests.
    #[cfg(any(test, feature = "testing"))]
    Manual(ManualClock),
    /// For models: it advances with every read, as time does.
    #[cfg(loom)]
    Counted(std::sync::Arc<loom::sync::atomic::AtomicU64>),
}

/// Ticks and clocks, read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockReading {
    pub(crate) ticks: u64,
    /// Nanoseconds of the monotonic clock.
    pub(crate) mono: u64,
    /// Nanoseconds since 1970 UTC, which reach from 1677 to 2262.
    pub(crate) wall: i64,
    /// Nanoseconds by which the three may differ.
    pub(crate) uncertainty: u64,
}

impl Default for Clock {
    fn default() -> Self {
        if tsc::is_trusted() {
            Self::Tsc
        } else {
            Self::Monotonic
        }
    }
}

impl Clock {
    /// Returns the ticks, which only grow.
    #[inline]
    pub(crate) fn ticks(&self) -> u64 {
        match self {
            Self::Tsc => tsc::read(),
            Self::Monotonic => monotonic(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.read().ticks,
            #[cfg(loom)]
            Self::Counted(ticks) => ticks.fetch_add(1, loom::sync::atomic::Ordering::Relaxed),
        }
    }

    /// Returns the nanoseconds of the monotonic clock.
    pub(crate) fn monotonic(&self) -> u64 {
        match self {
            Self::Tsc | Self::Monotonic => monotonic(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.read().mono,
            #[cfg(loom)]
            Self::Counted(_) => 0,
        }
    }

    /// Reads ticks and clocks together.
    pub(crate) fn read(&self) -> ClockReading {
        match self {
            Self::Tsc | Self::Monotonic => self.read_system(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.read(),
            #[cfg(loom)]
            Self::Counted(_) => ClockReading {
                ticks: self.ticks(),
                mono: 0,
                wall: 0,
                uncertainty: 0,
            },
        }
    }

    /// Returns a reading whose monotonic clock also counts the time in which the machine was
    /// suspended, as far as the system tells that.
    pub(crate) fn with_suspended(&self, reading: ClockReading) -> ClockReading {
        let suspended = match self {
            Self::Tsc | Self::Monotonic => kernel::suspended(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.suspended(),
            #[cfg(loom)]
            Self::Counted(_) => 0,
        };
        ClockReading {
            mono: reading.mono.saturating_add(suspended),
            ..reading
        }
    }

    /// Takes the quickest of a few readings, which is the one with the least uncertainty.
    fn read_system(&self) -> ClockReading {
        let mut best = self.read_once();
        for _ in 1..MAX_READINGS {
            if best.uncertainty < QUICK_READING {
                break;
            }
            let reading = self.read_once();
            if reading.uncertainty < best.uncertainty {
                best = reading;
            }
        }
        best
    }

    fn read_once(&self) -> ClockReading {
        let before = monotonic();
        let ticks = self.ticks();
        let wall = system_wall();
        let uncertainty = monotonic().saturating_sub(before);
        ClockReading {
            ticks,
            mono: before + uncertainty / 2,
            wall,
            uncertainty,
        }
    }

    /// Waits until no processor can have read its counter too early any more. A record that is
    /// stamped up to `cut_off`, and of which another thread knew before, is in its queue then.
    pub(crate) fn wait_past_skew(&self, cut_off: ClockReading) {
        if let Self::Tsc = self {
            for _ in 0..MAX_SKEW_READS {
                if monotonic().saturating_sub(cut_off.mono) >= MAX_SKEW {
                    break;
                }
                std::hint::spin_loop();
            }
        }
    }

    /// Returns whether it notifies its loggers when it changes, so that they need no timer.
    pub(crate) fn notifies(&self) -> bool {
        !matches!(self, Self::Tsc | Self::Monotonic)
    }

    /// Returns how long to wait until `wall`, or `None` if the clock notifies.
    pub(crate) fn time_until(&self, now: ClockReading, wall: i64) -> Option<Duration> {
        let left = match wall {
            NEVER => NEVER,
            _ => wall.saturating_sub(now.wall),
        };
        let nanos = u64::try_from(left).unwrap_or(0);
        (!self.notifies()).then_some(Duration::from_nanos(nanos))
    }
}

/// Sets the timer slack of this thread to its least value. By default Linux may wake a sleeping
/// thread 50 µs late, to do so for several threads at once.
pub(crate) fn set_timer_slack() {
    #[cfg(all(target_os = "linux", not(loom)))]
    // If it fails, the writer only wakes a little later.
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
}

/// Returns the nanoseconds of the monotonic clock since the first call.
#[inline]
fn monotonic() -> u64 {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "584 years of nanoseconds fit"
    )]
    let nanos = ORIGIN.get_or_init(Instant::now).elapsed().as_nanos() as u64;
    nanos
}

fn system_wall() -> i64 {
    let nanos = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => nanos(after),
        Err(before) => -nanos(before.duration()),
    }
}

/// Returns the nanoseconds since 1970. Instants that are out of range become the nearest in range.
pub(crate) fn wall_nanos(instant: DateTime<Utc>) -> i64 {
    let beyond = if instant.timestamp() < 0 {
        i64::MIN
    } else {
        i64::MAX
    };
    instant.timestamp_nanos_opt().unwrap_or(beyond)
}
