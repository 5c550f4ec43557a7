//! Records of threads that ended, whose queues are given up.

use std::{io::ErrorKind, sync::Barrier, thread};

use super::{Desk, pending, ready};
use crate::{LogFuture, fs::tests::sim::FsOp};

/// More threads than queues are kept for.
const THREADS: usize = 300;

impl Desk {
    /// Logs one record on each of many threads that live at the same time, and writes them all.
    fn log_on_threads(&mut self) -> Vec<LogFuture> {
        let all_are_there = Barrier::new(THREADS);
        let stream = self.stream("app");
        let log = |number: usize| {
            all_are_there.wait();
            stream.log(format_args!("{number}"))
        };
        let logged = thread::scope(|scope| {
            let log = &log;
            let threads = (0..THREADS).map(|number| scope.spawn(move || log(number)));
            let threads = threads.collect::<Vec<_>>();
            let logged = threads.into_iter().map(|thread| thread.join().unwrap());
            logged.collect()
        });
        self.settle();
        logged
    }

    fn count_queues(&self) -> usize {
        let mut queues = 0;
        self.shared.queues.for_each(|_| queues += 1);
        queues
    }
}

#[test]
fn they_are_written_counted_and_can_still_be_synced() {
    let mut desk = Desk::new();
    let mut logged = desk.log_on_threads();
    assert!(desk.count_queues() < THREADS / 2, "{}", desk.count_queues());
    assert_eq!(desk.messages(super::APP).len(), THREADS);
    let stats = desk.shared.stats();
    assert_eq!(stats.queued, THREADS as u64);
    assert_eq!(stats.queue_records, 0);
    for record in logged.drain(..10) {
        ready(record.written()).unwrap();
    }
    let synced = logged.drain(..).map(LogFuture::synced).map(pending);
    let synced = synced.collect::<Vec<_>>();
    desk.settle();
    for record in synced {
        ready(record).unwrap();
    }
    desk.fs.crash();
    assert_eq!(desk.messages(super::APP).len(), THREADS);
}

#[test]
fn a_sync_that_fails_fails_for_them_too() {
    let mut desk = Desk::new();
    let logged = desk.log_on_threads();
    desk.fs
        .fail(FsOp::Sync, "app", usize::MAX, ErrorKind::Other);
    let synced = logged.into_iter().map(LogFuture::synced).map(pending);
    let synced = synced.collect::<Vec<_>>();
    desk.settle();
    for record in synced {
        ready(record).unwrap_err();
    }
}

#[test]
fn a_sync_asked_for_before_the_queue_is_given_up_is_answered_after_it() {
    let mut desk = Desk::new();
    let all_are_there = Barrier::new(THREADS);
    let stream = desk.stream("app");
    let ask = |number: usize| {
        all_are_there.wait();
        pending(stream.log(format_args!("{number}")).synced())
    };
    let asked = thread::scope(|scope| {
        let ask = &ask;
        let threads = (0..THREADS).map(|number| scope.spawn(move || ask(number)));
        let threads = threads.collect::<Vec<_>>();
        let asked = threads.into_iter().map(|thread| thread.join().unwrap());
        asked.collect::<Vec<_>>()
    });
    desk.settle();
    assert!(desk.count_queues() < THREADS / 2, "{}", desk.count_queues());
    for record in asked {
        ready(record).unwrap();
    }
}
