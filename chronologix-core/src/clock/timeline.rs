//! From ticks to instants.
//!
//! Between two samples the monotonic clock is interpolated, so that it has no steps where one round ends and the next begins. The wall
//! clock is the monotonic clock and a distance, which changes only when somebody sets the wall clock; what a measurement of
//! it differs by from the one before is noise, unless it is more than the measurement can be wrong.

use super::Sample;

/// Nanoseconds by which two measurements of an unchanged distance may differ beside the time that they took: the clocks are given in whole
/// nanoseconds, and are read one after the other.
const NOISE: u64 = 200;

/// Nanoseconds over which the rate of the counter is taken.
const LONG: u64 = 10_000_000_000;

/// The samples of the writer, as far as they matter.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    /// The sample that the rate is counted from, and one that will take its place.
    origin: Sample,
    next_origin: Sample,
    /// The sample before the last.
    then: Sample,
    now: Sample,
    /// From the monotonic clock to the wall clock, and how wrong it may be.
    distance: i64,
    wrong: u64,
    /// Nanoseconds a tick: between the last two samples, and over a longer time.
    rate: f64,
    long_rate: f64,
}

impl Timeline {
    pub(crate) fn new(first: Sample) -> Self {
        Self {
            origin: first,
            next_origin: first,
            then: first,
            now: first,
            distance: distance(first),
            wrong: first.apart,
            rate: 1.0,
            long_rate: 1.0,
        }
    }

    /// Goes on to the next sample.
    pub(crate) fn go_on(&mut self, sample: Sample) {
        self.then = self.now;
        self.now = sample;
        if sample.mono.saturating_sub(self.next_origin.mono) > LONG {
            self.origin = std::mem::replace(&mut self.next_origin, sample);
        }
        // A counter that went back, as one may when a machine is moved, has no rate.
        self.long_rate = rate(self.origin, sample).unwrap_or(self.long_rate);
        self.rate = rate(self.then, sample).unwrap_or(self.long_rate);
        let measured = distance(sample);
        let differs = measured.abs_diff(self.distance);
        if differs > self.wrong.max(NOISE).saturating_add(sample.apart) {
            self.distance = measured;
            self.wrong = sample.apart;
        }
    }

    /// The last sample, its wall clock without noise.
    pub(crate) fn now(&self) -> Sample {
        Sample {
            wall: self.wall_of(self.now.mono),
            ..self.now
        }
    }

    /// The wall clock when the ticks stood at `ticks`. Never later than now.
    #[inline]
    pub(crate) fn wall_at(&self, ticks: u64) -> i64 {
        let (from, rate) = if ticks >= self.then.ticks {
            (self.now, self.rate)
        } else {
            (self.then, self.long_rate)
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "what is not small and positive ends at the ends of the range"
        )]
        let ago = (from.ticks.saturating_sub(ticks) as f64 * rate) as u64;
        self.wall_of(from.mono.saturating_sub(ago))
    }

    #[inline]
    fn wall_of(&self, mono: u64) -> i64 {
        self.distance.saturating_add_unsigned(mono)
    }
}

fn distance(sample: Sample) -> i64 {
    sample.wall.saturating_sub_unsigned(sample.mono)
}

fn rate(from: Sample, to: Sample) -> Option<f64> {
    let ticks = to
        .ticks
        .checked_sub(from.ticks)
        .filter(|ticks| *ticks > 0)?;
    let nanos = to.mono.checked_sub(from.mono)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate need not be more precise than that"
    )]
    let rate = nanos as f64 / ticks as f64;
    Some(rate)
}

#[cfg(test)]
mod tests;
