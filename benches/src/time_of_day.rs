//! `HH:MM:SS.ffffff` in UTC for the loggers that have no stamp of their own of this form.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Renders the time of day; keeps the second last rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeOfDay {
    second: u64,
    text: [u8; 15],
}

impl Default for TimeOfDay {
    fn default() -> Self {
        Self {
            second: 0,
            text: *b"00:00:00.000000",
        }
    }
}

impl TimeOfDay {
    /// The time of day now.
    #[inline]
    pub(crate) fn now(&mut self) -> &str {
        self.at(SystemTime::now())
    }

    /// The time of day then.
    #[inline]
    pub(crate) fn at(&mut self, then: SystemTime) -> &str {
        self.since_epoch(then.duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// The time of day so long after the epoch.
    #[inline]
    pub(crate) fn since_epoch(&mut self, then: Duration) -> &str {
        if then.as_secs() != self.second {
            self.second = then.as_secs();
            let of_day = self.second % 86_400;
            self.two_digits(0, of_day / 3_600);
            self.two_digits(3, of_day / 60 % 60);
            self.two_digits(6, of_day % 60);
        }
        let micros = u64::from(then.subsec_micros());
        self.two_digits(9, micros / 10_000);
        self.two_digits(11, micros / 100 % 100);
        self.two_digits(13, micros % 100);
        // Only digits and the marks between them are ever written.
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    #[inline]
    fn two_digits(&mut self, at: usize, number: u64) {
        let digit = |number: u64| b'0' + u8::try_from(number % 10).unwrap_or_default();
        self.text[at] = digit(number / 10);
        self.text[at + 1] = digit(number);
    }
}

/// Writes the time of day now, without memory of the second.
pub(crate) fn write_now(out: &mut impl fmt::Write) -> fmt::Result {
    out.write_str(TimeOfDay::default().now())
}
