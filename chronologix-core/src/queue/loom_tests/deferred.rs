//! Records that do not go through the ring: those that wait for room, and those larger than the
//! queue.

use loom::thread;

use super::{Got, deferred, finish, model, outcome, queued, wait_for, work};
use crate::queue::{
    spsc::{
        DeferredRecord,
        consumer::Consumer,
        producer::{Producer, PushOutcome},
    },
    sync::Arc,
    tests::samples::{DROPS, FULL_WITH_ONE, WAITS, WakeCounter, offer, queue, take},
};

/// Larger than a queue that is full with one record.
const OVERSIZED: &[u8] = b"0000000011111111";
const ALSO_OVERSIZED: &[u8] = b"2222222233333333";

/// A queue that is full, with a second record deferred in it.
fn full() -> (Producer, Consumer, Arc<DeferredRecord>) {
    let (mut producer, consumer) = queue(FULL_WITH_ONE);
    queued(offer(&mut producer, WAITS, b"first"));
    let deferred = deferred(offer(&mut producer, WAITS, b"second"));
    (producer, consumer, deferred)
}

/// The number under which a record came out in the end.
fn number(pushed: PushOutcome) -> u64 {
    outcome(pushed).expect("the queue is not closed")
}

#[test]
fn a_caller_that_waits_for_room_hears_of_it() {
    loom::model(|| {
        let (_producer, mut consumer, deferred) = full();
        let caller = thread::spawn(move || wait_for(|waker| deferred.poll(waker)));
        let (names, _) = take(&mut consumer);
        assert!(matches!(caller.join().unwrap(), Ok(2)));
        assert_eq!(names, [&b"first"[..], b"second"]);
    });
}

#[test]
fn a_caller_that_waits_for_room_hears_of_the_end() {
    loom::model(|| {
        let (_producer, consumer, deferred) = full();
        let caller = thread::spawn(move || wait_for(|waker| deferred.poll(waker)));
        let queue = Arc::clone(consumer.queue());
        queue.channel.parker.close();
        queue.refuse_waiting();
        assert!(caller.join().unwrap().is_err());
    });
}

#[test]
fn a_caller_whose_record_was_seen_but_not_taken_hears_of_the_end() {
    loom::model(|| {
        let (_producer, mut consumer, deferred) = full();
        let caller = thread::spawn(move || wait_for(|waker| deferred.poll(waker)));
        consumer.poll();
        drop(consumer);
        assert!(matches!(caller.join().unwrap(), Ok(2)));
    });
}

#[test]
fn a_caller_that_goes_away_while_the_writer_polls_is_dropped_or_written() {
    loom::model(|| {
        let (_producer, mut consumer, deferred) = full();
        let queue = Arc::clone(consumer.queue());
        let caller = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let (_counter, waker) = WakeCounter::new();
                // Polled once or not, both in the same model: the outcome of the poll does not
                // matter.
                let _ = deferred.poll(&waker);
                queue.abandon(&deferred)
            })
        };
        let mut got = Got::default();
        got.take(&mut consumer);
        let abandoned = caller.join().unwrap();
        got.take(&mut consumer);
        assert_eq!(got.dropped(), u64::from(abandoned));
        assert_eq!(got.names.len(), 2 - usize::from(abandoned));
        assert_eq!(queue.newest(), 2 - u64::from(abandoned));
    });
}

#[test]
fn a_caller_that_goes_away_at_the_end_is_dropped_or_refused() {
    loom::model(|| {
        let (_producer, consumer, deferred) = full();
        let queue = Arc::clone(consumer.queue());
        let caller = {
            let (queue, deferred) = (Arc::clone(&queue), Arc::clone(&deferred));
            thread::spawn(move || queue.abandon(&deferred))
        };
        queue.channel.parker.close();
        queue.refuse_waiting();
        let abandoned = caller.join().unwrap();
        let (_counter, waker) = WakeCounter::new();
        let refused = matches!(deferred.poll(&waker), Some(Err(_)));
        assert!(abandoned != refused, "exactly one of the two");
        assert_eq!(queue.depth().dropped, u64::from(abandoned));
    });
}

#[test]
fn a_caller_that_goes_away_at_the_end_is_dropped_or_written() {
    loom::model(|| {
        let (_producer, mut consumer, deferred) = full();
        let queue = Arc::clone(consumer.queue());
        let caller = thread::spawn(move || queue.abandon(&deferred));
        let got = finish(&mut consumer);
        let abandoned = caller.join().unwrap();
        let dropped = got.dropped() + consumer.queue().depth().dropped;
        assert_eq!(dropped, u64::from(abandoned));
        assert_eq!(got.names.len(), 2 - usize::from(abandoned));
    });
}

/// Offers records to a queue that is full with one. They come out in order, under the numbers that
/// their callers got.
fn keeps_order<const N: usize>(names: [&'static [u8]; N]) {
    let (mut producer, mut consumer) = queue(FULL_WITH_ONE);
    let producer = thread::spawn(move || names.map(|name| offer(&mut producer, WAITS, name)));
    let mut got = Got::default();
    got.take(&mut consumer);
    got.take(&mut consumer);
    let pushes = producer.join().unwrap();
    got.take(&mut consumer);
    assert_eq!(got.names, names);
    assert!(
        matches!(pushes[0], PushOutcome::Queued(1)),
        "it finds the queue empty: {pushes:?}"
    );
    assert!(pushes.map(number).into_iter().eq(1..=N as u64));
}

#[test]
fn whichever_way_records_go_their_numbers_tell_their_order() {
    model(4, || keeps_order([b"1", b"2", b"3", b"4"]));
}

#[test]
fn what_comes_behind_a_caller_that_goes_away_keeps_its_number() {
    model(4, || {
        let (mut producer, mut consumer, deferred) = full();
        let queue = Arc::clone(consumer.queue());
        let caller = thread::spawn(move || queue.abandon(&deferred));
        let producer = thread::spawn(move || {
            [b"third", b"forth"].map(|name| offer(&mut producer, WAITS, name))
        });
        let mut got = Got::default();
        got.take(&mut consumer);
        let abandoned = caller.join().unwrap();
        let pushes = producer.join().unwrap();
        got.take(&mut consumer);
        assert_eq!(got.names.len(), 4 - usize::from(abandoned));
        assert_eq!(got.dropped(), u64::from(abandoned));
        let [third, forth] = pushes.map(number);
        assert_eq!(got.name(third), b"third");
        assert_eq!(got.name(forth), b"forth");
        assert_eq!(consumer.queue().newest(), consumer.popped());
    });
}

#[test]
fn a_record_larger_than_the_queue_is_let_in_before_others() {
    model(4, || keeps_order([OVERSIZED, b"2", b"3"]));
}

#[test]
fn of_two_records_larger_than_the_queue_the_second_comes_behind_the_first() {
    model(4, || keeps_order([OVERSIZED, ALSO_OVERSIZED, b"3"]));
}

#[test]
fn a_record_larger_than_the_queue_does_not_overtake_one_that_waits() {
    model(4, || keeps_order([b"1", OVERSIZED, ALSO_OVERSIZED]));
}

#[test]
fn a_record_larger_than_the_queue_waits_until_it_is_alone() {
    model(2, || {
        let (mut producer, mut consumer) = queue(FULL_WITH_ONE);
        let names = [b"1", OVERSIZED, b"3"];
        let producer =
            thread::spawn(move || names.map(|name| number(offer(&mut producer, WAITS, name))));
        let got = work(&mut consumer, names.len());
        assert_eq!(got.names, names);
        assert_eq!(producer.join().unwrap(), [1, 2, 3]);
    });
}

#[test]
fn a_record_larger_than_the_queue_is_let_in_or_dropped() {
    model(4, || {
        let (mut producer, mut consumer) = queue(FULL_WITH_ONE);
        queued(offer(&mut producer, DROPS, b"1"));
        let producer = thread::spawn(move || {
            [OVERSIZED, b"3"].map(|name| match offer(&mut producer, DROPS, name) {
                PushOutcome::Queued(_) => Some(name),
                PushOutcome::Dropped => None,
                other => panic!("{other:?}"),
            })
        });
        let mut got = Got::default();
        got.take(&mut consumer);
        got.take(&mut consumer);
        let queued = producer.join().unwrap();
        got.take(&mut consumer);
        let queued = queued.into_iter().flatten();
        let expected: Vec<_> = [&b"1"[..]].into_iter().chain(queued).collect();
        assert_eq!(got.names, expected);
        assert_eq!(got.dropped(), 3 - expected.len() as u64);
    });
}
