//! Records that go through the ring.

use loom::thread;

use super::{Got, model, outcome, queued, work};
use crate::queue::{
    spsc::{
        consumer::Consumer,
        producer::{Producer, PushOutcome},
    },
    sync::Arc,
    tests::samples::{DROPS, FULL_WITH_ONE, RECORD, ROOMY, WAITS, offer, queue},
};

/// Two records fit, and its ring does not grow.
const TWO: usize = 2 * RECORD;
/// A ring grows with the second record.
const GROWS: usize = ROOMY;

/// Takes while the producer is at work, and once more when it is done.
fn take_all<T: 'static>(
    mut producer: Producer,
    consumer: &mut Consumer,
    put: impl FnOnce(&mut Producer) -> T + 'static,
) -> (Got, T) {
    let producer = thread::spawn(move || put(&mut producer));
    let mut got = Got::default();
    got.take(consumer);
    got.take(consumer);
    let done = producer.join().unwrap();
    got.take(consumer);
    assert!(consumer.is_empty());
    (got, done)
}

#[test]
fn records_come_out_whole_once_and_in_order() {
    model(4, || {
        let (producer, mut consumer) = queue(TWO);
        let names = [&b"1111111122222222"[..], b"3"];
        let (got, numbers) = take_all(producer, &mut consumer, move |producer| {
            // The first takes up four of the six words, so the second may find no room.
            names.map(|name| queued_or_parked(offer(producer, WAITS, name)))
        });
        assert_eq!(got.names, names);
        assert_eq!(consumer.queue().newest(), 2);
        assert_eq!(consumer.popped(), 2);
        assert_eq!(numbers[0], Some(1));
        assert!(numbers[1].is_none_or(|number| number == 2));
    });
}

/// The number of a record that was queued at once.
fn queued_or_parked(pushed: PushOutcome) -> Option<u64> {
    match pushed {
        PushOutcome::Queued(number) => Some(number),
        PushOutcome::Deferred(_) => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ring_that_comes_round_is_read_as_it_was_filled() {
    model(4, || {
        let (mut producer, mut consumer) = queue(TWO);
        let mut got = Got::default();
        for name in [b"1", b"2"] {
            queued(offer(&mut producer, WAITS, name));
            got.take(&mut consumer);
        }
        // The third lies at the end of the ring and at its beginning.
        let (rest, numbers) = take_all(producer, &mut consumer, |producer| {
            [b"3", b"4"].map(|name| queued(offer(producer, WAITS, name)))
        });
        got.names.extend(rest.names);
        assert_eq!(got.names, [b"1", b"2", b"3", b"4"]);
        assert_eq!(numbers, [3, 4]);
    });
}

#[test]
fn a_record_is_not_overwritten_before_it_was_read() {
    model(4, || {
        // Each takes up four words, and the ring has eight: the third lies exactly where the first
        // lay.
        let names = [
            b"1_______1_______",
            b"2_______2_______",
            b"3_______3_______",
        ];
        let (mut producer, mut consumer) = queue(64);
        queued(offer(&mut producer, DROPS, names[0]));
        queued(offer(&mut producer, DROPS, names[1]));
        let (got, is_queued) = take_all(producer, &mut consumer, move |producer| {
            match offer(producer, DROPS, names[2]) {
                PushOutcome::Queued(3) => true,
                PushOutcome::Dropped => false,
                other => panic!("{other:?}"),
            }
        });
        let expected = if is_queued { &names[..] } else { &names[..2] };
        assert_eq!(got.names, expected);
        assert_eq!(got.dropped(), u64::from(!is_queued));
    });
}

#[test]
fn a_producer_that_waits_for_room_goes_on() {
    model(2, || {
        let (mut producer, mut consumer) = queue(FULL_WITH_ONE);
        let names = [b"1", b"2", b"3"];
        let producer =
            thread::spawn(move || names.map(|name| outcome(offer(&mut producer, WAITS, name))));
        let got = work(&mut consumer, names.len());
        assert_eq!(got.names, names);
        assert_eq!(producer.join().unwrap(), [Some(1), Some(2), Some(3)]);
    });
}

#[test]
fn a_ring_grows_while_it_is_read() {
    model(3, || {
        let (producer, mut consumer) = queue(GROWS);
        let names = [b"1", b"2", b"3"];
        let (got, numbers) = take_all(producer, &mut consumer, move |producer| {
            names.map(|name| queued(offer(producer, WAITS, name)))
        });
        assert_eq!(got.names, names);
        assert_eq!(numbers, [1, 2, 3]);
    });
}

#[test]
fn a_ring_is_given_back_while_it_is_read() {
    model(3, || {
        let (producer, mut consumer) = queue(GROWS);
        let names = [b"1", b"2", b"3"];
        let (got, numbers) = take_all(producer, &mut consumer, move |producer| {
            let first = [0, 1].map(|at| queued(offer(producer, WAITS, names[at])));
            producer.shrink();
            (first, queued(offer(producer, WAITS, names[2])))
        });
        assert_eq!(got.names, names);
        assert_eq!(numbers, ([1, 2], 3));
    });
}

#[test]
fn a_ring_grows_twice_for_one_record() {
    model(3, || {
        let (producer, mut consumer) = queue(64 * size_of::<u64>());
        // More than half of 32 words.
        let names = [&b"1"[..], &[b'2'; 15 * size_of::<u64>()], b"3"];
        let (got, numbers) = take_all(producer, &mut consumer, move |producer| {
            names.map(|name| queued(offer(producer, WAITS, name)))
        });
        assert_eq!(got.names, names);
        assert_eq!(numbers, [1, 2, 3]);
    });
}

#[test]
fn whoever_looks_how_full_a_queue_is_sees_neither_more_than_was_queued_nor_less_than_nothing() {
    model(4, || {
        let (mut producer, mut consumer) = queue(TWO);
        let queue = Arc::clone(consumer.queue());
        let producer = thread::spawn(move || {
            queued(offer(&mut producer, WAITS, b"1"));
        });
        let onlooker = thread::spawn(move || queue.depth());
        Got::default().take(&mut consumer);
        let depth = onlooker.join().unwrap();
        assert!(depth.records <= 1, "{depth:?}");
        assert!(depth.bytes <= RECORD as u64, "{depth:?}");
        producer.join().unwrap();
    });
}
