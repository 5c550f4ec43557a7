//! The queue, one thread at a time. What happens between threads is modelled in `loom_tests.rs`.

mod lanes;
mod progress;
mod wakers;

use super::{
    lane::Parked,
    producer::Admission,
    samples::{DROPS, FULL_WITH_ONE, RECORD, ROOMY, WAITS, WRITTEN, lane, offer, rules, take},
    sync::Arc,
    wake::Rest,
};

#[track_caller]
fn queued(admission: Admission) -> u64 {
    match admission {
        Admission::Queued(number) => number,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn parked(admission: Admission) -> Arc<Parked> {
    match admission {
        Admission::Parked(parked) => parked,
        other => panic!("{other:?}"),
    }
}
