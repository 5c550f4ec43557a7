//! The queue, one thread at a time. What happens between threads is modelled in `loom_tests.rs`.

pub(crate) mod ack;
pub(crate) mod spsc;

mod wakers;

use super::{
    parker::Rest,
    samples::{DROPS, FULL_WITH_ONE, RECORD, ROOMY, WAITS, WRITTEN, lane, offer, rules, take},
    spsc::{Parked, producer::Admission},
    sync::Arc,
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
