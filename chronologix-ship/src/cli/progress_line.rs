//! A line on the terminal that says how far a run is, below what else is printed.

use std::{
    io::{self, Write as _},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering::Relaxed},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    clock::{Clock as _, Stop, SystemClock},
    figures::{bytes, grouped},
    metrics::Metrics,
};

/// How often it is drawn.
const PACE: Duration = Duration::from_millis(250);

/// The last line of a terminal.
#[derive(Debug)]
pub(super) struct ProgressLine(Option<Mutex<IsShown>>);

/// Whether the line is there at the moment.
type IsShown = bool;

/// How fast records are sent, smoothed.
#[derive(Debug)]
pub(super) struct RecordRate {
    at: Instant,
    records: u64,
    /// Records a second.
    rate: f64,
}

impl RecordRate {
    pub(super) fn new() -> Self {
        Self {
            at: Instant::now(),
            records: 0,
            rate: 0.0,
        }
    }

    /// Returns the line of a run that sends records.
    pub(super) fn line(&mut self, metrics: &Metrics) -> String {
        let records = metrics.records.load(Relaxed);
        self.rate = smoothed(self.rate, records - self.records, self.at.elapsed());
        (self.at, self.records) = (Instant::now(), records);
        let lag = metrics.lag_bytes.load(Relaxed);
        line(records, self.rate, lag, metrics.is_away.load(Relaxed))
    }
}

impl ProgressLine {
    /// A line that is shown, or one that is not.
    pub(super) fn new(is_shown: bool) -> Self {
        Self(is_shown.then(|| Mutex::new(false)))
    }

    /// Draws it while something runs, and takes it away.
    pub(super) fn during<T>(
        self: &Arc<Self>,
        text: impl FnMut() -> String + Send + 'static,
        run: impl FnOnce() -> T,
    ) -> T {
        let ended = Stop::default();
        let drawing = self.draw(&ended, text);
        let outcome = run();
        ended.ask();
        // A thread that draws has nothing to lose.
        let _ = drawing.map(JoinHandle::join);
        self.clear();
        outcome
    }

    /// Draws it anew every [`PACE`] until `ended`, on a thread of its own: the others may wait.
    fn draw(
        self: &Arc<Self>,
        ended: &Stop,
        mut text: impl FnMut() -> String + Send + 'static,
    ) -> Option<JoinHandle<()>> {
        self.0.as_ref()?;
        let (line, ended) = (Arc::clone(self), ended.clone());
        let draw = move || {
            while !SystemClock.wait(&ended, PACE) {
                line.show(&text());
            }
        };
        let thread = thread::Builder::new().name("chronologix-ship-progress".to_owned());
        // Without it, the run is as good.
        thread.spawn(draw).ok()
    }

    fn show(&self, text: &str) {
        let Some(is_shown) = &self.0 else { return };
        let mut is_shown = is_shown.lock().unwrap_or_else(PoisonError::into_inner);
        *is_shown = true;
        write_aside(&format!("\r\x1b[K{text}"));
    }

    /// Prints a line above it.
    pub(super) fn above(&self, text: &str) {
        self.clear();
        super::say_aside(text);
    }

    /// Takes it away, until it is drawn again.
    fn clear(&self) {
        let Some(is_shown) = &self.0 else { return };
        let mut is_shown = is_shown.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut *is_shown) {
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

/// Returns the line of a run that ships folders: a bar of those that the last look found.
#[cfg(feature = "objects")]
pub(super) fn folders_line(metrics: &crate::objects::ObjectMetrics) -> String {
    const WIDTH: u64 = 24;

    let (found, waiting) = (metrics.found.load(Relaxed), metrics.waiting.load(Relaxed));
    let done = found.saturating_sub(waiting);
    let filled = (done * WIDTH).checked_div(found).unwrap_or(WIDTH);
    let bar = (0..WIDTH).map(|at| if at < filled { '#' } else { '.' });
    let away = if metrics.is_away.load(Relaxed) {
        ", waiting for the store"
    } else {
        ""
    };
    format!(
        "[{}] {done} of {found} folders, {} objects, {}{away}",
        bar.collect::<String>(),
        grouped(metrics.objects.load(Relaxed)),
        bytes(metrics.bytes.load(Relaxed)),
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
