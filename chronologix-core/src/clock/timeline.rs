//! From ticks to instants.
//!
//! Between two readings the monotonic clock is interpolated, so that it has no steps where one round ends and the next begins. The wall
//! clock is the monotonic clock and a distance, which changes only when somebody sets the wall clock; what a measurement of
//! it differs by from the one before is noise, unless it is more than the measurement can be wrong.

use super::ClockReading;

/// Nanoseconds by which two measurements of an unchanged distance may differ beside the time that they took: the clocks are given in whole
/// nanoseconds, and are read one after the other.
const NOISE: u64 = 200;

/// Nanoseconds over which the rate of the counter is taken.
const LONG: u64 = 10_000_000_000;

/// The readings of the writer, as far as they matter.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    /// The reading that the rate is counted from, and one that will take its place.
    origin: ClockReading,
    next_origin: ClockReading,
    /// The reading before the last.
    then: ClockReading,
    now: ClockReading,
    /// From the monotonic clock to the wall clock, and how wrong it may be.
    distance: i64,
    wrong: u64,
    /// Nanoseconds a tick: between the last two readings, and over a longer time.
    rate: f64,
    long_rate: f64,
}

impl Timeline {
    pub(crate) fn new(first: ClockReading) -> Self {
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

    /// Goes on to the next reading.
    pub(crate) fn go_on(&mut self, reading: ClockReading) {
        self.then = self.now;
        self.now = reading;
        if reading.mono.saturating_sub(self.next_origin.mono) > LONG {
            self.origin = std::mem::replace(&mut self.next_origin, reading);
        }
        // A counter that went back, as one may when a machine is moved, has no rate.
        self.long_rate = rate(self.origin, reading).unwrap_or(self.long_rate);
        self.rate = rate(self.then, reading).unwrap_or(self.long_rate);
        let measured = distance(reading);
        let differs = measured.abs_diff(self.distance);
        if differs > self.wrong.max(NOISE).saturating_add(reading.apart) {
            self.distance = measured;
            self.wrong = reading.apart;
        }
    }

    /// The last reading, its wall clock without noise.
    pub(crate) fn now(&self) -> ClockReading {
        ClockReading {
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

fn distance(reading: ClockReading) -> i64 {
    reading.wall.saturating_sub_unsigned(reading.mono)
}

fn rate(from: ClockReading, to: ClockReading) -> Option<f64> {
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
