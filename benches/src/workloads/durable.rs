//! W3: how many records a second come through when each caller waits until its record is on disk.

use std::time::Instant;

use super::{Calls, Job, Outcome, on_tasks, on_threads};
use crate::{
    Failure,
    allocations::Allocations,
    latency::Latency,
    loggers::{DurableCaller, Peer},
    order::{self, Order},
};

/// Callers on threads of their own.
pub(super) fn threads<P: Peer<Caller: DurableCaller>>(
    job: &Job<'_>,
    callers: usize,
) -> Result<Outcome, Failure> {
    on_threads::<P>(job.dir, callers, |caller, at| {
        let name = order::name(at);
        let mut latency = Latency::new()?;
        let end = Instant::now() + job.size.duration;
        let mut records = 0;
        while Instant::now() < end {
            let begun = Instant::now();
            caller.sync(&Order::new(records, &name))?;
            latency.record(begun.elapsed());
            records += 1;
        }
        Ok(Calls {
            records,
            latency,
            allocations: Allocations::default(),
        })
    })
}

/// Callers as tasks.
pub(super) fn tasks<P: Peer<Caller: DurableCaller>>(
    job: &Job<'_>,
    callers: usize,
) -> Result<Outcome, Failure> {
    // One end for all, even for tasks that only get their turn late.
    let end = Instant::now() + job.size.duration;
    on_tasks::<P, _>(job.dir, callers, |mut caller, at| async move {
        let name = order::name(at);
        let mut latency = Latency::new()?;
        let mut records = 0;
        while Instant::now() < end {
            let begun = Instant::now();
            caller.sync_async(&Order::new(records, &name)).await?;
            latency.record(begun.elapsed());
            records += 1;
        }
        Ok(Calls {
            records,
            latency,
            allocations: Allocations::default(),
        })
    })
}
