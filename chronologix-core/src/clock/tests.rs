//! Ticks, instants, and the clock of the tests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{Clock, ClockReading, ManualClock, NEVER};

#[test]
fn ticks_never_go_back_in_any_thread() {
    for clock in [Clock::default(), Clock::Monotonic] {
        let mut last = clock.ticks();
        for _ in 0..100 {
            let there = std::thread::scope(|scope| scope.spawn(|| clock.ticks()).join().unwrap());
            let here = clock.ticks();
            assert!(last <= there && there <= here);
            last = here;
        }
    }
}

#[test]
fn a_reading_is_of_now() {
    let clock = Clock::default();
    let wall = || {
        i64::try_from(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_nanos(),
        )
        .unwrap()
    };
    let (ticks, before) = (clock.ticks(), wall());
    let reading = clock.read();
    assert!(ticks <= reading.ticks && reading.ticks <= clock.ticks());
    assert!(before <= reading.wall && reading.wall <= wall());
}

#[test]
fn a_wait_ends_when_it_is_time_and_is_never_negative() {
    let now = ClockReading {
        ticks: 0,
        mono: 0,
        wall: 100,
        uncertainty: 0,
    };
    let wait = |wall| Clock::default().time_until(now, wall);
    assert_eq!(wait(150), Some(Duration::from_nanos(50)));
    assert_eq!(wait(100), Some(Duration::ZERO));
    assert_eq!(wait(99), Some(Duration::ZERO));
    assert_eq!(wait(i64::MIN), Some(Duration::ZERO));
    let never = Duration::from_nanos(NEVER as u64);
    assert_eq!(wait(NEVER), Some(never));
    let last = ClockReading { wall: NEVER, ..now };
    assert_eq!(Clock::default().time_until(last, NEVER), Some(never));
    let manual = Clock::Manual(ManualClock::at(chrono::DateTime::from_timestamp_nanos(0)));
    assert_eq!(manual.time_until(now, 150), None, "it notifies");
}

#[test]
fn a_manual_clock_goes_where_it_is_sent() {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(1000));
    let before = clock.read();
    clock.advance(Duration::from_nanos(5));
    let after = clock.read();
    assert_eq!((after.ticks - before.ticks, after.wall), (5, 1005));
    clock.step_to(chrono::DateTime::from_timestamp_nanos(-7));
    assert_eq!((clock.read().ticks, clock.read().wall), (after.ticks, -7));
    clock.advance(Duration::MAX);
    assert_eq!(clock.read().wall, i64::MAX - 7);
    clock.advance(Duration::MAX);
    assert_eq!(clock.read().wall, i64::MAX);
}

#[test]
fn watchers_are_called_after_each_change_until_they_have_enough() {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(0));
    let calls = Arc::new(AtomicUsize::new(0));
    let watcher = Arc::clone(&calls);
    clock.watch(move || watcher.fetch_add(1, Ordering::SeqCst) < 2);
    for expected in [1, 2, 3, 3] {
        clock.step_to(chrono::DateTime::from_timestamp_nanos(7));
        assert_eq!(calls.load(Ordering::SeqCst), expected);
    }
}

#[test]
fn a_change_while_another_is_told_is_told_as_well() {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(0));
    let calls = Arc::new(AtomicUsize::new(0));
    let (inner, watcher) = (clock.clone(), Arc::clone(&calls));
    clock.watch(move || {
        // Once, in the middle of being told of another change.
        let told = watcher.fetch_add(1, Ordering::SeqCst);
        if told == 0 {
            inner.advance(Duration::from_nanos(1));
        }
        told < 2
    });
    clock.advance(Duration::from_nanos(1));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(
        calls.load(Ordering::SeqCst),
        3,
        "and nobody is called twice for one change"
    );
}
