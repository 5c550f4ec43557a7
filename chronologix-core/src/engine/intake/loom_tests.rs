//! The writer's side of the hand-over, in every order that loom can think of: it is woken whenever it must be, and its
//! cut-off keeps what is ordered in the program in that order.

use loom::{model::Builder, thread};

use super::Intake;
use crate::{
    clock::Clock,
    queue::{
        lane::{Admission, Lane},
        lanes::Lanes,
        request::Request,
        samples::{FULL_WITH_ONE, ROOMY, WAITS, WRITTEN, header, rules},
        wake::Rest,
    },
};
use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Waker},
};

/// Explores all orders in which threads are interrupted `preemptions` times at most.
fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(run);
}

fn lanes(capacity: usize) -> Arc<Lanes> {
    let clock = Clock::Counted(Arc::default());
    Arc::new(Lanes::new(rules(capacity, clock)))
}

/// What the writer does between two batches, until it has taken `records` and `requests`. It rests without a time limit: if
/// nobody wakes it, the model ends in a deadlock, which loom reports.
fn work(lanes: &Lanes, rest: Rest, records: u64, requests: usize) {
    let mut intake = Intake::default();
    let mut left = (records, requests);
    loop {
        left.1 -= lanes.rules.requests.take().len();
        let cut_off = lanes.rules.clock.ticks();
        intake.sweep(lanes);
        left.0 -= intake.merge(cut_off, |_, _| {});
        if left == (0, 0) {
            return;
        }
        lanes.rules.wake.announce(rest);
        if intake.allows(lanes, rest) && lanes.rules.requests.is_empty() && intake.is_empty() {
            lanes.rules.wake.rest(None);
        } else {
            lanes.rules.wake.stay_awake();
        }
    }
}

fn offer(lane: &Lane, stream: u16) {
    let admission = lane.offer(header(stream), b"");
    assert!(
        matches!(admission, Admission::Queued(_) | Admission::Parked(_)),
        "{admission:?}"
    );
}

#[test]
fn a_record_wakes_the_sleeping_writer() {
    loom::model(|| {
        let lanes = lanes(ROOMY);
        let lane = lanes.join().unwrap();
        let caller = thread::spawn(move || offer(&lane, WAITS));
        work(&lanes, Rest::Sleep, 1, 0);
        caller.join().unwrap();
    });
}

#[test]
fn one_of_two_callers_wakes_the_sleeping_writer() {
    model(3, || {
        let lanes = lanes(ROOMY);
        let callers = [0, 1].map(|_| {
            let lane = lanes.join().unwrap();
            thread::spawn(move || offer(&lane, WAITS))
        });
        work(&lanes, Rest::Sleep, 2, 0);
        for caller in callers {
            caller.join().unwrap();
        }
    });
}

#[test]
fn a_record_of_a_thread_that_joins_just_now_wakes_the_sleeping_writer() {
    loom::model(|| {
        let lanes = lanes(ROOMY);
        let caller = {
            let lanes = Arc::clone(&lanes);
            thread::spawn(move || offer(&lanes.join().unwrap(), WAITS))
        };
        work(&lanes, Rest::Sleep, 1, 0);
        caller.join().unwrap();
    });
}

#[test]
fn an_urgent_record_wakes_the_napping_writer() {
    loom::model(|| {
        let lanes = lanes(ROOMY);
        let lane = lanes.join().unwrap();
        let caller = thread::spawn(move || offer(&lane, WRITTEN));
        work(&lanes, Rest::Nap, 1, 0);
        caller.join().unwrap();
    });
}

#[test]
fn a_record_that_finds_no_room_wakes_the_napping_writer() {
    model(4, || {
        let lanes = lanes(FULL_WITH_ONE);
        let lane = lanes.join().unwrap();
        let caller = thread::spawn(move || {
            offer(&lane, WRITTEN);
            offer(&lane, WAITS);
            // Only now and then is it this one that wakes the writer; without it, the one before might not be swept.
            offer(&lane, WRITTEN);
        });
        work(&lanes, Rest::Nap, 3, 0);
        caller.join().unwrap();
    });
}

#[test]
fn a_request_wakes_the_writer_from_either_rest() {
    for rest in [Rest::Nap, Rest::Sleep] {
        loom::model(move || {
            let lanes = lanes(ROOMY);
            let caller = {
                let lanes = Arc::clone(&lanes);
                thread::spawn(move || {
                    let answer = lanes.rules.requests.put(Request::Flush);
                    lanes.rules.wake.call();
                    let mut answer = pin!(answer.unwrap());
                    let _ = answer
                        .as_mut()
                        .poll(&mut Context::from_waker(Waker::noop()));
                })
            };
            work(&lanes, rest, 0, 1);
            caller.join().unwrap();
        });
    }
}

#[test]
fn a_record_and_a_request_at_one_moment_are_both_taken() {
    model(3, || {
        let lanes = lanes(ROOMY);
        let lane = lanes.join().unwrap();
        let caller = thread::spawn(move || offer(&lane, WAITS));
        let other = {
            let lanes = Arc::clone(&lanes);
            thread::spawn(move || {
                let answer = lanes.rules.requests.put(Request::Flush);
                lanes.rules.wake.call();
                drop(answer);
            })
        };
        work(&lanes, Rest::Sleep, 1, 1);
        caller.join().unwrap();
        other.join().unwrap();
    });
}

#[test]
fn of_two_records_in_two_lanes_the_earlier_is_merged_first() {
    // The writer looks at the lanes in the order in which they joined: both directions.
    for [first, second] in [[0, 1], [1, 0]] {
        model(4, move || {
            let lanes = lanes(ROOMY);
            let joined = [0, 1].map(|_| lanes.join().unwrap());
            let [first, second] = [first, second].map(|at| Arc::clone(&joined[at]));
            // One task that moves from thread to thread is, for the writer, as one thread with two lanes.
            let task = thread::spawn(move || {
                for (lane, name) in [(&first, b"1"), (&second, b"2"), (&first, b"3")] {
                    let admission = lane.offer(header(WAITS), name);
                    assert!(matches!(admission, Admission::Queued(_)), "{admission:?}");
                }
            });
            let mut intake = Intake::default();
            let mut merged = Vec::new();
            let mut round = || {
                let cut_off = lanes.rules.clock.ticks();
                intake.sweep(&lanes);
                intake.merge(cut_off, |_, name| merged.extend_from_slice(name));
            };
            round();
            round();
            task.join().unwrap();
            round();
            assert_eq!(merged, b"123");
        });
    }
}
