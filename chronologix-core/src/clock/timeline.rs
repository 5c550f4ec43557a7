//! Turns ticks into instants.
//!
//! Between two readings the monotonic clock is interpolated, so there is no step where one round
//! ends and the next begins. The wall clock is the monotonic clock plus an offset, which changes
//! only when the wall clock is set. A measured offset that differs from the last one is noise,
//! unless it differs by more than the measurement can be wrong.

use super::ClockReading;

/// Nanoseconds by which two measurements of an unchanged offset may differ besides the time that
/// they took. The clocks count whole nanoseconds, and are read one after the other.
const NOISE: u64 = 200;

/// Nanoseconds over which the long-term rate of the counter is measured.
const RATE_WINDOW: u64 = 10_000_000_000;

/// The writer's readings, as far as they are needed.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    /// The reading from which the long-term rate is measured, and the one that will replace it.
    origin: ClockReading,
    next_origin: ClockReading,
    /// The reading before the last.
    then: ClockReading,
    now: ClockReading,
    /// From the monotonic clock to the wall clock, and how wrong that may be.
    offset: i64,
    offset_error: u64,
    /// Nanoseconds per tick: between the last two readings, and over a longer time.
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
            offset: offset(first),
            offset_error: first.uncertainty,
            rate: 1.0,
            long_rate: 1.0,
        }
    }

    /// Adds a reading.
    pub(crate) fn advance(&mut self, reading: ClockReading) {
        self.then = self.now;
        self.now = reading;
        if reading.mono.saturating_sub(self.next_origin.mono) > RATE_WINDOW {
            self.origin = std::mem::replace(&mut self.next_origin, reading);
        }
        // A counter that went back, as it may when a virtual machine is moved, has no rate.
        self.long_rate = rate(self.origin, reading).unwrap_or(self.long_rate);
        self.rate = rate(self.then, reading).unwrap_or(self.long_rate);
        let measured = offset(reading);
        let differs = measured.abs_diff(self.offset);
        if differs
            > self
                .offset_error
                .max(NOISE)
                .saturating_add(reading.uncertainty)
        {
            self.offset = measured;
            self.offset_error = reading.uncertainty;
        }
    }

    /// Returns the last reading, with its wall clock freed of noise.
    pub(crate) fn now(&self) -> ClockReading {
        ClockReading {
            wall: self.wall_of(self.now.mono),
            ..self.now
        }
    }

    /// Returns the wall clock at these ticks. It is never later than now.
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
            reason = "a value out of range saturates, which is what is wanted"
        )]
        let ago = (from.ticks.saturating_sub(ticks) as f64 * rate) as u64;
        self.wall_of(from.mono.saturating_sub(ago))
    }

    #[inline]
    fn wall_of(&self, mono: u64) -> i64 {
        self.offset.saturating_add_unsigned(mono)
    }
}

fn offset(reading: ClockReading) -> i64 {
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
