//! The thread behind a queue, and how it ends.

use std::{
    sync::{Arc, Barrier, Mutex},
    thread,
    time::Duration,
};

use super::Worker;

/// However busy the machine is.
const LONG: Duration = Duration::from_secs(3600);

#[test]
fn everything_sent_before_the_close_is_served() {
    let served = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&served);
    let mut worker = Worker::spawn("served", 4, move |items| {
        notes.lock().unwrap().extend(items);
    })
    .unwrap();
    for item in 0..3 {
        worker.try_send(item).unwrap();
    }
    assert!(!worker.join(Duration::ZERO));
    worker.close();
    assert!(worker.join(LONG));
    assert_eq!(*served.lock().unwrap(), [0, 1, 2]);
    assert_eq!(worker.try_send(3), Err(3));
}

#[test]
fn a_full_queue_returns_the_item_at_once() {
    let start = Arc::new(Barrier::new(2));
    let started = Arc::clone(&start);
    let worker = Worker::spawn("full", 1, move |items| {
        started.wait();
        assert_eq!(items.iter().count(), 1);
    })
    .unwrap();
    assert_eq!(worker.try_send("first"), Ok(()));
    assert_eq!(worker.try_send("second"), Err("second"));
    start.wait();
}

#[test]
fn a_thread_that_panics_has_ended_as_well() {
    let worker = Worker::spawn("panics", 1, |_items| panic!("on purpose")).unwrap();
    assert!(worker.join(LONG));
    assert_eq!(worker.try_send(()), Err(()));
}

#[test]
fn a_thread_that_parks_is_woken() {
    let worker = Worker::<()>::spawn("parks", 1, |_items| thread::park()).unwrap();
    worker.unpark();
    assert!(worker.join(LONG));
}
