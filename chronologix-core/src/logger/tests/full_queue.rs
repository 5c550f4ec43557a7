//! A queue with no room left.

use super::{Bench, config, poll_once};
use crate::{LogError, Overflow};

const APP: &str = "2025-05-04__14-00/app.log";

/// Fills the queue while the writer is held at the disk with a first record: gives how many others
/// were taken.
fn fill(bench: &Bench) -> usize {
    bench.fs.hold();
    bench.log("app", "first").detach();
    bench.fs.wait_until_held();
    let mut taken = 0;
    loop {
        let mut record = bench.log("app", &format!("{taken:032}"));
        if poll_once(&mut record).is_pending() {
            return taken;
        }
        taken += 1;
    }
}

#[test]
fn with_wait_a_caller_waits_and_nothing_is_lost_or_out_of_order() {
    let bench = Bench::with(config().queue_capacity(4096));
    let taken = fill(&bench);
    assert!((40..=4096 / 48).contains(&taken), "{taken}");
    let waiting = (0..10)
        .map(|at| bench.log("app", &format!("waiting {at}")))
        .collect::<Vec<_>>();
    assert!(bench.logger.stats().queue_bytes <= 4096 + 10 * 48);
    bench.fs.release();
    for record in waiting {
        record.wait().into_result().unwrap();
    }
    bench.flush();
    let messages = bench.messages(APP);
    let numbered = (0..taken).map(|at| format!("{at:032}"));
    let waiting = (0..10).map(|at| format!("waiting {at}"));
    let first = ["first".to_owned()].into_iter();
    let lines = first.chain(numbered).chain(waiting).collect::<Vec<_>>();
    // One record was dropped while it waited: the one `fill` saw pending.
    let told = messages
        .iter()
        .filter(|line| line.contains("dropped"))
        .collect::<Vec<_>>();
    assert_eq!(
        told,
        ["[WARN] chronologix: 1 record dropped (queue full) from 14:30:00 to 14:30:00"]
    );
    let logged = messages
        .iter()
        .filter(|line| !line.contains("dropped"))
        .collect::<Vec<_>>();
    assert_eq!(logged, lines.iter().collect::<Vec<_>>());
    assert_eq!(bench.logger.stats().dropped, 1);
}

#[test]
fn with_drop_the_count_is_exact_and_stands_in_the_stream_and_its_mirror() {
    let bench = Bench::with(config().queue_capacity(4096).overflow(Overflow::Drop));
    bench.fs.hold();
    let mut taken = 0_u64;
    let mut dropped = 0_u64;
    for at in 0..1000 {
        match bench
            .log("errors", &format!("{at:032}"))
            .wait()
            .into_result()
        {
            Ok(()) => taken += 1,
            Err(LogError::Dropped) => dropped += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(dropped > 800, "{dropped}");
    assert_eq!(bench.logger.stats().dropped, dropped);
    bench.fs.release();
    bench.flush();
    assert_eq!(bench.logger.stats().dropped, dropped);
    let told = |path: &str| {
        let messages = bench.messages(path);
        let lines = messages
            .iter()
            .filter_map(|line| line.strip_prefix("[WARN] chronologix: "));
        let counts = lines.map(|line| line.split_once(' ').unwrap().0.parse::<u64>().unwrap());
        (counts.sum::<u64>(), messages.len() as u64)
    };
    let (count, lines) = told("2025-05-04__14-00/errors.log");
    assert_eq!(count, dropped);
    assert!(lines > taken);
    assert_eq!(told(APP), (count, lines));
}

#[test]
fn a_record_larger_than_the_queue_goes_through_alone() {
    let bench = Bench::with(config().queue_capacity(4096));
    let long = "x".repeat(100_000);
    bench.log("app", &long).written().wait().unwrap();
    assert_eq!(bench.messages(APP), [long]);
}

#[test]
fn a_record_beyond_the_bound_is_cut_and_says_so() {
    let bench = Bench::new();
    bench
        .log("app", &"é".repeat(1 << 20))
        .written()
        .wait()
        .unwrap();
    let messages = bench.messages(APP);
    assert!(messages[0].ends_with("é… [cut at 1 MiB]"));
    assert!(messages[0].len() < (1 << 20) + 32);
}

#[test]
fn records_that_wait_at_the_stop_are_written() {
    let bench = Bench::with(config().queue_capacity(4096));
    let taken = fill(&bench);
    let record = bench.log("app", "the last");
    let logger = bench.logger.clone();
    let stop = std::thread::spawn(move || logger.stop_blocking());
    bench.fs.release();
    record.wait().into_result().unwrap();
    stop.join().unwrap().unwrap();
    let messages = bench.messages(APP);
    assert_eq!(
        messages
            .iter()
            .filter(|line| !line.contains("dropped"))
            .count(),
        taken + 2
    );
    assert!(messages.contains(&"the last".to_owned()));
}
