//! W6: what a logger does when there is nothing or little to do, and when a line can be seen in the
//! file.

use std::{
    collections::VecDeque,
    thread,
    time::{Duration, Instant},
};

use super::{Calls, Job, Outcome, finish};
use crate::{
    Failure,
    allocations::Allocations,
    background::Background,
    growing_file::GrowingFile,
    latency::Latency,
    loggers::{Caller, Peer},
    order::{self, Order},
    report::Load,
};

/// The time from one record to the next, where there are any.
const PACE: Duration = Duration::from_millis(10);

/// How long is looked for a line without a pause. Longer, and on a busy machine the logger's thread
/// would wait for the processor that only looks.
const EAGER: Duration = Duration::from_micros(100);

/// The pause afterwards.
const PAUSE: Duration = Duration::from_micros(50);

/// How long the logger is left alone before it is watched, at most.
const SETTLING: Duration = Duration::from_millis(500);

/// Nothing is logged, but for one record so that all is there that a logger makes late.
pub(super) fn nothing<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    run::<P>(job, |_caller, _name| {
        let before = Background::now();
        thread::sleep(job.size.duration);
        Ok(Watched {
            records: 0,
            load: before.and_then(Background::since),
            latency: Latency::new()?,
        })
    })
}

/// A hundred records a second. What cannot be seen in as much time again counts as if it could be
/// seen then.
pub(super) fn little<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    run::<P>(job, |caller, name| {
        let mut sight = PendingLines {
            file: GrowingFile::below(job.dir),
            // The first record had its time before.
            pending: VecDeque::from([None]),
            latency: Latency::new()?,
        };
        sight.look()?;
        let before = Background::now();
        let begun = Instant::now();
        let mut due = begun;
        let mut records = 0;
        while due < begun + job.size.duration {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            due += PACE;
            records += 1;
            sight.pending.push_back(Some(Instant::now()));
            caller.log(&Order::new(records, name));
            sight.look_until(due)?;
        }
        let load = before.and_then(Background::since);
        sight.look_until(due + job.size.duration)?;
        sight.give_up();
        Ok(Watched {
            records,
            load,
            latency: sight.latency,
        })
    })
}

/// What was seen of a logger.
struct Watched {
    records: u64,
    load: Option<Load>,
    latency: Latency,
}

/// Starts the logger, logs one record and watches after a while.
fn run<P: Peer>(
    job: &Job<'_>,
    watch: impl FnOnce(&mut P::Caller, &str) -> Result<Watched, Failure>,
) -> Result<Outcome, Failure> {
    let peer = P::start(job.dir, 1)?;
    let mut caller = peer.caller()?;
    let name = order::name(0);
    let begun = Instant::now();
    caller.log(&Order::new(0, &name));
    thread::sleep(SETTLING.min(job.size.duration));
    let watched = watch(&mut caller, &name)?;
    caller.end()?;
    let calls = Calls {
        records: 1 + watched.records,
        latency: watched.latency,
        allocations: Allocations::default(),
    };
    let mut outcome = finish(peer, begun, &[calls])?;
    outcome.load = watched.load;
    Ok(outcome)
}

/// Lines that were logged, and when if that matters, and not yet seen.
struct PendingLines {
    file: GrowingFile,
    pending: VecDeque<Option<Instant>>,
    latency: Latency,
}

impl PendingLines {
    fn look(&mut self) -> Result<(), Failure> {
        for _ in 0..self.file.new_lines()? {
            self.note();
        }
        Ok(())
    }

    /// Looks until everything was seen or the time is over.
    fn look_until(&mut self, end: Instant) -> Result<(), Failure> {
        let begun = Instant::now();
        while !self.pending.is_empty() && Instant::now() < end {
            self.look()?;
            if begun.elapsed() < EAGER {
                thread::yield_now();
            } else {
                thread::sleep(PAUSE);
            }
        }
        Ok(())
    }

    /// The oldest of the lines is there.
    fn note(&mut self) {
        if let Some(Some(logged)) = self.pending.pop_front() {
            self.latency.record(logged.elapsed());
        }
    }

    fn give_up(&mut self) {
        while !self.pending.is_empty() {
            self.note();
        }
    }
}
