//! What time it is. The only place that reads a clock.
//!
//! Records are stamped with *ticks* of a counter that only goes forward, so that the order of records
//! survives a step of the wall clock: the processor's own counter where the kernel itself trusts it, the monotonic clock elsewhere.
//! Once a round the writer takes a [`ClockReading`] of ticks and clocks together, and a [`Timeline`] turns the ticks of that round into
//! instants. A step of the wall clock thus takes effect between two rounds.

#[cfg(target_os = "linux")]
pub(crate) mod clocksource;
pub(crate) mod tsc;

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

#[cfg(any(test, feature = "testing"))]
mod manual;
#[cfg(test)]
mod tests;
mod timeline;

#[cfg(any(test, feature = "testing"))]
pub use self::manual::ManualClock;
pub(crate) use self::timeline::Timeline;

/// Nanoseconds by which a processor may read its counter too early: it does not wait until the loads in front are done, and so reads at
/// most as much sooner as such a load takes: from the other socket of a large machine 100 to 300.
const AHEAD: u64 = 500;

/// Nanoseconds in which a reading should be taken. If it took longer, the thread was held in between.
const QUICK: u64 = 500;

/// How often a reading is tried until one was quick.
const TRIES: u32 = 5;

/// The clock a logger lives by.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// The processor's counter.
    Counter,
    /// The monotonic clock, in nanoseconds.
    Monotonic,
    #[cfg(any(test, feature = "testing"))]
    Manual(ManualClock),
    /// For models: as time does, it goes on with every look.
    #[cfg(loom)]
    Counted(std::sync::Arc<loom::sync::atomic::AtomicU64>),
}

/// Ticks and clocks, read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockReading {
    pub(crate) ticks: u64,
    /// Nanoseconds of the monotonic clock.
    pub(crate) mono: u64,
    /// Nanoseconds since 1970 UTC; reaches from 1677 to 2262.
    pub(crate) wall: i64,
    /// Nanoseconds by which the three may be apart.
    pub(crate) apart: u64,
}

impl Default for Clock {
    fn default() -> Self {
        if tsc::is_trusted() {
            Self::Counter
        } else {
            Self::Monotonic
        }
    }
}

impl Clock {
    /// A number that only grows, as time goes on.
    #[inline]
    pub(crate) fn ticks(&self) -> u64 {
        match self {
            Self::Counter => tsc::read(),
            Self::Monotonic => monotonic(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.read().ticks,
            #[cfg(loom)]
            Self::Counted(ticks) => ticks.fetch_add(1, loom::sync::atomic::Ordering::Relaxed),
        }
    }

    /// Nanoseconds of the monotonic clock.
    pub(crate) fn monotonic(&self) -> u64 {
        match self {
            Self::Counter | Self::Monotonic => monotonic(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.read().mono,
            #[cfg(loom)]
            Self::Counted(_) => 0,
        }
    }

    pub(crate) fn read(&self) -> ClockReading {
        match self {
            Self::Counter | Self::Monotonic => self.read_system(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.read(),
            #[cfg(loom)]
            Self::Counted(_) => ClockReading {
                ticks: self.ticks(),
                mono: 0,
                wall: 0,
                apart: 0,
            },
        }
    }

    fn read_system(&self) -> ClockReading {
        let mut best = self.read_once();
        for _ in 1..TRIES {
            if best.apart < QUICK {
                break;
            }
            let reading = self.read_once();
            if reading.apart < best.apart {
                best = reading;
            }
        }
        best
    }

    fn read_once(&self) -> ClockReading {
        let before = monotonic();
        let ticks = self.ticks();
        let wall = system_wall();
        let apart = monotonic() - before;
        ClockReading {
            ticks,
            mono: before + apart / 2,
            wall,
            apart,
        }
    }

    /// Lets the moment pass by which other processors may have read their counters ahead, so that whatever was stamped up to
    /// `cut_off` and was known to another thread before is in its queue by now.
    pub(crate) fn wait_past_skew(&self, cut_off: ClockReading) {
        if let Self::Counter = self {
            while monotonic().saturating_sub(cut_off.mono) < AHEAD {
                std::hint::spin_loop();
            }
        }
    }

    /// Whether it wakes those who live by it when it changes.
    pub(crate) fn calls(&self) -> bool {
        !matches!(self, Self::Counter | Self::Monotonic)
    }

    /// How long to rest so as to wake at `wall`; `None` if the clock itself will call.
    pub(crate) fn rest_until(&self, now: ClockReading, wall: i64) -> Option<Duration> {
        let nanos = u64::try_from(wall.saturating_sub(now.wall)).unwrap_or(0);
        (!self.calls()).then_some(Duration::from_nanos(nanos))
    }
}

/// Has the system wake this thread at the time it asks for: on Linux a thread that sleeps for a while may else be woken 50 µs later.
pub(crate) fn set_timer_slack() {
    #[cfg(all(target_os = "linux", not(loom)))]
    // A moment later is no harm.
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
}

/// Nanoseconds of the monotonic clock since this was first called.
#[inline]
fn monotonic() -> u64 {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    // Truncation would take 584 years.
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
