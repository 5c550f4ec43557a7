//! A line on the terminal that says how far a run is, below what else is printed.

use std::{
    io::{self, Write as _},
    sync::{Mutex, PoisonError, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use crate::{
    figures::{bytes, grouped},
    metrics::Metrics,
};

/// How often it is drawn.
pub(super) const PACE: Duration = Duration::from_millis(250);

/// The last line of a terminal.
#[derive(Debug)]
pub(super) struct ProgressLine(Option<Mutex<Drawn>>);

#[derive(Debug)]
struct Drawn {
    at: Instant,
    records: u64,
    /// Records a second, smoothed.
    rate: f64,
    is_shown: bool,
}

impl ProgressLine {
    /// A line that is shown, or one that is not.
    pub(super) fn new(is_shown: bool) -> Self {
        let drawn = Drawn {
            at: Instant::now(),
            records: 0,
            rate: 0.0,
            is_shown: false,
        };
        Self(is_shown.then(|| Mutex::new(drawn)))
    }

    /// Returns whether there is one.
    pub(super) fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// Draws it anew.
    pub(super) fn draw(&self, metrics: &Metrics) {
        let Some(drawn) = &self.0 else { return };
        let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = drawn.at.elapsed();
        let records = metrics.records.load(Relaxed);
        drawn.rate = smoothed(drawn.rate, records - drawn.records, passed);
        (drawn.at, drawn.records, drawn.is_shown) = (Instant::now(), records, true);
        let lag = metrics.lag_bytes.load(Relaxed);
        let line = line(records, drawn.rate, lag, metrics.is_away.load(Relaxed));
        write_aside(&format!("\r\x1b[K{line}"));
    }

    /// Prints a line above it.
    pub(super) fn above(&self, text: &str) {
        self.clear();
        super::say_aside(text);
    }

    /// Takes it away, until it is drawn again.
    pub(super) fn clear(&self) {
        let Some(drawn) = &self.0 else { return };
        let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut drawn.is_shown) {
            write_aside("\r\x1b[K");
        }
    }
}

/// Returns the line.
pub(super) fn line(records: u64, rate: f64, lag: u64, is_away: bool) -> String {
    let state = if is_away {
        ", waiting for the receiver"
    } else {
        ""
    };
    let lag = bytes(lag);
    format!(
        "{} records sent, {rate:.0}/s, {lag} to read{state}",
        grouped(records)
    )
}

/// Brings what was sent in some time into a rate that does not jump.
pub(super) fn smoothed(rate: f64, records: u64, passed: Duration) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "it is shown with three digits or four"
    )]
    let now = records as f64 / passed.as_secs_f64();
    if rate == 0.0 {
        now
    } else {
        0.7 * rate + 0.3 * now
    }
}

/// Writes to stderr. A closed one is no error.
fn write_aside(text: &str) {
    let mut out = io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
