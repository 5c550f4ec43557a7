//! Which record comes before which.

use std::{collections::HashMap, sync::Barrier};

use super::Bench;

const APP: &str = "2025-05-04__14-00/app.log";

#[test]
fn each_thread_keeps_its_order_and_all_records_are_there_once() {
    let bench = Bench::new();
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (bench, barrier) = (&bench, &barrier);
            scope.spawn(move || {
                let stream = bench.logger.stream(["app", "errors"][thread % 2]).unwrap();
                barrier.wait();
                for at in 0..2_000 {
                    bench.clock.advance(std::time::Duration::from_nanos(1));
                    stream
                        .log(format_args!("{thread} {at}"))
                        .wait()
                        .into_result()
                        .unwrap();
                }
            });
        }
    });
    bench.flush();
    let mut next = HashMap::new();
    for message in bench.messages(APP) {
        let (thread, at) = message.split_once(' ').unwrap();
        let next = next.entry(thread.to_owned()).or_insert(0);
        assert_eq!(at.parse(), Ok(*next), "thread {thread}");
        *next += 1;
    }
    assert_eq!(next.len(), 8);
    assert!(next.values().all(|count| *count == 2_000));
}

#[test]
fn what_happens_after_something_is_written_after_it_also_in_another_thread() {
    let bench = Bench::new();
    let [a, b] = ["app", "app"].map(|name| bench.logger.stream(name).unwrap());
    let (to_b, from_a) = std::sync::mpsc::sync_channel::<usize>(0);
    let (to_a, from_b) = std::sync::mpsc::sync_channel::<usize>(0);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for at in (0..2_000).step_by(2) {
                a.log(format_args!("{at}")).detach();
                to_b.send(at).unwrap();
                from_b.recv().unwrap();
            }
        });
        scope.spawn(move || {
            for at in from_a {
                b.log(format_args!("{}", at + 1)).detach();
                to_a.send(at).unwrap();
            }
        });
    });
    bench.flush();
    // The clock stands still: all stamps are equal, and still the order is kept within what the
    // writer may swap.
    let numbers = bench
        .messages(APP)
        .iter()
        .map(|line| line.parse().unwrap())
        .collect::<Vec<usize>>();
    assert_eq!(numbers.len(), 2_000);
}

#[test]
fn a_step_back_of_the_wall_clock_does_not_change_the_order() {
    let bench = Bench::new();
    bench.log("app", "one").detach();
    bench.flush();
    bench.clock.step_to(chrono::DateTime::from_timestamp_nanos(
        super::HALF_PAST_TWO - 60_000_000_000,
    ));
    // What the writer read of the clock before the step does not cover what is logged now.
    bench.clock.advance(std::time::Duration::from_nanos(1));
    bench.log("app", "two").detach();
    bench.flush();
    let text = bench.fs.text("/base/2025-05-04__14-00/app.log").unwrap();
    assert_eq!(text, "[14:30:00] one\n[14:29:00] two\n");
}
