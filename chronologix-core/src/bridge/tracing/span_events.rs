//! Records of spans themselves, and how long they took.

use std::{
    fmt,
    ops::{BitOr, BitOrAssign},
};

use crate::{
    clock::Clock,
    codec::{encode::BufEncoder, field_codec::FieldRef},
    frontend::dynamic::encode_field,
};

#[cfg(test)]
mod tests;

/// What of a span gets a record: see
/// [`TracingLayer::span_events`](super::TracingLayer::span_events).
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::bridge::tracing::SpanEvents;
///
/// let events = SpanEvents::NEW | SpanEvents::CLOSE;
/// assert!(events.contains(SpanEvents::CLOSE));
/// assert!(!events.contains(SpanEvents::ACTIVE));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct SpanEvents(u8);

impl SpanEvents {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// It is created.
    pub const NEW: Self = Self(1);
    /// It is entered. A future with a span enters it whenever it is polled.
    pub const ENTER: Self = Self(2);
    /// It is left.
    pub const EXIT: Self = Self(4);
    /// It is closed: its last handle is dropped. The record says how long it took.
    pub const CLOSE: Self = Self(8);
    /// It is entered or left.
    pub const ACTIVE: Self = Self(Self::ENTER.0 | Self::EXIT.0);
    /// All of these.
    pub const FULL: Self = Self(Self::NEW.0 | Self::ACTIVE.0 | Self::CLOSE.0);

    /// Returns whether all of `other` is in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for SpanEvents {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for SpanEvents {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl fmt::Debug for SpanEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        for (event, name) in [
            (Self::NEW, "new"),
            (Self::ENTER, "enter"),
            (Self::EXIT, "exit"),
            (Self::CLOSE, "close"),
        ] {
            if self.contains(event) {
                set.entry(&format_args!("{name}"));
            }
        }
        set.finish()
    }
}

/// How long a span was entered and how long it was not, kept with it. In nanoseconds of the
/// monotonic clock.
#[derive(Debug)]
pub(super) struct SpanTimes {
    busy: u64,
    idle: u64,
    /// When it was created, entered or left last.
    since: u64,
    /// By how many threads, or how often by one, it is entered.
    entered: usize,
}

impl SpanTimes {
    pub(super) fn starting_at(clock: &Clock) -> Self {
        Self {
            busy: 0,
            idle: 0,
            since: clock.monotonic(),
            entered: 0,
        }
    }

    pub(super) fn enter(&mut self, clock: &Clock) {
        if self.entered == 0 {
            self.idle += self.lap(clock);
        }
        self.entered += 1;
    }

    pub(super) fn exit(&mut self, clock: &Clock) {
        self.entered = self.entered.saturating_sub(1);
        if self.entered == 0 {
            self.busy += self.lap(clock);
        }
    }

    /// Returns how long it was entered, and how long it was not, if it is closed now.
    pub(super) fn until_close(&self, clock: &Clock) -> (u64, u64) {
        (
            self.busy,
            self.idle + clock.monotonic().saturating_sub(self.since),
        )
    }

    fn lap(&mut self, clock: &Clock) -> u64 {
        let now = clock.monotonic();
        let before = std::mem::replace(&mut self.since, now);
        now.saturating_sub(before)
    }
}

/// Writes the fields of a `close`, named and shown as by `tracing-subscriber`.
pub(super) fn encode_times(to: &mut BufEncoder<'_>, busy: u64, idle: u64) {
    for (key, nanos) in [("time.busy", busy), ("time.idle", idle)] {
        encode_field(
            to,
            key,
            FieldRef::Formatted(format_args!("{}", Elapsed(nanos))),
        );
    }
}

/// Nanoseconds with three digits and a unit: `1.20ms`.
struct Elapsed(u64);

impl fmt::Display for Elapsed {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = self.0 as f64;
        for unit in ["ns", "µs", "ms"] {
            if value < 1000.0 {
                return show(f, value, unit);
            }
            value /= 1000.0;
        }
        show(f, value, "s")
    }
}

fn show(f: &mut fmt::Formatter<'_>, value: f64, unit: &str) -> fmt::Result {
    let digits = match value {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    write!(f, "{value:.digits$}{unit}")
}
