//! W2: how many records a second come through when callers do nothing else.

use super::{Calls, Job, Outcome, on_threads};
use crate::{
    Failure,
    allocations::Count,
    latency::Latency,
    loggers::{Caller, Peer},
    order::{self, Order},
};

/// As fast as the logger takes them.
pub(super) fn run<P: Peer>(job: &Job<'_>, threads: usize) -> Result<Outcome, Failure> {
    let records = job.size.records / threads as u64;
    on_threads::<P>(job.dir, threads, |caller, at| {
        let name = order::name(at);
        let mut log = |index| caller.log(&Order::new(index, &name));
        let warm_up = records / 10;
        (0..warm_up).for_each(&mut log);
        let count = Count::begin();
        (warm_up..records).for_each(&mut log);
        let allocations = count.per(records - warm_up);
        Ok(Calls {
            records,
            latency: Latency::new()?,
            allocations,
        })
    })
}
