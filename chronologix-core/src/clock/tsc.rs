//! The processor's own counter of time, which takes a third of the time that the system's monotonic clock takes.
//!
//! It is used on Linux when the kernel keeps its own time by it: then the kernel has found that it runs at one rate, in
//! all power states, and alike on all processors. It is not converted on the way: that is left to the writer, which compares it with
//! the system's clocks once a round, so that there is nothing to calibrate and nothing that drifts.

#[cfg(all(target_os = "linux", target_arch = "x86_64", not(miri), not(loom)))]
mod here {
    /// Whether the counter may be relied on. The kernel's choice is looked at once in the life of the process.
    pub(in crate::clock) fn is_trusted() -> bool {
        static TRUSTED: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
        *TRUSTED.get_or_init(crate::clock::clocksource::kernel_trusts_tsc)
    }

    #[inline]
    #[expect(
        unsafe_code,
        reason = "there is no safe function for it; it is measured to take 10 ns where the monotonic clock takes 26"
    )]
    pub(in crate::clock) fn read() -> u64 {
        // SAFETY: it touches no memory, and every x86-64 processor has the instruction.
        unsafe { std::arch::x86_64::_rdtsc() }
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64", not(miri), not(loom))))]
mod here {
    /// There is no counter that we know to rely on.
    pub(in crate::clock) fn is_trusted() -> bool {
        false
    }

    pub(in crate::clock) fn read() -> u64 {
        super::super::monotonic()
    }
}

pub(super) use here::{is_trusted, read};
