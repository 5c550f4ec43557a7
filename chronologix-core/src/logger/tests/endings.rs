//! Unplanned ends of a logger.

use std::{
    sync::{Arc, Mutex, mpsc},
    task::{Context, Wake, Waker},
    time::{Duration, Instant},
};

use super::Bench;
use crate::{LogError, LogFuture};

const APP: &str = "2025-05-04__14-00/app.log";

/// A task of a simple executor: what it does when it is woken, it does on the writer's thread.
struct Task<F: Fn() + Send + Sync>(F);

impl<F: Fn() + Send + Sync> Wake for Task<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

/// A record whose waker does this. The disk must be held, so that the record is not written at
/// once.
fn when_written(record: LogFuture, run: impl Fn() + Send + Sync + 'static) {
    let waker = Waker::from(Arc::new(Task(run)));
    let mut record = record.written();
    let polled = std::pin::Pin::new(&mut record).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
}

#[test]
fn a_waker_that_panics_costs_nobody_else_anything() {
    let bench = Bench::new();
    bench.fs.hold();
    for _ in 0..3 {
        when_written(bench.log("app", "x"), || {
            // Without the message that a panic prints.
            std::panic::resume_unwind(Box::new("a waker of the user's"));
        });
    }
    let [written, synced] = ["a", "b"].map(|text| bench.log("audit", text));
    let waits = std::thread::spawn(move || [written.written().wait(), synced.synced().wait()]);
    bench.fs.release();
    for outcome in waits.join().unwrap() {
        outcome.unwrap();
    }
    bench.log("app", "late").written().wait().unwrap();
    assert_eq!(bench.messages(APP), ["x", "x", "x", "late"]);
    bench.stop();
}

#[test]
fn the_last_handle_may_be_dropped_on_the_writers_own_thread() {
    let Bench {
        fs,
        clock: _clock,
        logger,
    } = Bench::new();
    fs.hold();
    let app = logger.stream("app").unwrap();
    let (gone, is_gone) = mpsc::channel();
    let last = Mutex::new(Some(logger));
    when_written(app.log(format_args!("x")), move || {
        let begun = Instant::now();
        drop(last.lock().unwrap().take());
        gone.send(begun.elapsed()).unwrap();
    });
    fs.release();
    let took = is_gone.recv().unwrap();
    // It would wait for itself, until its time is up.
    assert!(took < Duration::from_secs(4), "{took:?}");
    while !matches!(
        app.log(format_args!("y")).wait().into_result(),
        Err(LogError::Stopped)
    ) {
        std::thread::yield_now();
    }
    assert!(
        fs.text(&format!("/base/{APP}"))
            .unwrap()
            .starts_with("[14:30:00] x\n")
    );
}
