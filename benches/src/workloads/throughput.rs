//! W2: how many records a second come through when callers do nothing else.

use super::{Calls, Job, Outcome, on_threads};
use crate::{
    Failure,
    latency::Latency,
    loggers::{Caller, Peer},
    order::{self, Order},
};

/// As fast as the logger takes them.
pub(super) fn run<P: Peer>(job: &Job<'_>, threads: usize) -> Result<Outcome, Failure> {
    let records = job.size.records / threads as u64;
    on_threads::<P>(job.dir, threads, |caller, at| {
        let name = order::name(at);
        for index in 0..records {
            caller.log(&Order::new(index, &name));
        }
        Ok(Calls {
            records,
            latency: Latency::new()?,
        })
    })
}
