//! How long calls took, as percentiles.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::Failure;

/// Nothing measured here takes longer: a minute.
const LONGEST: u64 = 60_000_000_000;

/// The durations of many calls, to the nanosecond up to 255 ns and to 1 % above.
#[derive(Clone, Debug)]
pub(crate) struct Latency(Histogram<u32>);

impl Latency {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST, 2)?))
    }

    #[inline]
    pub(crate) fn record(&mut self, taken: Duration) {
        self.0
            .saturating_record(u64::try_from(taken.as_nanos()).unwrap_or(LONGEST));
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), Failure> {
        self.0.add(&other.0)?;
        Ok(())
    }

    /// The nanoseconds that this share of the calls did not exceed; 0 if there were none.
    pub(crate) fn at(&self, share: f64) -> u64 {
        self.0.value_at_quantile(share)
    }
}
