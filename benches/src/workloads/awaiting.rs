//! W5: 64 tasks that await each record.

use std::time::{Duration, Instant};

use super::{Calls, Job, Outcome, on_tasks};
use crate::{
    Failure,
    allocations::Allocations,
    latency::Latency,
    loggers::{Caller, Peer},
    order::{self, Order},
};

/// How many tasks there are.
const TASKS: u32 = 64;

/// Records of a burst.
const BURST: u64 = 20;

/// The time from one burst of a task to its next: all tasks together log as often as the four
/// threads of W1.
const BURST_PACE: Duration = Duration::from_millis(16);

/// The queue is never full, so that the await costs what the call costs.
pub(super) fn paced<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    let bursts = job.size.records / u64::from(TASKS) / BURST;
    on_tasks::<P, _>(job.dir, TASKS as usize, |mut caller, at| async move {
        let name = order::name(at);
        let mut latency = Latency::new()?;
        // Spread evenly over the time between two bursts.
        let offset = BURST_PACE * u32::try_from(at)? / TASKS;
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + offset, BURST_PACE);
        for burst in 0..bursts {
            ticks.tick().await;
            for index in burst * BURST..(burst + 1) * BURST {
                let order = Order::new(index, &name);
                let begun = Instant::now();
                caller.log_async(&order).await;
                latency.record(begun.elapsed());
            }
        }
        caller.end()?;
        Ok(Calls {
            records: bursts * BURST,
            latency,
            // A task has no thread of its own.
            allocations: Allocations::default(),
        })
    })
}

/// As fast as the logger takes them.
pub(super) fn full<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    let records = job.size.records / u64::from(TASKS);
    on_tasks::<P, _>(job.dir, TASKS as usize, |mut caller, at| async move {
        let name = order::name(at);
        let mut latency = Latency::new()?;
        for index in 0..records {
            let order = Order::new(index, &name);
            let begun = Instant::now();
            caller.log_async(&order).await;
            latency.record(begun.elapsed());
        }
        caller.end()?;
        Ok(Calls {
            records,
            latency,
            allocations: Allocations::default(),
        })
    })
}
