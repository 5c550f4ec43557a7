//! Allocations are counted, by the thread that makes them.

use std::{hint::black_box, thread};

use super::*;

#[test]
fn of_this_thread() {
    let count = Count::begin();
    assert_eq!(count.per(4).per_record(), Some(0.0));
    drop(black_box(Box::new(1)));
    assert_eq!(count.per(4).per_record(), Some(0.25));
}

#[test]
fn of_no_other_thread() {
    thread::scope(|scope| {
        let work = || {
            let count = Count::begin();
            for _ in 0..1_000 {
                drop(black_box(Box::new(1)));
            }
            count.per(1_000).per_record()
        };
        let others = [0; 4].map(|_| scope.spawn(work));
        for other in others {
            assert_eq!(other.join().unwrap(), Some(1.0));
        }
    });
}

#[test]
fn of_no_records() {
    assert_eq!(Allocations::default().per_record(), None);
}
