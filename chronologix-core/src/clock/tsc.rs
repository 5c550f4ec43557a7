//! The processor's own counter of time, which takes a third of the time of the monotonic clock.
//!
//! It is used on Linux if the kernel itself keeps time by it. The kernel has found then that the
//! counter runs at one rate in all power states, and alike on all processors. The caller does not
//! convert it. The writer compares it with the system's clocks in each round, so there is nothing
//! to calibrate and nothing that drifts.

#[cfg(all(target_os = "linux", target_arch = "x86_64", not(miri), not(loom)))]
mod here {
    use std::{fs, sync::OnceLock};

    /// Names the clock source in use, followed by a line break.
    const CLOCK_SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

    /// Returns whether the counter is reliable. The kernel is asked once in the life of the
    /// process.
    pub(in crate::clock) fn is_trusted() -> bool {
        static TRUSTED: OnceLock<bool> = OnceLock::new();
        *TRUSTED.get_or_init(|| kernel_trusts_tsc() && is_readable())
    }

    /// Returns whether this thread may read it. Who may not is sent `SIGSEGV`, and so are the
    /// threads that it starts.
    fn is_readable() -> bool {
        use rustix::process::{TimeStampCounterReadability, time_stamp_counter_readability};
        time_stamp_counter_readability() != Ok(TimeStampCounterReadability::RaiseSIGSEGV)
    }

    pub(super) fn kernel_trusts_tsc() -> bool {
        fs::read_to_string(CLOCK_SOURCE).is_ok_and(|source| is_tsc(&source))
    }

    pub(super) fn is_tsc(source: &str) -> bool {
        source.trim_end() == "tsc"
    }

    #[inline]
    #[expect(
        unsafe_code,
        reason = "there is no safe function for it; it takes 10 ns where the monotonic clock takes 26"
    )]
    pub(in crate::clock) fn read() -> u64 {
        // SAFETY: it touches no memory, and every x86-64 processor has the instruction.
        unsafe { std::arch::x86_64::_rdtsc() }
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64", not(miri), not(loom))))]
mod here {
    /// Returns `false`: we know of no counter to rely on.
    pub(in crate::clock) fn is_trusted() -> bool {
        false
    }

    pub(in crate::clock) fn read() -> u64 {
        super::super::monotonic()
    }
}

pub(super) use here::{is_trusted, read};

#[cfg(all(
    test,
    target_os = "linux",
    target_arch = "x86_64",
    not(miri),
    not(loom)
))]
mod tests;
