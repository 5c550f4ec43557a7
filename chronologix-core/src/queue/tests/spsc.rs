//! A queue and the registry: what they take, what they refuse, and in which order they give.

use std::task::Waker;

use super::{
    Arc, DROPS, FULL_WITH_ONE, PushOutcome, RECORD, ROOMY, WAITS, WRITTEN, WaitMode, channel,
    deferred, header, offer, queue, queued, take,
};
use crate::{
    clock::{Clock, ManualClock},
    queue::{
        record_header::MAX_WORDS,
        registry::QueueRegistry,
        spsc::{
            Dropped,
            consumer::Consumer,
            producer::{self, Producer},
        },
    },
};

fn names(consumer: &mut Consumer) -> Vec<Vec<u8>> {
    take(consumer).0
}

#[test]
fn records_are_numbered_from_one_over_all_polls() {
    let (mut producer, mut consumer) = queue(ROOMY);
    assert_eq!(queued(offer(&mut producer, WAITS, b"a")), 1);
    assert_eq!(queued(offer(&mut producer, WAITS, b"bc")), 2);
    assert_eq!(names(&mut consumer), [&b"a"[..], b"bc"]);
    assert_eq!(queued(offer(&mut producer, WAITS, b"")), 3);
    assert_eq!(producer.queue().newest(), 3);
    assert_eq!(consumer.popped(), 2);
}

#[test]
fn a_poll_goes_on_behind_what_is_left() {
    let (mut producer, mut consumer) = queue(ROOMY);
    offer(&mut producer, WAITS, b"a");
    consumer.poll();
    offer(&mut producer, WAITS, b"b");
    assert_eq!(names(&mut consumer), [b"a", b"b"]);
    assert!(consumer.is_empty());
}

#[test]
fn records_of_all_lengths_go_round_the_ring() {
    let (mut producer, mut consumer) = queue(40 * RECORD);
    for round in 0..200 {
        let sent = (0..5_usize)
            .map(|at| vec![b'a' + u8::try_from(at).unwrap(); (7 * round + 11 * at) % 50])
            .collect::<Vec<_>>();
        for name in &sent {
            queued(offer(&mut producer, DROPS, name));
        }
        assert_eq!(names(&mut consumer), sent);
    }
}

#[test]
fn the_capacity_counts_heads_and_words() {
    for (capacity, fits) in [
        (3 * RECORD, 3),
        (3 * RECORD - 1, 2),
        (4 * RECORD - 1, 3),
        (1, 1),
        // Larger than the first ring, which must grow for it.
        (5000 * RECORD, 5000),
    ] {
        let (mut producer, mut consumer) = queue(capacity);
        for round in 0..3 {
            let mut taken = 0;
            while let PushOutcome::Queued(_) = offer(&mut producer, DROPS, b"name") {
                taken += 1;
            }
            assert_eq!(taken, fits, "{capacity} in round {round}");
            assert!(producer.queue().depth().bytes <= capacity.max(RECORD) as u64);
            assert_eq!(names(&mut consumer), vec![b"name"; fits]);
        }
    }
}

#[test]
fn a_ring_grows_between_records_and_loses_none() {
    let (mut producer, mut consumer) = queue(ROOMY);
    let mut sent = 0_u32;
    let mut taken = 0_u32;
    for batch in [10, 3000, 1, 20_000, 7, 30_000, 30_000, 5] {
        for _ in 0..batch {
            queued(offer(&mut producer, DROPS, format!("{sent:08}").as_bytes()));
            sent += 1;
            // Now and then in the middle of it all.
            if sent % 4099 == 0 {
                consumer.poll();
                for _ in 0..1000 {
                    let Some(record) = consumer.pop() else { break };
                    assert_eq!(record.bytes, format!("{taken:08}").as_bytes());
                    taken += 1;
                }
            }
        }
        for name in names(&mut consumer) {
            assert_eq!(name, format!("{taken:08}").into_bytes());
            taken += 1;
        }
        assert_eq!(taken, sent);
    }
}

#[test]
fn records_whose_callers_do_not_wait_are_kept_up_to_the_capacity() {
    let (mut producer, mut consumer) = queue(ROOMY);
    let queue = Arc::clone(producer.queue());
    let fits = ROOMY / RECORD;
    for round in 0..3 {
        let mut kept = 0;
        loop {
            let is_kept = match offer(&mut producer, WAITS, format!("{kept:08}").as_bytes()) {
                PushOutcome::Deferred(deferred) => !queue.abandon(&deferred),
                PushOutcome::Queued(_) => true,
                other => panic!("{other:?}"),
            };
            if !is_kept {
                break;
            }
            kept += 1;
        }
        assert_eq!(kept, fits, "in round {round}");
        assert_eq!(queue.depth().bytes, (fits * RECORD) as u64);
        let (names, dropped) = take(&mut consumer);
        assert_eq!(dropped.len(), 1);
        for (at, name) in names.iter().enumerate() {
            assert_eq!(name, format!("{at:08}").as_bytes());
        }
        assert_eq!(names.len(), fits);
    }
}

#[test]
fn a_ring_stays_small_as_long_as_callers_wait() {
    let (mut producer, mut consumer) = queue(ROOMY);
    for _ in 0..3 {
        let mut records = 0;
        let deferred = loop {
            match offer(&mut producer, WAITS, b"name") {
                PushOutcome::Queued(_) => records += 1,
                PushOutcome::Deferred(deferred) => break deferred,
                other => panic!("{other:?}"),
            }
        };
        // What is left in the smaller rings counts as well, the first time.
        let fits = (256 << 10) / RECORD;
        assert!((fits..fits * 5 / 4).contains(&records), "{records}");
        assert_eq!(names(&mut consumer).len(), records + 1);
        assert!(deferred.poll(Waker::noop()).is_some());
    }
}

#[test]
fn the_large_rings_of_all_threads_are_bounded_as_long_as_callers_wait() {
    let queues = QueueRegistry::new(channel(ROOMY, Clock::default()));
    let fill = |stream| {
        let mut producer = queues.join().unwrap();
        while let PushOutcome::Queued(_) = offer(&mut producer, stream, b"name") {}
        producer
    };
    let mut threads = (0..200).map(|_| fill(WAITS)).collect::<Vec<_>>();
    let ring_bytes = |threads: &[Producer]| threads.iter().map(Producer::ring_bytes).sum::<u64>();
    let all = ring_bytes(&threads);
    assert!(((24 << 20)..(34 << 20)).contains(&all), "{all}");
    let last = threads.last().unwrap().ring_bytes();
    assert!((1 << 10..=4 << 10).contains(&last), "{last}");
    // Where records would be dropped, the capacity counts.
    assert_eq!(fill(DROPS).ring_bytes(), ROOMY as u64);
    // What threads give back, others may have.
    for thread in threads.drain(..100) {
        queues.leave(thread);
    }
    let mut consumers = Vec::new();
    queues.append_new(&mut consumers);
    for consumer in &mut consumers {
        names(consumer);
    }
    let mut thread = threads.remove(99);
    while let PushOutcome::Queued(_) = offer(&mut thread, WAITS, b"name") {}
    assert_eq!(thread.ring_bytes(), 256 << 10);
}

#[test]
fn a_thread_that_ends_gives_a_large_ring_back() {
    let (mut producer, mut consumer) = queue(ROOMY);
    for round in 0..3 {
        for number in 0..1_000 {
            queued(offer(
                &mut producer,
                WAITS,
                format!("{number:08}").as_bytes(),
            ));
        }
        producer.shrink();
        assert_eq!(producer.ring_bytes(), 256, "in round {round}");
        // What it holds stays in it, and the next thread goes on behind that.
        queued(offer(&mut producer, WAITS, b"the next thread"));
        assert_eq!(names(&mut consumer).len(), 1_001);
        producer.shrink();
        assert!(consumer.poll().is_empty());
        assert_eq!(consumer.ring_bytes(), producer.ring_bytes());
    }
    // Drained, so the consumer follows at its next poll, without a record.
    for _ in 0..1_000 {
        queued(offer(&mut producer, WAITS, b"name"));
    }
    assert_eq!(names(&mut consumer).len(), 1_000);
    producer.shrink();
    assert!(consumer.poll().is_empty());
    assert_eq!(consumer.ring_bytes(), 256);
}

#[test]
fn a_record_larger_than_the_queue_is_let_in_alone() {
    let (mut producer, mut consumer) = queue(100);
    let large = [b'x'; 1000];
    queued(offer(&mut producer, DROPS, &large));
    assert!(matches!(
        offer(&mut producer, DROPS, &large),
        PushOutcome::Dropped
    ));
    // There is room for this one in the ring, behind the other.
    assert_eq!(queued(offer(&mut producer, DROPS, b"small")), 2);
    assert_eq!(names(&mut consumer), [&large[..], b"small"]);
    queued(offer(&mut producer, DROPS, b"small"));
    assert!(matches!(
        offer(&mut producer, DROPS, &large),
        PushOutcome::Dropped
    ));
    assert_eq!(producer.queue().depth().dropped, 1);
}

#[test]
fn who_waits_is_not_overtaken() {
    let (mut producer, mut consumer) = queue(200);
    queued(offer(&mut producer, WAITS, b"1"));
    let second = deferred(offer(&mut producer, WAITS, &[b'2'; 300]));
    // There is room for these, but not before the one that waits.
    let third = deferred(offer(&mut producer, WAITS, b"3"));
    assert!(matches!(
        offer(&mut producer, DROPS, b"4"),
        PushOutcome::Dropped
    ));
    assert!(second.poll(Waker::noop()).is_none());
    consumer.poll();
    assert!(
        second.poll(Waker::noop()).is_none(),
        "the ring in front of it is not empty yet"
    );
    assert_eq!(names(&mut consumer), [&b"1"[..], &[b'2'; 300], b"3"]);
    assert!(matches!(second.poll(Waker::noop()), Some(Ok(2))));
    assert!(matches!(third.poll(Waker::noop()), Some(Ok(3))));
    assert_eq!(queued(offer(&mut producer, WAITS, b"5")), 4);
    assert_eq!(names(&mut consumer), [b"5"]);
}

#[test]
fn a_record_larger_than_any_may_be_is_dropped_beside_others() {
    let (mut producer, _consumer) = queue(ROOMY);
    queued(offer(&mut producer, WAITS, b"first"));
    let words = usize::try_from(MAX_WORDS + 1).unwrap();
    let large = vec![0; words * size_of::<u64>()];
    let outcome = producer.push_or_defer(header(DROPS), &large);
    assert!(matches!(outcome, PushOutcome::Dropped));
    assert_eq!(producer.queue().depth().dropped, 1);
}

#[test]
fn drops_are_noted_by_stream_with_their_times() {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(0));
    let channel = channel(FULL_WITH_ONE, Clock::Manual(clock.clone()));
    let (mut producer, mut consumer) = producer::queue(channel);
    let tick = || {
        clock.advance(std::time::Duration::from_nanos(1));
        Clock::Manual(clock.clone()).ticks()
    };
    offer(&mut producer, WAITS, b"full");
    let first = tick();
    offer(&mut producer, DROPS, b"");
    tick();
    offer(&mut producer, DROPS, b"");
    let parked_at = tick();
    let deferred = deferred(offer(&mut producer, WAITS, b""));
    let last = tick();
    offer(&mut producer, DROPS, b"");
    let queue = Arc::clone(producer.queue());
    assert!(queue.abandon(&deferred));
    assert!(!queue.abandon(&deferred), "once");
    assert_eq!(queue.depth().dropped, 4);
    let callsite = header(DROPS).callsite;
    let expected = [
        Dropped {
            stream: DROPS,
            records: 3,
            between: (first, last),
            by_callsite: vec![(callsite, 3)],
        },
        Dropped {
            stream: WAITS,
            records: 1,
            between: (parked_at, parked_at),
            by_callsite: vec![(callsite, 1)],
        },
    ];
    assert_eq!(take(&mut consumer).1, expected);
    assert_eq!(take(&mut consumer).1, []);
}

#[test]
fn the_writer_may_park_over_an_empty_queue_and_batch_over_a_quiet_one() {
    let (mut producer, mut quiet) = queue(ROOMY);
    assert!(quiet.may_wait(WaitMode::Park) && quiet.may_wait(WaitMode::Batch));
    offer(&mut producer, WAITS, b"");
    assert!(!quiet.may_wait(WaitMode::Park) && quiet.may_wait(WaitMode::Batch));
    names(&mut quiet);
    assert!(quiet.may_wait(WaitMode::Park));

    let (mut producer, half_full) = queue(1000);
    offer(&mut producer, WAITS, &[b'x'; 600]);
    assert!(!half_full.may_wait(WaitMode::Batch));

    let (mut producer, mut awaited) = queue(ROOMY);
    offer(&mut producer, WRITTEN, b"");
    assert!(!awaited.may_wait(WaitMode::Batch));
    names(&mut awaited);
    assert!(awaited.may_wait(WaitMode::Batch) && awaited.may_wait(WaitMode::Park));

    let (mut producer, mut full) = queue(FULL_WITH_ONE);
    offer(&mut producer, WAITS, b"full");
    names(&mut full);
    offer(&mut producer, WAITS, b"full");
    let gone = deferred(offer(&mut producer, WAITS, b""));
    assert!(!full.may_wait(WaitMode::Batch));
    full.poll();
    while full.pop().is_some() {}
    offer(&mut producer, DROPS, b"full");
    offer(&mut producer, DROPS, b"");
    names(&mut full);
    assert!(full.may_wait(WaitMode::Park));
    offer(&mut producer, DROPS, b"full");
    offer(&mut producer, DROPS, b"");
    while full.pop().is_some() {}
    assert!(!full.may_wait(WaitMode::Park), "a drop must be told");
    drop(gone);
}

#[test]
fn a_closed_queue_gives_what_it_has_and_takes_nothing() {
    let queues = QueueRegistry::new(channel(FULL_WITH_ONE, Clock::default()));
    let mut producer = queues.join().unwrap();
    let mut consumers = Vec::new();
    queues.append_new(&mut consumers);
    let mut consumer = consumers.pop().unwrap();
    queued(offer(&mut producer, WAITS, b"1"));
    let deferred = deferred(offer(&mut producer, WAITS, b"2"));
    queues.close();
    assert!(producer.is_closed());
    for stream in [WAITS, DROPS] {
        assert!(matches!(
            offer(&mut producer, stream, b"3"),
            PushOutcome::Closed
        ));
    }
    assert_eq!(names(&mut consumer), [b"1", b"2"]);
    for stream in [WAITS, DROPS] {
        assert!(matches!(
            offer(&mut producer, stream, b"3"),
            PushOutcome::Closed
        ));
    }
    assert_eq!(names(&mut consumer), [[0; 0]; 0]);
    assert_eq!(producer.queue().newest(), 2);
    assert!(matches!(deferred.poll(Waker::noop()), Some(Ok(2))));
    producer.queue().refuse_waiting();
    let outcome = deferred.poll(Waker::noop());
    assert!(matches!(outcome, Some(Ok(2))), "decided is decided");
}

#[test]
fn a_record_put_into_the_ring_just_as_the_queue_is_closed_is_taken_or_taken_back() {
    let queues = QueueRegistry::new(channel(ROOMY, Clock::default()));
    let mut producer = queues.join().unwrap();
    let mut consumers = Vec::new();
    queues.append_new(&mut consumers);
    let mut consumer = consumers.pop().unwrap();
    queued(offer(&mut producer, WAITS, b"1"));
    queues.close();
    // There is room, so it is put first and looked after later; the writer has not looked yet.
    assert_eq!(queued(offer(&mut producer, WAITS, b"2")), 2);
    assert_eq!(names(&mut consumer), [b"1", b"2"]);
    assert!(matches!(
        offer(&mut producer, WAITS, b"3"),
        PushOutcome::Closed
    ));
    assert_eq!(names(&mut consumer), [[0; 0]; 0]);
    assert_eq!(producer.queue().newest(), 2);
}

#[test]
fn a_consumer_that_ends_leaves_nobody_waiting_for_room() {
    let (mut producer, mut consumer) = queue(FULL_WITH_ONE);
    queued(offer(&mut producer, WAITS, b"1"));
    let deferred = deferred(offer(&mut producer, WAITS, b"2"));
    consumer.poll();
    drop(consumer);
    assert!(matches!(deferred.poll(Waker::noop()), Some(Ok(2))));
}

#[test]
fn threads_that_follow_each_other_share_a_queue() {
    let queues = QueueRegistry::new(channel(ROOMY, Clock::default()));
    let mut first = queues.join().unwrap();
    let second = queues.join().unwrap();
    assert_ne!(first.queue().id, second.queue().id);
    let id = first.queue().id;
    queued(offer(&mut first, WAITS, b"kept"));
    queues.leave(first);
    let mut third = queues.join().unwrap();
    assert_eq!(third.queue().id, id);
    assert_eq!(
        queued(offer(&mut third, WAITS, b"")),
        2,
        "the numbers go on"
    );
    let mut known = Vec::new();
    queues.append_new(&mut known);
    assert_eq!(known.len(), 3, "with the queue of ending threads");
    queues.append_new(&mut known);
    assert_eq!(known.len(), 3);
    queues.close();
    assert!(queues.join().is_none());
    assert!(second.is_closed() && third.is_closed());
}

#[test]
fn the_writer_does_not_park_over_a_record_that_waits_for_room() {
    let (mut producer, mut full) = queue(FULL_WITH_ONE);
    offer(&mut producer, WAITS, b"full");
    full.poll();
    assert!(full.may_wait(WaitMode::Park));
    let waiting = deferred(offer(&mut producer, WAITS, b"waits"));
    assert!(!full.may_wait(WaitMode::Park) && !full.may_wait(WaitMode::Batch));
    full.poll();
    assert!(full.may_wait(WaitMode::Park));
    drop(waiting);
}
