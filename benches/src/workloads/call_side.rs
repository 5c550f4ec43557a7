//! W1: how long a call takes when the logger has time to breathe.

use std::{
    hint::spin_loop,
    thread,
    time::{Duration, Instant},
};

use super::{Calls, Job, Outcome, on_threads};
use crate::{
    Failure,
    allocations::Count,
    latency::Latency,
    loggers::{Caller, Peer},
    order::{self, Order},
};

/// The time from one record to the next.
const PACE: Duration = Duration::from_micros(2);

/// Threads that log in bursts.
const THREADS: u16 = 4;

/// Records of a burst.
const BURST: u64 = 20;

/// The time from one burst to the next.
const BURST_PACE: Duration = Duration::from_millis(1);

/// One thread, never more than one record every 2 µs.
pub(super) fn steady<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    on_threads::<P>(job.dir, 1, |caller, at| {
        let name = order::name(at);
        let mut latency = Latency::new()?;
        let mut next = Instant::now();
        let warm_up = job.size.records / 10;
        let mut count = Count::begin();
        for index in 0..job.size.records {
            if index == warm_up {
                count = Count::begin();
            }
            let order = Order::new(index, &name);
            while Instant::now() < next {
                spin_loop();
            }
            let begun = Instant::now();
            caller.log(&order);
            latency.record(begun.elapsed());
            next = begun + PACE;
        }
        Ok(Calls {
            records: job.size.records,
            latency,
            allocations: count.per(job.size.records - warm_up),
        })
    })
}

/// Four threads, each with a burst every millisecond.
pub(super) fn bursts<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    let bursts = job.size.records / u64::from(THREADS) / BURST;
    on_threads::<P>(job.dir, usize::from(THREADS), |caller, at| {
        let name = order::name(at);
        let mut latency = Latency::new()?;
        let mut next = Instant::now();
        let warm_up = bursts / 10;
        let mut count = Count::begin();
        for burst in 0..bursts {
            if burst == warm_up {
                count = Count::begin();
            }
            thread::sleep(next.saturating_duration_since(Instant::now()));
            next += BURST_PACE;
            for index in burst * BURST..(burst + 1) * BURST {
                let order = Order::new(index, &name);
                let begun = Instant::now();
                caller.log(&order);
                latency.record(begun.elapsed());
            }
        }
        Ok(Calls {
            records: bursts * BURST,
            latency,
            allocations: count.per((bursts - warm_up) * BURST),
        })
    })
}
