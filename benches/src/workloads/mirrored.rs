//! W4: three streams of one thread. Every tenth record is an error, and what is an error is in the
//! file of the application too.

use super::{Calls, Job, Outcome, on_threads};
use crate::{
    Failure,
    allocations::Count,
    check::Lines,
    latency::Latency,
    loggers::{Peer, StreamsCaller},
    order::{self, Order},
};

/// The streams by number.
pub(crate) const APP: usize = 0;
pub(crate) const ERRORS: usize = 1;
pub(crate) const AUDIT: usize = 2;

/// As fast as the logger takes them.
pub(super) fn run<P: Peer<Caller: StreamsCaller>>(job: &Job<'_>) -> Result<Outcome, Failure> {
    on_threads::<P>(job.dir, 1, |caller, at| {
        let name = order::name(at);
        let mut log = |index| caller.log_to(stream(index), &Order::new(index, &name));
        let warm_up = job.size.records / 10;
        (0..warm_up).for_each(&mut log);
        let count = Count::begin();
        (warm_up..job.size.records).for_each(&mut log);
        let allocations = count.per(job.size.records - warm_up);
        Ok(Calls {
            records: job.size.records,
            latency: Latency::new()?,
            allocations,
        })
    })
}

/// Where the record goes.
fn stream(index: u64) -> usize {
    match index % 10 {
        9 => ERRORS,
        even if even % 2 == 0 => APP,
        _ => AUDIT,
    }
}

/// The lines of each file.
pub(super) fn lines() -> Vec<Lines> {
    vec![
        Lines::of("app", |index| stream(index) != AUDIT),
        Lines::of("errors", |index| stream(index) == ERRORS),
        Lines::of("audit", |index| stream(index) == AUDIT),
    ]
}
