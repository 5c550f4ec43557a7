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
    let worker = Worker::spawn("served", 4, move |items| {
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
        assert_eq!(items.count(), 1);
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

#[cfg(target_os = "linux")]
#[test]
fn the_callers_mask_of_signals_is_as_before_also_if_no_thread_can_be_started() {
    use crate::libc_hooks::{exit_at_once, fork, wait_for};
    use rustix::process::{Resource, Rlimit, setrlimit};

    let blocked = || {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("SigBlk"));
        line.unwrap().to_owned()
    };
    if let Some(child) = fork().unwrap() {
        assert_eq!(wait_for(child).unwrap(), 0);
        return;
    }
    let before = blocked();
    let is_started = super::spawn("started", Box::new(|| {})).is_ok();
    let after = blocked();
    // A user that may have no process, which root is not bound by.
    let _ = rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(12_345));
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Nproc, none).unwrap();
    let is_refused = super::spawn("refused", Box::new(thread::park)).is_err();
    let is_good = is_started && is_refused && before == after && after == blocked();
    exit_at_once(i32::from(!is_good));
}
