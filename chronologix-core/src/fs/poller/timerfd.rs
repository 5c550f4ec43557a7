//! A timer on the wall clock (`timerfd_create(2)`). It also expires when the clock is set, and when
//! the machine wakes up from sleep.

use std::time::Duration;

use rustix::{
    event::Timespec,
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::{Errno, read},
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create,
        timerfd_settime,
    },
};

use crate::clock::NEVER;

#[cfg(test)]
mod tests;

/// Ends a poll when the wall clock shows a given time.
#[derive(Debug)]
pub(crate) struct Timerfd {
    timer: OwnedFd,
    /// When it expires; `None` if it has expired.
    time: Option<i64>,
}

impl Timerfd {
    /// Creates a timer. From now on it notices that the clock is set.
    pub(crate) fn new() -> Result<Self, Errno> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Realtime, flags)?;
        let mut timer = Self { timer, time: None };
        timer.set(NEVER)?;
        Ok(timer)
    }

    /// Sets the time at which it expires, in nanoseconds since 1970. Returns whether the clock was
    /// set since the last call of this or of [`Timerfd::take_expired`].
    pub(crate) fn set(&mut self, time: i64) -> Result<bool, Errno> {
        if self.time == Some(time) {
            return Ok(false);
        }
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        let outcome = timerfd_settime(&self.timer, flags, &once_at(time));
        let clock_was_set = was_clock_set(outcome.map(drop))?;
        self.time = Some(time);
        Ok(clock_was_set)
    }

    /// Returns whether it has expired, or the clock was set, since the last call of this or of
    /// [`Timerfd::set`].
    pub(crate) fn take_expired(&mut self) -> Result<bool, Errno> {
        let has_expired = is_expired(read(&self.timer, &mut [0; 8]).map(drop))?;
        if has_expired {
            self.time = None;
        }
        Ok(has_expired)
    }
}

impl AsFd for Timerfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}

/// Interprets the outcome of setting the timer. Although the kernel answers with an error if the
/// clock was set, it has taken the time: see `timerfd_create(2)` under BUGS.
fn was_clock_set(outcome: Result<(), Errno>) -> Result<bool, Errno> {
    match outcome {
        Ok(()) => Ok(false),
        Err(Errno::CANCELED) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Interprets the outcome of reading the timer.
fn is_expired(outcome: Result<(), Errno>) -> Result<bool, Errno> {
    match outcome {
        // The time has come, or the clock was set.
        Ok(()) | Err(Errno::CANCELED) => Ok(true),
        Err(Errno::AGAIN | Errno::INTR) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns the setting for one expiry at `time`. The kernel knows no time before 1970 and takes 0
/// for "never"; any other time that has passed expires at once.
fn once_at(time: i64) -> Itimerspec {
    let time = Duration::from_nanos(u64::try_from(time).unwrap_or_default().max(1));
    let zero = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    Itimerspec {
        it_interval: zero,
        // 292 years fit in any case.
        it_value: Timespec::try_from(time).unwrap_or(zero),
    }
}
