//! What a recorder keeps, loses and returns, one thread at a time.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::Arc;
use crate::{
    Level,
    clock::{Clock, ManualClock},
    queue::{
        channel::{Channel, StreamPolicy},
        record_header::RecordHeader,
        recorder::{Kept, Recorder},
        registry::QueueRegistry,
        spsc::producer::Producer,
        tests::samples::name,
    },
};

/// The header of a record of the only stream. The number of its call site is not looked up.
pub(crate) const HEADER: RecordHeader = RecordHeader {
    callsite: 1,
    stream: 0,
};

/// Queues whose only stream keeps so many bytes.
pub(crate) fn queues(bytes: u64, clock: Clock) -> QueueRegistry {
    let policy = StreamPolicy {
        recorder: Some(Recorder::new(Level::Trace, bytes)),
        ..StreamPolicy::default()
    };
    QueueRegistry::new(Channel::new(4096, vec![policy], clock))
}

pub(crate) fn recorder(queues: &QueueRegistry) -> &Recorder {
    queues.channel.streams[0].recorder.as_ref().unwrap()
}

/// Keeps a record that carries a name, which has no zero at its end.
pub(crate) fn keep(producer: &mut Producer, name: &[u8]) {
    let mut bytes = name.to_owned();
    bytes.resize(name.len().next_multiple_of(8), 0);
    assert!(producer.keep_bytes(HEADER, &bytes));
}

/// The names of all records, in their order.
pub(crate) fn names(mut kept: Kept) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    while let Some(record) = kept.pop() {
        assert_eq!(record.header, HEADER);
        names.push(name(record.bytes).to_owned());
    }
    names
}

fn manual() -> (ManualClock, Clock) {
    let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
    (clock.clone(), Clock::Manual(clock))
}

fn tick(clock: &ManualClock) -> u64 {
    clock.advance(std::time::Duration::from_nanos(1));
    clock.read().ticks
}

#[test]
fn what_was_kept_is_returned_once_in_the_order_of_time() {
    let (clock, handle) = manual();
    let queues = queues(1 << 20, handle);
    let [mut a, mut b] = [queues.join().unwrap(), queues.join().unwrap()];
    for round in 0..100_u8 {
        keep(&mut a, &[b'a', round]);
        tick(&clock);
        keep(&mut b, &[b'b', round]);
        tick(&clock);
    }
    let all = recorder(&queues).take(u64::MAX);
    assert_eq!(all.lost, 0);
    let expected = (0..100).flat_map(|round| [vec![b'a', round], vec![b'b', round]]);
    // A name has no zero at its end.
    let expected = expected.map(|it| name(&it).to_owned());
    assert_eq!(names(all), expected.collect::<Vec<_>>());
    assert!(recorder(&queues).take(u64::MAX).is_empty());
    keep(&mut a, b"later");
    assert_eq!(names(recorder(&queues).take(u64::MAX)), [b"later"]);
}

#[test]
fn what_is_later_stays() {
    let (clock, handle) = manual();
    let queues = queues(1 << 20, handle);
    let [mut a, mut b] = [queues.join().unwrap(), queues.join().unwrap()];
    keep(&mut a, b"1");
    let now = tick(&clock);
    keep(&mut b, b"2");
    tick(&clock);
    keep(&mut a, b"3");
    assert_eq!(names(recorder(&queues).take(now)), [b"1", b"2"]);
    assert_eq!(names(recorder(&queues).take(now)), [b""; 0]);
    assert_eq!(names(recorder(&queues).take(u64::MAX)), [b"3"]);
}

#[test]
fn what_a_thread_has_kept_stays_when_it_ends() {
    let (clock, handle) = manual();
    let queues = queues(64 << 10, handle);
    let mut ending = queues.join().unwrap();
    keep(&mut ending, b"ended");
    queues.leave(ending);
    tick(&clock);
    let mut other = queues.join().unwrap();
    keep(&mut other, b"other");
    assert_eq!(
        names(recorder(&queues).take(u64::MAX)),
        [&b"ended"[..], b"other"]
    );
    // Its segment is not kept for ever.
    assert_eq!(recorder(&queues).bytes(), 4096);
}

#[test]
fn the_memory_of_many_threads_is_bounded() {
    let (clock, handle) = manual();
    let queues = queues(1 << 20, handle);
    let mut threads = (0..100).map(|_| queues.join().unwrap()).collect::<Vec<_>>();
    for round in 0..2_000_u64 {
        for thread in &mut threads {
            keep(thread, &round.to_le_bytes());
            tick(&clock);
        }
        assert!(recorder(&queues).bytes() <= (1 << 20) + 100 * 4096);
    }
    let kept = recorder(&queues).take(u64::MAX);
    let lost = kept.lost;
    let left = names(kept).len() as u64;
    assert_eq!(left + lost, 200_000);
    assert!(left > 100 && lost > 0, "{left} {lost}");
    // Threads that end leave no more than the bound behind.
    for thread in threads {
        queues.leave(thread);
    }
    let mut one = queues.join().unwrap();
    (0..100_000).for_each(|_| keep(&mut one, b"one"));
    assert!(recorder(&queues).bytes() <= 1 << 20);
}

#[test]
fn a_record_larger_than_all_that_may_be_kept_is_lost_and_counted() {
    let (_, handle) = manual();
    let queues = queues(64 << 10, handle);
    let mut thread = queues.join().unwrap();
    keep(&mut thread, b"before");
    keep(&mut thread, &vec![b'x'; 100 << 10]);
    keep(&mut thread, &vec![b'y'; 30 << 10]);
    keep(&mut thread, b"after");
    let kept = recorder(&queues).take(u64::MAX);
    assert_eq!(kept.lost, 1);
    let names = names(kept);
    assert_eq!(names.len(), 3);
    assert_eq!(names[1].len(), 30 << 10);
}

#[test]
fn a_stopped_logger_keeps_nothing_more() {
    let (_, handle) = manual();
    let queues = queues(64 << 10, handle);
    let mut thread = queues.join().unwrap();
    queues.close();
    assert!(!thread.keep_bytes(HEADER, &[]));
    assert!(recorder(&queues).take(u64::MAX).is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    /// A thread keeps a record with so many bytes.
    Keep(usize, usize),
    /// A thread ends, and another takes its place.
    End(usize),
    /// Everything up to a moment so many ticks ago is taken.
    Take(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        40 => (0..4_usize, 0..3000_usize).prop_map(|(thread, bytes)| Step::Keep(thread, bytes)),
        2 => (0..4_usize).prop_map(Step::End),
        1 => (0..50_u64).prop_map(Step::Take),
    ]
}

proptest! {
    /// Of what was kept and not taken yet, the newest are returned, and the number of the others is
    /// reported. No record is returned twice or in parts.
    #[test]
    fn none_is_lost_but_the_oldest(steps in proptest::collection::vec(step(), 1..400)) {
        let (clock, handle) = manual();
        let queues = Arc::new(queues(64 << 10, handle));
        let mut threads = (0..4).map(|_| queues.join().unwrap()).collect::<Vec<_>>();
        let mut expected = VecDeque::new();
        let mut number = 0_u64;
        let check = |ago: u64, expected: &mut VecDeque<(u64, Vec<u8>)>| {
            let up_to = clock.read().ticks.saturating_sub(ago);
            let kept = recorder(&queues).take(up_to);
            let lost = kept.lost;
            let names = names(kept);
            let mut due = Vec::new();
            while expected.front().is_some_and(|(ticks, _)| *ticks <= up_to) {
                due.extend(expected.pop_front().map(|(_, name)| name));
            }
            // What is lost may be newer than what is due, and is reported at once.
            let missing = due.len() - names.len();
            let is_end = due[missing..] == names[..];
            for _ in missing as u64..lost {
                expected.pop_front();
            }
            (is_end, missing as u64 <= lost)
        };
        for step in steps {
            match step {
                Step::Keep(thread, bytes) => {
                    number += 1;
                    let mut name = vec![b'x'; bytes];
                    name.extend(number.to_string().into_bytes());
                    keep(&mut threads[thread], &name);
                    expected.push_back((clock.read().ticks, name));
                    tick(&clock);
                }
                Step::End(thread) => {
                    let new = queues.join().unwrap();
                    queues.leave(std::mem::replace(&mut threads[thread], new));
                }
                Step::Take(ago) => prop_assert_eq!(check(ago, &mut expected), (true, true)),
            }
            prop_assert!(recorder(&queues).bytes() <= (64 << 10) + 4 * 4096);
        }
        prop_assert_eq!(check(0, &mut expected), (true, true));
        prop_assert!(expected.is_empty());
    }
}
