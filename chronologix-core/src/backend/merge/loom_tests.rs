//! The writer's side of the hand-over, in every order that loom can think of: it is woken whenever
//! it must be, and its cut-off keeps what is ordered in the program in that order.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows a test only by `cfg(test)` alone"
)]

use loom::{model::Builder, thread};

use super::QueueMerger;
use crate::{
    clock::Clock,
    queue::{
        command::Command,
        parker::WaitMode,
        registry::QueueRegistry,
        spsc::producer::{Producer, PushOutcome},
        tests::samples::{
            self, DROPS, FULL_WITH_ONE, RECORD, ROOMY, WAITS, WRITTEN, WakeCounter, channel, name,
        },
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

fn queues(capacity: usize) -> Arc<QueueRegistry> {
    let clock = Clock::Counted(Arc::default());
    Arc::new(QueueRegistry::new(channel(capacity, clock)))
}

/// What the writer does between two batches, until it has heard of so many records, dropped or not,
/// and of so many `commands`. It rests without a time limit: if nobody wakes it, the model ends in
/// a deadlock, which loom reports.
fn work(queues: &QueueRegistry, mode: WaitMode, records: u64, commands: usize) {
    let mut merger = QueueMerger::default();
    let mut heard = (0, 0);
    loop {
        heard.1 += queues.channel.commands.drain().len();
        let cut_off = queues.channel.clock.ticks();
        let dropped = merger.poll_queues(queues);
        heard.0 += dropped.iter().map(|dropped| dropped.records).sum::<u64>();
        heard.0 += merger.merge(cut_off, usize::MAX, |_| {}).records;
        if heard.0 >= records && heard.1 >= commands {
            return;
        }
        queues.channel.parker.prepare_wait(mode);
        if merger.may_wait(queues, mode) && queues.channel.commands.is_empty() {
            queues.channel.parker.park(None);
        } else {
            queues.channel.parker.end_wait();
        }
    }
}

fn offer(producer: &mut Producer, stream: u16) {
    let pushed = samples::offer(producer, stream, b"1");
    assert!(
        matches!(pushed, PushOutcome::Queued(_) | PushOutcome::Deferred(_)),
        "{pushed:?}"
    );
}

/// Asks the writer for something, and looks once whether it has answered.
fn ask(queues: &QueueRegistry) {
    let answer = queues.channel.commands.send(Command::Flush);
    queues.channel.parker.unpark_now();
    let mut answer = pin!(answer.unwrap());
    let _ = answer
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
}

#[test]
fn a_record_wakes_the_parked_writer() {
    loom::model(|| {
        let queues = queues(ROOMY);
        let mut producer = queues.join().unwrap();
        let caller = thread::spawn(move || offer(&mut producer, WAITS));
        work(&queues, WaitMode::Park, 1, 0);
        caller.join().unwrap();
    });
}

#[test]
fn one_of_two_callers_wakes_the_parked_writer() {
    model(3, || {
        let queues = queues(ROOMY);
        let callers = [0, 1].map(|_| {
            let mut producer = queues.join().unwrap();
            thread::spawn(move || offer(&mut producer, WAITS))
        });
        work(&queues, WaitMode::Park, 2, 0);
        for caller in callers {
            caller.join().unwrap();
        }
    });
}

#[test]
fn a_record_of_a_thread_that_joins_just_now_wakes_the_parked_writer() {
    loom::model(|| {
        let queues = queues(ROOMY);
        let caller = {
            let queues = Arc::clone(&queues);
            thread::spawn(move || offer(&mut queues.join().unwrap(), WAITS))
        };
        work(&queues, WaitMode::Park, 1, 0);
        caller.join().unwrap();
    });
}

#[test]
fn an_urgent_record_wakes_the_batching_writer() {
    loom::model(|| {
        let queues = queues(ROOMY);
        let mut producer = queues.join().unwrap();
        let caller = thread::spawn(move || offer(&mut producer, WRITTEN));
        work(&queues, WaitMode::Batch, 1, 0);
        caller.join().unwrap();
    });
}

#[test]
fn an_urgent_record_behind_another_wakes_the_batching_writer() {
    model(4, || {
        let queues = queues(2 * RECORD);
        let mut producer = queues.join().unwrap();
        let caller = thread::spawn(move || {
            offer(&mut producer, WRITTEN);
            offer(&mut producer, WRITTEN);
        });
        work(&queues, WaitMode::Batch, 2, 0);
        caller.join().unwrap();
    });
}

#[test]
fn a_queue_that_is_half_full_wakes_the_batching_writer() {
    model(4, || {
        let queues = queues(2 * RECORD);
        let mut producer = queues.join().unwrap();
        let caller = thread::spawn(move || {
            offer(&mut producer, WAITS);
            offer(&mut producer, WAITS);
        });
        // The writer is woken before the second is in the queue, and may nap on with that one.
        work(&queues, WaitMode::Batch, 1, 0);
        caller.join().unwrap();
    });
}

#[test]
fn a_record_that_finds_no_room_wakes_the_writer_from_either_wait() {
    for mode in [WaitMode::Batch, WaitMode::Park] {
        model(3, move || {
            let queues = queues(FULL_WITH_ONE);
            let mut producer = queues.join().unwrap();
            offer(&mut producer, WAITS);
            let caller = {
                let queues = Arc::clone(&queues);
                thread::spawn(move || {
                    let pushed = samples::offer(&mut producer, WAITS, b"2");
                    if let PushOutcome::Deferred(deferred) = pushed {
                        let (counter, waker) = WakeCounter::new();
                        while deferred.poll(&waker).is_none() {
                            counter.wait();
                        }
                    }
                    // If it found room after all, it is not urgent, and need not be taken before
                    // this.
                    ask(&queues);
                })
            };
            work(&queues, mode, 1, 1);
            caller.join().unwrap();
        });
    }
}

#[test]
fn a_record_that_is_dropped_wakes_the_parked_writer() {
    model(4, || {
        let queues = queues(FULL_WITH_ONE);
        let mut producer = queues.join().unwrap();
        offer(&mut producer, WAITS);
        let caller = thread::spawn(move || {
            drop(samples::offer(&mut producer, DROPS, b"2"));
        });
        work(&queues, WaitMode::Park, 2, 0);
        caller.join().unwrap();
    });
}

#[test]
fn a_caller_that_goes_away_wakes_the_parked_writer() {
    model(4, || {
        let queues = queues(FULL_WITH_ONE);
        let mut producer = queues.join().unwrap();
        offer(&mut producer, WAITS);
        let caller = thread::spawn(move || {
            let pushed = samples::offer(&mut producer, WAITS, b"2");
            if let PushOutcome::Deferred(deferred) = pushed {
                if producer.queue().abandon(&deferred) {
                    producer.queue().channel.parker.unpark_urgent();
                }
            }
        });
        // One way or the other it hears of the second.
        work(&queues, WaitMode::Park, 2, 0);
        caller.join().unwrap();
    });
}

#[test]
fn a_record_for_which_the_ring_grows_wakes_the_writer_from_either_wait() {
    for (mode, stream) in [(WaitMode::Batch, WRITTEN), (WaitMode::Park, WAITS)] {
        model(3, move || {
            let queues = queues(ROOMY);
            let mut producer = queues.join().unwrap();
            offer(&mut producer, WAITS);
            let caller = thread::spawn(move || offer(&mut producer, stream));
            work(&queues, mode, 2, 0);
            caller.join().unwrap();
        });
    }
}

#[test]
fn a_command_wakes_the_writer_from_either_wait() {
    for mode in [WaitMode::Batch, WaitMode::Park] {
        loom::model(move || {
            let queues = queues(ROOMY);
            let caller = {
                let queues = Arc::clone(&queues);
                thread::spawn(move || ask(&queues))
            };
            work(&queues, mode, 0, 1);
            caller.join().unwrap();
        });
    }
}

#[test]
fn a_record_and_a_request_at_one_moment_are_both_taken() {
    model(3, || {
        let queues = queues(ROOMY);
        let mut producer = queues.join().unwrap();
        let caller = thread::spawn(move || offer(&mut producer, WAITS));
        let other = {
            let queues = Arc::clone(&queues);
            thread::spawn(move || ask(&queues))
        };
        work(&queues, WaitMode::Park, 1, 1);
        caller.join().unwrap();
        other.join().unwrap();
    });
}

/// As [`work`], and retires the queues of threads that ended, until only the one of ending threads
/// is left.
fn work_and_retire(queues: &QueueRegistry, records: u64) {
    let mut merger = QueueMerger::default();
    let mut merged = 0;
    loop {
        let cut_off = queues.channel.clock.ticks();
        merger.poll_queues(queues);
        merged += merger.merge(cut_off, usize::MAX, |_| {}).records;
        for (queue, last) in merger.acknowledge() {
            queue.watermark.advance(last, last);
        }
        if queues.has_surplus() {
            merger.retire(queues, &queues.retire_surplus());
        }
        let mut left = 0;
        queues.for_each(|_| left += 1);
        if merged >= records && left == 1 {
            return;
        }
        queues.channel.parker.prepare_wait(WaitMode::Park);
        if merger.may_wait(queues, WaitMode::Park) && !queues.has_surplus() {
            queues.channel.parker.park(None);
        } else {
            queues.channel.parker.end_wait();
        }
    }
}

#[test]
fn what_threads_log_before_they_end_is_merged_and_their_queues_are_retired() {
    model(2, || {
        let queues = queues(ROOMY);
        let callers = [0, 1].map(|_| {
            let queues = Arc::clone(&queues);
            thread::spawn(move || {
                let mut producer = queues.join().unwrap();
                offer(&mut producer, WAITS);
                queues.leave(producer);
            })
        });
        work_and_retire(&queues, 2);
        for caller in callers {
            caller.join().unwrap();
        }
    });
}

/// Takes a cut-off, looks at the queues, and merges.
fn round(queues: &QueueRegistry, merger: &mut QueueMerger, merged: &mut Vec<u8>) {
    let cut_off = queues.channel.clock.ticks();
    merger.poll_queues(queues);
    merger.merge(cut_off, usize::MAX, |record| {
        merged.extend_from_slice(name(record.bytes));
    });
}

/// One task puts records into two queues in turn, and whoever merges them finds them in order.
fn keeps_order(preemptions: usize, capacity: usize, names: &'static [(usize, &'static [u8])]) {
    // The writer looks at the queues in the order in which they joined: both directions.
    for direction in [0, 1] {
        model(preemptions, move || {
            let queues = queues(capacity);
            let mut producers = [0, 1].map(|_| queues.join().unwrap());
            // One task that moves from thread to thread is, for the writer, as one thread with two
            // queues.
            let task = thread::spawn(move || {
                for (queue, name) in names {
                    let producer = &mut producers[queue ^ direction];
                    let pushed = samples::offer(producer, WAITS, name);
                    assert!(
                        matches!(pushed, PushOutcome::Queued(_) | PushOutcome::Deferred(_)),
                        "{pushed:?}"
                    );
                }
            });
            let mut merger = QueueMerger::default();
            let mut merged = Vec::new();
            round(&queues, &mut merger, &mut merged);
            round(&queues, &mut merger, &mut merged);
            task.join().unwrap();
            round(&queues, &mut merger, &mut merged);
            assert_eq!(merged, b"123");
        });
    }
}

#[test]
fn of_two_records_in_two_queues_the_earlier_is_merged_first() {
    keeps_order(3, 2 * RECORD, &[(0, b"1"), (1, b"2"), (0, b"3")]);
}

#[test]
fn of_two_records_in_two_queues_the_earlier_is_merged_first_also_if_it_waits_for_room() {
    keeps_order(3, FULL_WITH_ONE, &[(0, b"1"), (0, b"2"), (1, b"3")]);
}
