//! Every hand-over between threads, in every order that loom can think of.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p chronologix-core --lib --release loom`

use loom::{model::Builder, thread};

use super::{
    lane::{Admission, Buffer, Lane, Parked},
    progress::{Place, Progress},
    reply::{Answer, reply},
    samples::{Bell, DROPS, FULL_WITH_ONE, ROOMY, WAITS, header, lane, rules},
    sync::Arc,
};
use crate::{Durability, LogError, clock::Clock};
use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// Explores all orders in which threads are interrupted `preemptions` times at most.
fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(run);
}

fn queued(admission: Admission) -> u64 {
    match admission {
        Admission::Queued(number) => number,
        other => panic!("{other:?}"),
    }
}

fn parked(admission: Admission) -> Arc<Parked> {
    match admission {
        Admission::Parked(parked) => parked,
        other => panic!("{other:?}"),
    }
}

/// Polls until it is decided, resting in between as an executor would.
fn wait_for<T>(mut poll: impl FnMut(&Waker) -> Option<T>) -> T {
    let (bell, waker) = Bell::new();
    loop {
        match poll(&waker) {
            Some(outcome) => return outcome,
            None => bell.wait(),
        }
    }
}

#[test]
fn two_producers_lose_nothing_double_nothing_and_keep_their_order() {
    model(3, || {
        let clock = Clock::Counted(Arc::default());
        let lane = Arc::new(Lane::new(rules(ROOMY, clock)));
        let producers = [0_u8, 1].map(|producer| {
            let lane = Arc::clone(&lane);
            thread::spawn(move || {
                [0_u8, 1].map(|at| queued(lane.offer(header(WAITS), &[producer, at])))
            })
        });
        let mut taken = Buffer::default();
        lane.sweep(&mut taken);
        lane.sweep(&mut taken);
        let numbers = producers.map(|producer| producer.join().unwrap());
        lane.sweep(&mut taken);

        let expected = [0_u8, 1].map(|producer| [0_u8, 1].map(|at| [producer, at]));
        for (numbers, records) in numbers.iter().zip(expected) {
            assert!(numbers[0] < numbers[1]);
            for (number, record) in numbers.iter().zip(records) {
                let at = usize::try_from(*number).unwrap() - 1;
                assert_eq!(taken.bytes[2 * at..2 * at + 2], record);
            }
        }
        assert_eq!(taken.headers.len(), 4);
        assert!(taken.headers.is_sorted_by_key(|header| header.ticks));
    });
}

/// A lane that is full, with a second record parked in it.
fn full() -> (Arc<Lane>, Arc<Parked>) {
    let lane = lane(FULL_WITH_ONE);
    queued(lane.offer(header(WAITS), b"first"));
    let parked = parked(lane.offer(header(WAITS), b"second"));
    (lane, parked)
}

#[test]
fn a_caller_that_waits_for_room_hears_of_it() {
    loom::model(|| {
        let (lane, parked) = full();
        let caller = thread::spawn(move || wait_for(|waker| parked.poll(waker)));
        let mut taken = Buffer::default();
        lane.sweep(&mut taken);
        assert_eq!(caller.join().unwrap(), Ok(2));
        assert_eq!(taken.bytes, b"firstsecond");
    });
}

#[test]
fn a_caller_that_waits_for_room_hears_of_the_end() {
    loom::model(|| {
        let (lane, parked) = full();
        let caller = thread::spawn(move || wait_for(|waker| parked.poll(waker)));
        lane.close();
        lane.refuse_parked();
        assert_eq!(caller.join().unwrap(), Err(()));
    });
}

#[test]
fn a_caller_that_goes_away_while_the_writer_sweeps_is_dropped_or_written() {
    loom::model(|| {
        let (lane, parked) = full();
        let caller = {
            let lane = Arc::clone(&lane);
            thread::spawn(move || {
                let (_bell, waker) = Bell::new();
                // Polled once or not, both in the same model: the outcome of the poll does not matter.
                let _ = parked.poll(&waker);
                lane.abandon(&parked)
            })
        };
        let mut taken = Buffer::default();
        let mut dropped = lane.sweep(&mut taken);
        let abandoned = caller.join().unwrap();
        dropped.extend(lane.sweep(&mut taken));
        assert_eq!(
            dropped.iter().map(|dropped| dropped.records).sum::<u64>(),
            u64::from(abandoned)
        );
        assert_eq!(taken.headers.len(), 2 - usize::from(abandoned));
        assert_eq!(lane.newest(), 2 - u64::from(abandoned));
    });
}

#[test]
fn a_caller_that_goes_away_at_the_end_is_dropped_or_refused() {
    loom::model(|| {
        let (lane, parked) = full();
        let caller = {
            let (lane, parked) = (Arc::clone(&lane), Arc::clone(&parked));
            thread::spawn(move || lane.abandon(&parked))
        };
        lane.close();
        lane.refuse_parked();
        let abandoned = caller.join().unwrap();
        let (_bell, waker) = Bell::new();
        let refused = parked.poll(&waker) == Some(Err(()));
        assert!(abandoned != refused, "exactly one of the two");
        assert_eq!(lane.depth().dropped, u64::from(abandoned));
    });
}

#[test]
fn a_record_offered_at_the_end_is_written_or_refused() {
    model(3, || {
        let lane = lane(FULL_WITH_ONE);
        queued(lane.offer(header(WAITS), b"first"));
        let callers = [WAITS, DROPS].map(|stream| {
            let lane = Arc::clone(&lane);
            thread::spawn(move || match lane.offer(header(stream), b"other") {
                Admission::Queued(_) => true,
                Admission::Parked(parked) => wait_for(|waker| parked.poll(waker)).is_ok(),
                Admission::Dropped | Admission::Closed => false,
            })
        });
        // As the writer does at its end.
        lane.close();
        let mut taken = Buffer::default();
        let dropped = lane.sweep(&mut taken);
        lane.refuse_parked();
        let written = callers
            .map(|caller| caller.join().unwrap())
            .map(usize::from)
            .iter()
            .sum::<usize>();
        assert_eq!(taken.headers.len(), 1 + written);
        assert_eq!(lane.newest(), 1 + written as u64);
        assert!(dropped.iter().map(|dropped| dropped.records).sum::<u64>() <= 1);
        assert!(
            lane.allows(super::wake::Rest::Sleep),
            "nothing stays behind"
        );
    });
}

const PLACE: Place = Place {
    record: 1,
    stream: WAITS,
};

#[test]
fn whoever_waits_for_progress_hears_of_it() {
    loom::model(|| {
        let progress = Arc::new(Progress::new());
        let waiting = [Durability::Written, Durability::Synced].map(|durability| {
            let progress = Arc::clone(&progress);
            thread::spawn(move || {
                let mut again = false;
                wait_for(|waker| {
                    progress.poll(
                        PLACE,
                        durability,
                        waker,
                        std::mem::replace(&mut again, true),
                    )
                })
            })
        });
        progress.advance(1, 0);
        progress.advance(1, 1);
        for caller in waiting {
            assert!(matches!(caller.join().unwrap(), Ok(())));
        }
    });
}

#[test]
fn whoever_waits_for_progress_hears_of_a_failure_told_before_it() {
    loom::model(|| {
        let progress = Arc::new(Progress::new());
        let caller = {
            let progress = Arc::clone(&progress);
            thread::spawn(move || {
                let mut again = false;
                wait_for(|waker| {
                    let again = std::mem::replace(&mut again, true);
                    progress.poll(PLACE, Durability::Synced, waker, again)
                })
            })
        };
        progress.failed((1, 1), Some(WAITS), Durability::Synced, &LogError::Stopped);
        progress.advance(1, 1);
        assert!(caller.join().unwrap().is_err());
    });
}

#[test]
fn of_two_wakers_of_one_caller_the_later_is_woken() {
    loom::model(|| {
        let progress = Arc::new(Progress::new());
        let caller = {
            let progress = Arc::clone(&progress);
            thread::spawn(move || {
                let (_old_bell, old) = Bell::new();
                let (bell, new) = Bell::new();
                for (waker, again) in [(&old, false), (&new, true)] {
                    if progress
                        .poll(PLACE, Durability::Written, waker, again)
                        .is_some()
                    {
                        return;
                    }
                }
                bell.wait();
                let outcome = progress.poll(PLACE, Durability::Written, &new, true);
                assert!(matches!(outcome, Some(Ok(()))));
            })
        };
        progress.advance(1, 0);
        caller.join().unwrap();
    });
}

fn answered<T>(mut answer: Answer<T>) -> Option<T> {
    wait_for(
        |waker| match Pin::new(&mut answer).poll(&mut Context::from_waker(waker)) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        },
    )
}

#[test]
fn an_answer_is_heard() {
    loom::model(|| {
        let (reply, answer) = reply();
        let caller = thread::spawn(move || answered(answer));
        reply.send(7);
        assert_eq!(caller.join().unwrap(), Some(7));
    });
}

#[test]
fn an_answer_that_will_never_come_is_heard_of() {
    loom::model(|| {
        let (reply, answer) = reply::<u8>();
        let caller = thread::spawn(move || answered(answer));
        drop(reply);
        assert_eq!(caller.join().unwrap(), None);
    });
}

#[test]
fn a_caller_may_go_away_while_it_is_answered() {
    loom::model(|| {
        let (reply, mut answer) = reply();
        let caller = thread::spawn(move || {
            let (_bell, waker) = Bell::new();
            let _ = Pin::new(&mut answer).poll(&mut Context::from_waker(&waker));
        });
        reply.send(7);
        caller.join().unwrap();
    });
}
