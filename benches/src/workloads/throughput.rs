//! W2 and W8: how many records a second come through when callers do nothing else.

use std::time::Instant;

use super::{Calls, Job, Outcome, finish, on_threads};
use crate::{
    Failure,
    allocations::{Allocations, Count},
    latency::Latency,
    loggers::{Caller, Peer, StreamsCaller},
    order::{self, Order},
};

/// As fast as the logger takes them. Messages have at least so many bytes.
pub(super) fn run<P: Peer>(
    job: &Job<'_>,
    threads: usize,
    message_bytes: usize,
) -> Result<Outcome, Failure> {
    let records = job.size.records / threads as u64;
    on_threads::<P>(job.dir, threads, |caller, at| {
        let name = order::long_name(at, message_bytes);
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

/// One thread with so many streams, each in its turn. The name in a record is that of its stream.
pub(super) fn over_streams<P: Peer<Caller: StreamsCaller>>(
    job: &Job<'_>,
    streams: usize,
) -> Result<Outcome, Failure> {
    let names = (0..streams).map(order::name).collect::<Vec<_>>();
    let peer = P::start(job.dir, streams)?;
    let mut caller = peer.caller()?;
    let records = job.size.records / streams as u64;
    let begun = Instant::now();
    for index in 0..records {
        for (stream, name) in names.iter().enumerate() {
            caller.log_to(stream, &Order::new(index, name));
        }
    }
    caller.end()?;
    let calls = Calls {
        records: records * streams as u64,
        latency: Latency::new()?,
        allocations: Allocations::default(),
    };
    Ok(Outcome {
        records: vec![records; streams],
        ..finish(peer, begun, &[calls])?
    })
}
