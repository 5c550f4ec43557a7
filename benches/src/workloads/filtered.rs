//! W7: what a record costs that is filtered out.

use std::{hint::black_box, time::Instant};

use super::{Job, Outcome, finish};
use crate::{
    Failure,
    loggers::{Caller, Peer},
    order::{self, Order},
};

/// The same record again and again, because making one costs more than filtering it.
pub(super) fn run<P: Peer>(job: &Job<'_>) -> Result<Outcome, Failure> {
    let peer = P::start(job.dir, 1)?;
    let mut caller = peer.caller()?;
    let name = order::name(0);
    let order = Order::new(0, &name);
    let begun = Instant::now();
    for _ in 0..job.size.records {
        caller.log(black_box(&order));
    }
    let taken = begun.elapsed();
    caller.end()?;
    Ok(Outcome {
        called: taken,
        logged: job.size.records,
        ..finish(peer, begun, &[])?
    })
}
