//! The queue, one thread at a time. What happens between threads is modelled in `loom_tests.rs`.

mod lanes;
mod progress;
mod wakers;

use super::{
    lane::{Admission, Buffer, Lane, Parked},
    samples::{DROPS, FULL_WITH_ONE, ROOMY, WAITS, WRITTEN, header, lane, rules},
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

fn sweep(lane: &Lane) -> Buffer {
    let mut taken = Buffer::default();
    lane.sweep(&mut taken);
    taken
}
