//! An alarm on the wall clock (`timerfd_create(2)`) that also rings when the clock is set, and when the machine wakes up.

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

#[cfg(test)]
mod tests;

/// Nanoseconds since 1970 that nobody will see: the year 2262.
const NEVER: i64 = i64::MAX;

#[derive(Debug)]
pub(crate) struct Timerfd {
    timer: OwnedFd,
    /// When it rings; `None` if it has rung.
    time: Option<i64>,
}

impl Timerfd {
    /// From now on it notices that the clock is set.
    pub(crate) fn new() -> Result<Self, Errno> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Realtime, flags)?;
        let mut alarm = Self { timer, time: None };
        alarm.set(NEVER)?;
        Ok(alarm)
    }

    /// Has it ring at `time`, in nanoseconds since 1970. Whether the clock was set since the last call of `set` or `has_rung`.
    pub(crate) fn set(&mut self, time: i64) -> Result<bool, Errno> {
        if self.time == Some(time) {
            return Ok(false);
        }
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        let answer = timerfd_settime(&self.timer, flags, &once_at(time));
        let clock_was_set = judge_setting(answer.map(drop))?;
        self.time = Some(time);
        Ok(clock_was_set)
    }

    /// Whether the clock is there, or was set, since the last call of `set` or `has_rung`.
    pub(crate) fn has_rung(&mut self) -> Result<bool, Errno> {
        let has_rung = judge_reading(read(&self.timer, &mut [0; 8]).map(drop))?;
        if has_rung {
            self.time = None;
        }
        Ok(has_rung)
    }
}

impl AsFd for Timerfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}

/// Whether the clock was set, by what the kernel says to a new time. Although it answers with an error then, it has taken the
/// time; `timerfd_create(2)` promises that under BUGS.
fn judge_setting(answer: Result<(), Errno>) -> Result<bool, Errno> {
    match answer {
        Ok(()) => Ok(false),
        Err(Errno::CANCELED) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whether it has rung, by what the kernel says to a read.
fn judge_reading(answer: Result<(), Errno>) -> Result<bool, Errno> {
    match answer {
        // The time has come, or the clock was set.
        Ok(()) | Err(Errno::CANCELED) => Ok(true),
        Err(Errno::AGAIN | Errno::INTR) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The kernel knows no time before 1970, and takes 0 for "not at all"; both are long past.
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
