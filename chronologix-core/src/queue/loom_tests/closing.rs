//! The end of a queue: each record is written or refused, and its caller learns which.

use loom::thread;

use super::{finish, model, outcome, queued};
use crate::queue::{
    spsc::{
        consumer::Consumer,
        producer::{Producer, PushOutcome},
    },
    sync::Arc,
    tests::samples::{DROPS, FULL_WITH_ONE, RECORD, ROOMY, WAITS, offer, queue},
};

/// Closes the queue while records of `stream` are offered, after as many as `before`. The records
/// whose callers got a number, and only those, come out under their numbers.
fn close_while_offered(
    (mut producer, mut consumer): (Producer, Consumer),
    before: u64,
    stream: u16,
    names: &'static [&'static [u8]],
) {
    for number in 1..=before {
        assert_eq!(queued(offer(&mut producer, WAITS, b"before")), number);
    }
    let caller = thread::spawn(move || {
        let mut dropped = 0;
        let mut told = Vec::new();
        for name in names {
            let pushed = offer(&mut producer, stream, name);
            dropped += u64::from(matches!(pushed, PushOutcome::Dropped));
            told.extend(outcome(pushed).map(|number| (number, *name)));
        }
        (told, dropped, producer)
    });
    let mut got = finish(&mut consumer);
    let (told, dropped, mut producer) = caller.join().unwrap();
    assert!(!got.take(&mut consumer), "nothing stays behind");
    let taken = before + told.len() as u64;
    assert_eq!(got.names.len() as u64, taken);
    for (number, name) in told {
        assert_eq!(got.name(number), name);
    }
    assert_eq!(got.dropped(), dropped);
    assert_eq!(consumer.queue().newest(), taken);
    let depth = consumer.queue().depth();
    assert_eq!((depth.records, depth.bytes, depth.dropped), (0, 0, 0));
    for stream in [WAITS, DROPS] {
        let late = offer(&mut producer, stream, b"late");
        assert!(matches!(late, PushOutcome::Closed), "{late:?}");
    }
    assert_eq!(consumer.queue().newest(), taken);
}

#[test]
fn a_record_that_finds_room_at_the_end_is_written_or_refused() {
    model(4, || {
        close_while_offered(queue(2 * RECORD), 0, WAITS, &[b"1", b"2"]);
    });
}

#[test]
fn a_record_that_finds_room_at_the_end_is_written_or_refused_also_behind_others() {
    model(4, || close_while_offered(queue(ROOMY), 1, WAITS, &[b"1"]));
}

#[test]
fn a_record_for_which_the_ring_grows_at_the_end_is_written_or_refused() {
    model(3, || {
        close_while_offered(queue(ROOMY), 0, WAITS, &[b"1", b"2", b"3"]);
    });
}

#[test]
fn a_record_that_finds_no_room_at_the_end_is_written_or_refused() {
    model(4, || {
        close_while_offered(queue(FULL_WITH_ONE), 1, WAITS, &[b"1", b"2"]);
    });
}

#[test]
fn a_record_that_is_dropped_at_the_end_is_counted_or_refused() {
    model(4, || {
        close_while_offered(queue(FULL_WITH_ONE), 1, DROPS, &[b"1", b"2"]);
    });
}

#[test]
fn a_record_larger_than_the_queue_is_written_or_refused_at_the_end() {
    model(4, || {
        close_while_offered(queue(FULL_WITH_ONE), 0, WAITS, &[b"0000000011111111", b"2"]);
    });
}

#[test]
fn whoever_is_told_of_a_record_when_the_writer_broke_down_is_told_of_its_end() {
    model(4, || {
        let (mut producer, mut consumer) = queue(2 * RECORD);
        let queue = Arc::clone(consumer.queue());
        let caller = thread::spawn(move || {
            let told = [b"1", b"2"].map(|name| outcome(offer(&mut producer, WAITS, name)));
            (told, producer)
        });
        // It has taken what there is by now, or not, and closes nothing. The calls below close.
        consumer.poll();
        drop(consumer);
        queue.channel.parker.close();
        queue.refuse_waiting();
        let newest = queue.newest();
        let (told, mut producer) = caller.join().unwrap();
        for number in told.into_iter().flatten() {
            assert!(number <= newest, "{number} is waited for in vain: {newest}");
        }
        let pushed = offer(&mut producer, WAITS, b"late");
        assert!(matches!(pushed, PushOutcome::Closed), "{pushed:?}");
    });
}
