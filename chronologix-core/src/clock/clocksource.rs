//! What the kernel counts time by.

use std::fs;

/// The clock source in use, a word and a line break.
const CLOCK_SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/// Whether the kernel itself keeps time by the processor's time stamp counter: it does so only as long as it finds
/// that counter steady and the same on all processors.
pub(crate) fn kernel_trusts_tsc() -> bool {
    fs::read_to_string(CLOCK_SOURCE).is_ok_and(|source| is_tsc(&source))
}

fn is_tsc(source: &str) -> bool {
    source.trim_end() == "tsc"
}

#[cfg(test)]
mod tests;
