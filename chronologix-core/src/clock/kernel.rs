//! The kernel's own clocks, where a library such as libfaketime shows this process others.
//!
//! Timers go by the kernel's clocks, and std computes the end of a wait by what it is shown. With
//! another clock a wait of a millisecond lasts for ever, or no time at all.

#[cfg(target_os = "linux")]
mod here {
    #[cfg(not(loom))]
    use std::sync::OnceLock;

    #[cfg(not(loom))]
    use crate::clock::monotonic;
    use crate::{
        clock::{NEVER, system_wall},
        libc_hooks::kernel_clock,
    };

    /// Nanoseconds by which two reads of one clock surely differ less.
    const SAME_CLOCK: u64 = 1_000_000_000;

    /// Returns the time of the kernel's wall clock at which this process is shown `wall`.
    pub(crate) fn kernel_time_of(wall: i64) -> i64 {
        let shown = system_wall();
        let kernel = kernel_clock(libc::CLOCK_REALTIME).unwrap_or(shown);
        if wall == NEVER || kernel.abs_diff(shown) < SAME_CLOCK {
            return wall;
        }
        kernel.saturating_add(wall.saturating_sub(shown))
    }

    /// Returns the nanoseconds for which the machine was suspended since it was started. The
    /// monotonic clock stands still meanwhile.
    pub(crate) fn suspended() -> u64 {
        let clocks = [libc::CLOCK_BOOTTIME, libc::CLOCK_MONOTONIC].map(kernel_clock);
        let [Some(boot), Some(monotonic)] = clocks else {
            return 0;
        };
        u64::try_from(boot.saturating_sub(monotonic)).unwrap_or(0)
    }

    /// Returns whether this process is shown the kernel's clocks, as far as that can be known. Of
    /// the monotonic clock it is known how fast it goes, and not what it shows. Who replaces that
    /// replaces the wall clock too.
    #[cfg(not(loom))]
    pub(crate) fn are_clocks_true() -> bool {
        static APART: OnceLock<i64> = OnceLock::new();
        let apart = || {
            let kernel = kernel_clock(libc::CLOCK_MONOTONIC)?;
            Some(kernel.saturating_sub_unsigned(monotonic()))
        };
        let (Some(now), Some(wall)) = (apart(), kernel_clock(libc::CLOCK_REALTIME)) else {
            return true;
        };
        let first = *APART.get_or_init(|| now);
        wall.abs_diff(system_wall()) < SAME_CLOCK && now.abs_diff(first) < SAME_CLOCK
    }
}

#[cfg(not(target_os = "linux"))]
mod here {
    /// Returns 0: where the monotonic clock stands still while the machine is suspended, we cannot
    /// ask for how long.
    pub(crate) fn suspended() -> u64 {
        0
    }

    /// Returns `true`: nothing is known of other clocks.
    pub(crate) fn are_clocks_true() -> bool {
        true
    }
}

#[cfg(not(loom))]
pub(crate) use here::are_clocks_true;
#[cfg(target_os = "linux")]
pub(crate) use here::kernel_time_of;
pub(crate) use here::suspended;
