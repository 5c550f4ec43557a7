//! The scene that most victims play: threads that make records, and note which were acknowledged.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use chronologix::{LogError, Logger, Receipt, log};
use chronologix_core::ManualClock;

use crate::{
    chronologix_streams,
    ledger::Ledger,
    lines::filling,
    rounds,
    script::{Script, say},
    victim::Casting,
};

/// 2025-05-04 14:57:30 UTC, half an interval before a boundary.
pub(crate) const BEGIN: i64 = 1_746_370_650 * 1_000_000_000;

/// A crowd to be started: what the script of [`play`] says.
pub(crate) fn crowd(base: &Path, threads: u64) -> Casting {
    Casting::of("crowd")
        .with("base", base.display())
        .with("threads", threads)
        .with("timezone", noon())
}

/// A time zone in which it is shortly after noon, so that no test runs over midnight.
pub(crate) fn noon() -> String {
    let hour = now() / 1_000_000_000 / 3_600 % 24;
    // By an old custom the sign says where UTC is from there.
    match hour.cmp(&12) {
        std::cmp::Ordering::Less => format!("Etc/GMT-{}", 12 - hour),
        std::cmp::Ordering::Equal => "UTC".to_owned(),
        std::cmp::Ordering::Greater => format!("Etc/GMT+{}", hour - 12),
    }
}

/// Plays. Keys: `base`; `timezone` and `interval`; `ledger` and `times` for the last
/// acknowledgement of each thread, and for the time of each; `threads`; `stream`, or that of every
/// second thread (`app` and `errors`); `durability` of it; `records` of each thread, or for ever;
/// `filling`, the most of it; `rate`, records a second of each thread; `step`, nanoseconds that a
/// clock of the crowd's own goes on with each record; `from`, the number before the first; `tell`,
/// to say what callers and `on_error` get, and the counts at the end; `signals`, to drain at those;
/// `compress` and `retain`, for closed folders; `cue`, to go on until the test says `enough`, and,
/// if it is `exit`, `stop`, or `fail` for a stop that fails, to do that while the threads log on;
/// `keep`, to stay after the last record until the test says `stop`, and after that until it says
/// `leave`.
pub(crate) fn play(script: &Script) {
    let clock = Steps::new(script.number("step"));
    let logger = match start(script, &clock) {
        Ok(logger) => logger,
        Err(error) => return script.say(&format!("refused {error:?}")),
    };
    script.say("started");
    let open = |key| script.text(key).map(|path| Ledger::open(path.as_ref()));
    let show = Show {
        ledger: open("ledger"),
        times: open("times"),
        clock,
        failed: AtomicU64::new(0),
        tells: script.text("tell").is_some(),
        is_over: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        for thread in 0..script.number("threads") {
            let member = Member::new(script, thread);
            let show = &show;
            scope.spawn(move || member.log(show));
        }
        if let Some(cue) = script.text("cue") {
            script.wait_for("enough");
            match cue {
                "exit" => std::process::exit(0),
                // While the others log on; what comes too late is refused.
                "stop" => logger.stop_blocking().unwrap(),
                "fail" => drop(logger.stop_blocking().unwrap_err()),
                _ => {}
            }
            show.is_over.store(true, Ordering::Relaxed);
        }
    });
    script.say(&format!("made {}", show.failed.load(Ordering::Relaxed)));
    if script.text("keep").is_some() {
        script.wait_for("stop");
    }
    let stopped = logger.stop_blocking();
    let outcome = stopped.map_or_else(|error| format!("{error:?}"), |()| "ok".to_owned());
    script.say(&format!("stopped {outcome}"));
    if script.text("tell").is_some() {
        let stats = logger.stats();
        let numbers = [
            stats.queued,
            stats.written,
            stats.records_failed,
            stats.disk_errors,
        ];
        script.say(&format!(
            "stats {}",
            numbers.map(|number| number.to_string()).join(" ")
        ));
    }
    if script.text("keep").is_some() {
        script.wait_for("leave");
    }
}

/// Starts the logger of a script.
fn start(script: &Script, clock: &Steps) -> Result<Logger, chronologix::Error> {
    let durability = script.text("durability").unwrap_or("queued").to_owned();
    let mut config = chronologix_streams::config()
        .base_log_dir(script.path("base"))
        .interval(script.text("interval").unwrap_or("24h"))
        .timezone(script.text("timezone").unwrap_or("UTC"))
        .timestamp_format("%H:%M:%S.%f");
    for stream in ["app", "errors", "audit"] {
        config = config.configure_stream(stream, |stream| stream.durability(&*durability));
    }
    if let Some(clock) = &clock.clock {
        config = config.interval("5m").timezone("UTC").clock(clock.clone());
    }
    if script.text("tell").is_some() {
        config = config.on_error(|error| say(&format!("error {error:?}")));
    }
    config = config.flush_on_signals(script.text("signals").is_some());
    if let Some(compression) = script.text("compress") {
        config = config.compress(compression);
    }
    if let Some(rule) = script.text("retain") {
        config = config.retain(rule);
    }
    config.start_blocking()
}

/// A clock that goes on with the records, if the script says so.
struct Steps {
    clock: Option<ManualClock>,
    step: Duration,
}

impl Steps {
    fn new(step: u64) -> Self {
        Self {
            clock: (step > 0)
                .then(|| ManualClock::at(chrono::DateTime::from_timestamp_nanos(BEGIN))),
            step: Duration::from_nanos(step),
        }
    }

    fn tick(&self) {
        if let Some(clock) = &self.clock {
            clock.advance(self.step);
        }
    }
}

/// What all threads of the crowd share.
struct Show {
    ledger: Option<Ledger>,
    times: Option<Ledger>,
    clock: Steps,
    /// Records that the logger said it could not take or write.
    failed: AtomicU64,
    /// And says why.
    tells: bool,
    is_over: AtomicBool,
}

impl Show {
    fn note(&self, thread: u64, number: u64) {
        if let Some(ledger) = &self.ledger {
            ledger.note(thread, number);
        }
        if let Some(times) = &self.times {
            times.note_time(thread, number, now());
        }
    }
}

/// One thread of the crowd.
struct Member {
    thread: u64,
    stream: String,
    numbers: (u64, u64),
    filling: usize,
    /// Between two records.
    pace: Option<Duration>,
}

impl Member {
    fn new(script: &Script, thread: u64) -> Self {
        let own = if thread % 2 == 0 { "app" } else { "errors" };
        let rate = script.number::<u32>("rate");
        let records = match script.number("records") {
            0 => u64::MAX / 2,
            records => records,
        };
        let from = script.number::<u64>("from");
        Self {
            thread: thread + script.number::<u64>("first_thread"),
            stream: script.text("stream").unwrap_or(own).to_owned(),
            numbers: (from + 1, from + records),
            filling: script.number("filling"),
            pace: (rate > 0).then(|| Duration::from_secs(1) / rate),
        }
    }

    /// Makes records one after the other, each when the one before was acknowledged.
    fn log(&self, show: &Show) {
        let begun = Instant::now();
        let mut due = Duration::ZERO;
        for number in self.numbers.0..=self.numbers.1 {
            if show.is_over.load(Ordering::Relaxed) {
                break;
            }
            show.clock.tick();
            match self.record(number).into_result() {
                Ok(()) => show.note(self.thread, number),
                // What is refused in the last moments was not promised, and ends the count of what
                // was.
                Err(LogError::Stopped) => break,
                Err(error) => {
                    show.failed.fetch_add(1, Ordering::Relaxed);
                    if show.tells {
                        say(&format!("failed {error:?}"));
                    }
                }
            }
            if let Some(pace) = self.pace {
                due += pace;
                rounds::last(due.saturating_sub(begun.elapsed()));
            }
        }
    }

    fn record(&self, number: u64) -> Receipt {
        let filling = filling(self.thread, number, self.filling);
        let (thread, length) = (self.thread, filling.len());
        match &*self.stream {
            "app" => log!(app, "<> <> <> <>.", thread, number, length, filling),
            "errors" => log!(errors, "<> <> <> <>.", thread, number, length, filling),
            _ => log!(audit, "<> <> <> <>.", thread, number, length, filling),
        }
        .wait()
    }
}

/// Nanoseconds since 1970, by the clock that all processes share.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_nanos()).unwrap()
}
