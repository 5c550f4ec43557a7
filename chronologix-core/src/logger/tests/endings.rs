//! Ends of a logger that nobody planned.

use std::{
    sync::{Arc, Mutex, mpsc},
    task::{Context, Wake, Waker},
    time::{Duration, Instant},
};

use super::Bench;
use crate::{LogError, Logger, Record};

const APP: &str = "2025-05-04__14-00/app.log";

/// A task of a simple executor: what it does when it is woken, it does on the writer's thread.
struct Task<F: Fn() + Send + Sync>(F);

impl<F: Fn() + Send + Sync> Wake for Task<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

/// A record whose waker does this. The disk must be held, so that the record is not written at once.
fn when_written(record: Record, run: impl Fn() + Send + Sync + 'static) {
    let waker = Waker::from(Arc::new(Task(run)));
    let mut record = record.written();
    let polled = std::pin::Pin::new(&mut record).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
}

/// Waits for the end of the writer, which clones of its handle ask for.
fn await_end(logger: &Logger) {
    while logger
        .shared
        .lanes
        .rules
        .requests
        .put(crate::queue::request::Request::Flush)
        .is_some()
    {
        logger.shared.lanes.rules.wake.call();
        std::thread::yield_now();
    }
}

#[test]
fn a_waker_that_panics_leaves_nobody_waiting() {
    let bench = Bench::new();
    bench.disk.hold();
    let early = bench.log("app", "early");
    when_written(bench.log("app", "x"), || {
        // Without the message that a panic prints.
        std::panic::resume_unwind(Box::new("a waker of the user's"));
    });
    let [written, synced] = ["a", "b"].map(|text| bench.log("audit", text));
    let waits = std::thread::spawn(move || [written.written().wait(), synced.synced().wait()]);
    bench.disk.release();
    let _ = waits.join().unwrap();
    await_end(&bench.logger);
    assert!(early.synced().wait().is_err(), "nobody synced it");
    let late = bench.log("app", "late").wait().ok();
    assert!(matches!(late, Err(LogError::Stopped)), "{late:?}");
    bench.flush();
    bench.stop();
}

#[test]
fn the_last_handle_may_be_dropped_on_the_writers_own_thread() {
    let Bench {
        disk,
        clock: _clock,
        logger,
    } = Bench::new();
    disk.hold();
    let app = logger.stream("app").unwrap();
    let (gone, is_gone) = mpsc::channel();
    let last = Mutex::new(Some(logger));
    when_written(app.log(format_args!("x")), move || {
        let begun = Instant::now();
        drop(last.lock().unwrap().take());
        gone.send(begun.elapsed()).unwrap();
    });
    disk.release();
    let took = is_gone.recv().unwrap();
    // It would wait for itself, until its time is up.
    assert!(took < Duration::from_secs(4), "{took:?}");
    while !matches!(
        app.log(format_args!("y")).wait().ok(),
        Err(LogError::Stopped)
    ) {
        std::thread::yield_now();
    }
    assert!(
        disk.text(&format!("/base/{APP}"))
            .unwrap()
            .starts_with("[14:30:00] x\n")
    );
}
