//! Which records pass, and that the others are counted.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Throttle;

#[test]
fn one_record_passes_in_each_pause_and_tells_of_those_before() {
    let throttle = Throttle::new(100);
    let passes = [1_000, 1_000, 1_050, 1_099, 1_100, 1_300, 1_399, 1_400];
    let passes = passes.map(|now| throttle.pass(|| now));
    let expected = [Some(0), None, None, None, Some(3), Some(0), None, Some(1)];
    assert_eq!(passes, expected);
}

#[test]
fn a_clock_that_is_another_one_than_before_does_not_silence_the_site() {
    let throttle = Throttle::new(100);
    assert_eq!(throttle.pass(|| 1_000_000), Some(0));
    assert_eq!(throttle.pass(|| 500), Some(0));
    assert_eq!(throttle.pass(|| 550), None);
}

#[test]
fn the_end_of_time_is_no_end_of_the_program() {
    let throttle = Throttle::new(u64::MAX);
    assert_eq!(throttle.pass(|| 5), Some(0));
    assert_eq!(throttle.pass(|| 6), None);
}

#[test]
fn with_many_threads_each_record_passes_or_is_told_of_once() {
    const THREADS: u64 = 4;
    const EACH: u64 = 50_000;
    let throttle = Throttle::new(1_000);
    let (now, passed, told) = (AtomicU64::new(1), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    if let Some(left_out) = throttle.pass(|| now.fetch_add(1, Ordering::Relaxed)) {
                        passed.fetch_add(1, Ordering::Relaxed);
                        told.fetch_add(left_out, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    // One more, to hear of the rest.
    let rest = throttle.pass(|| 10 * THREADS * EACH).unwrap();
    let (passed, told) = (passed.into_inner(), told.into_inner());
    assert_eq!(passed + told + rest, THREADS * EACH);
    assert!(passed <= THREADS * EACH / 1_000 + 1, "{passed}");
}
