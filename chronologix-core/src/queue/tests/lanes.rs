//! Lanes: what they take, what they refuse, and in which order they give.

use std::task::Waker;

use super::{
    Admission, Buffer, DROPS, FULL_WITH_ONE, Lane, ROOMY, Rest, WAITS, WRITTEN, header, lane,
    parked, queued, rules, sweep,
};
use crate::{
    clock::{Clock, ManualClock},
    queue::{lane::Dropped, lanes::Lanes},
    record::site::Header,
};

#[test]
fn records_are_numbered_from_one_over_all_sweeps() {
    let lane = lane(ROOMY);
    assert_eq!(queued(lane.offer(header(WAITS), b"a")), 1);
    assert_eq!(queued(lane.offer(header(WAITS), b"bc")), 2);
    let taken = sweep(&lane);
    assert_eq!(taken.bytes, b"abc");
    let lengths = taken.headers.iter().map(|header| header.len);
    assert_eq!(lengths.collect::<Vec<_>>(), [1, 2]);
    assert_eq!(queued(lane.offer(header(WAITS), b"")), 3);
    assert_eq!(lane.newest(), 3);
}

#[test]
fn a_sweep_goes_on_behind_what_is_left() {
    let lane = lane(ROOMY);
    lane.offer(header(WAITS), b"a");
    let mut taken = sweep(&lane);
    lane.offer(header(WAITS), b"b");
    lane.sweep(&mut taken);
    assert_eq!(taken.bytes, b"ab");
    assert_eq!(taken.headers.len(), 2);
}

#[test]
fn the_capacity_counts_headers_and_bytes() {
    let record = size_of::<Header>() + 10;
    for (capacity, fits) in [
        (3 * record, 3),
        (3 * record - 1, 2),
        (4 * record - 1, 3),
        (1, 1),
    ] {
        let lane = lane(capacity);
        let mut taken = 0;
        while let Admission::Queued(_) = lane.offer(header(DROPS), &[0; 10]) {
            taken += 1;
        }
        assert_eq!(taken, fits, "{capacity}");
        assert!(lane.depth().bytes <= capacity.max(record) as u64);
    }
}

#[test]
fn a_record_larger_than_the_lane_is_let_in_alone() {
    let lane = lane(100);
    queued(lane.offer(header(DROPS), &[0; 1000]));
    assert!(matches!(lane.offer(header(DROPS), b""), Admission::Dropped));
    sweep(&lane);
    queued(lane.offer(header(DROPS), b""));
    assert!(matches!(
        lane.offer(header(DROPS), &[0; 1000]),
        Admission::Dropped
    ));
}

#[test]
fn who_waits_is_not_overtaken() {
    let lane = lane(200);
    queued(lane.offer(header(WAITS), b"1"));
    let second = parked(lane.offer(header(WAITS), &[b'2'; 300]));
    // There is room for these, but not before the one that waits.
    let third = parked(lane.offer(header(WAITS), b"3"));
    assert!(matches!(
        lane.offer(header(DROPS), b"4"),
        Admission::Dropped
    ));
    assert!(second.poll(Waker::noop()).is_none());
    let taken = sweep(&lane);
    assert_eq!(taken.bytes.first(), Some(&b'1'));
    assert_eq!(taken.bytes.last(), Some(&b'3'));
    assert_eq!(second.poll(Waker::noop()), Some(Ok(2)));
    assert_eq!(third.poll(Waker::noop()), Some(Ok(3)));
    assert!(taken.headers.is_sorted_by_key(|header| header.ticks));
}

#[test]
fn drops_are_noted_by_stream_with_their_times() {
    let clock = ManualClock::new(0);
    let lane = Lane::new(rules(FULL_WITH_ONE, Clock::Manual(clock.clone())));
    let tick = || {
        clock.advance(std::time::Duration::from_nanos(1));
        Clock::Manual(clock.clone()).ticks()
    };
    lane.offer(header(WAITS), b"");
    let first = tick();
    lane.offer(header(DROPS), b"");
    tick();
    lane.offer(header(DROPS), b"");
    let parked_at = tick();
    let parked = parked(lane.offer(header(WAITS), b""));
    let last = tick();
    lane.offer(header(DROPS), b"");
    assert!(lane.abandon(&parked));
    assert!(!lane.abandon(&parked), "once");
    assert_eq!(lane.depth().dropped, 4);
    let expected = [
        Dropped {
            stream: DROPS,
            records: 3,
            between: (first, last),
        },
        Dropped {
            stream: WAITS,
            records: 1,
            between: (parked_at, parked_at),
        },
    ];
    assert_eq!(lane.sweep(&mut Buffer::default()), expected);
    assert_eq!(lane.sweep(&mut Buffer::default()), []);
}

#[test]
fn the_writer_may_sleep_over_an_empty_lane_and_nap_over_a_quiet_one() {
    let quiet = lane(ROOMY);
    assert!(quiet.allows(Rest::Sleep) && quiet.allows(Rest::Nap));
    quiet.offer(header(WAITS), b"");
    assert!(!quiet.allows(Rest::Sleep) && quiet.allows(Rest::Nap));
    sweep(&quiet);
    assert!(quiet.allows(Rest::Sleep));

    let half_full = lane(1000);
    half_full.offer(header(WAITS), &[0; 600]);
    assert!(!half_full.allows(Rest::Nap));

    let awaited = lane(ROOMY);
    awaited.offer(header(WRITTEN), b"");
    assert!(!awaited.allows(Rest::Nap));
    sweep(&awaited);
    assert!(awaited.allows(Rest::Nap) && awaited.allows(Rest::Sleep));

    let full = lane(FULL_WITH_ONE);
    full.offer(header(WAITS), b"");
    sweep(&full);
    full.offer(header(WAITS), b"");
    let gone = parked(full.offer(header(WAITS), b""));
    assert!(!full.allows(Rest::Nap));
    sweep(&full);
    full.offer(header(DROPS), b"");
    full.offer(header(DROPS), b"");
    full.abandon(&gone);
    assert!(!full.allows(Rest::Sleep), "a drop must be told");
}

#[test]
fn a_closed_lane_gives_what_it_has_and_takes_nothing() {
    let lane = lane(FULL_WITH_ONE);
    queued(lane.offer(header(WAITS), b"1"));
    let parked = parked(lane.offer(header(WAITS), b"2"));
    lane.close();
    assert!(lane.is_closed());
    for stream in [WAITS, DROPS] {
        assert!(matches!(
            lane.offer(header(stream), b"3"),
            Admission::Closed
        ));
    }
    assert_eq!(sweep(&lane).bytes, b"12");
    assert_eq!(parked.poll(Waker::noop()), Some(Ok(2)));
    lane.refuse_parked();
    assert_eq!(
        parked.poll(Waker::noop()),
        Some(Ok(2)),
        "decided is decided"
    );
}

#[test]
fn threads_that_follow_each_other_share_a_lane() {
    let lanes = Lanes::new(rules(ROOMY, Clock::default()));
    let first = lanes.join().unwrap();
    let second = lanes.join().unwrap();
    assert!(!std::ptr::eq(&raw const *first, &raw const *second));
    let address = &raw const *first;
    queued(first.offer(header(WAITS), b"kept"));
    lanes.leave(first);
    let third = lanes.join().unwrap();
    assert!(std::ptr::eq(address, &raw const *third));
    assert_eq!(
        queued(third.offer(header(WAITS), b"")),
        2,
        "the numbers go on"
    );
    let mut known = Vec::new();
    lanes.extend_known(&mut known);
    assert_eq!(known.len(), 3, "with the lane of the homeless");
    lanes.extend_known(&mut known);
    assert_eq!(known.len(), 3);
    lanes.close();
    assert!(lanes.join().is_none());
    assert!(known.iter().all(|lane| lane.is_closed()));
}
