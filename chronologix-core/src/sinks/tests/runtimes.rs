//! Hooks whose runtime ends or stands still: each record is delivered, or its loss is counted and
//! reported once.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use tokio::{
    runtime::{Builder, Runtime},
    sync::Notify,
    time::timeout,
};

use super::{config, log, until};
use crate::{Config, Hook, HookStats, Incident, Level, Logger, Record, testing::TestLogger};

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn two_threads() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

/// Needs the timers of a runtime.
async fn timer() {
    let moment = timeout(Duration::from_millis(1), pending::<()>());
    moment.await.unwrap_err();
}

/// A hook that needs a timer for each call, and that waits for ever in that of `"stay"`. With what
/// tells that this one has begun, and with how many were delivered.
fn timed_hook(name: &str) -> (Hook, Arc<Notify>, Arc<AtomicU64>) {
    let (begun, delivered) = (Arc::<Notify>::default(), Arc::<AtomicU64>::default());
    let (begins, delivers) = (Arc::clone(&begun), Arc::clone(&delivered));
    let hook = Hook::new(name, move |record: Record| {
        let (begins, delivers) = (Arc::clone(&begins), Arc::clone(&delivers));
        async move {
            timer().await;
            if record.message() == "stay" {
                begins.notify_one();
                pending::<()>().await;
            }
            delivers.fetch_add(1, Ordering::SeqCst);
        }
    });
    (hook, begun, delivered)
}

/// Starts on a runtime. Comes with what `on_error` hears.
fn start(runtime: &Runtime, config: Config) -> (TestLogger, mpsc::Receiver<String>) {
    let (tell, heard) = mpsc::channel();
    let tell = Mutex::new(tell);
    let on_error =
        move |incident: &Incident| tell.lock().unwrap().send(incident.to_string()).unwrap();
    let _context = runtime.enter();
    let logger = TestLogger::start(config.on_error(on_error)).unwrap();
    (logger, heard)
}

fn log_many(logger: &TestLogger, records: usize) {
    for number in 0..records {
        log(logger, "app", Level::Error, &number.to_string());
    }
}

fn stats(logger: &Logger) -> HookStats {
    logger.hook_stats().swap_remove(0)
}

#[test]
fn a_stop_on_the_only_thread_of_a_runtime_delivers_everything() {
    let (first, _, delivered) = timed_hook("first");
    let (second, _, also) = timed_hook("second");
    let runtime = one_thread();
    let (logger, heard) = start(&runtime, config().hook(first).hook(second));
    runtime.block_on(async {
        log_many(&logger, 5);
        logger.logger().stop_blocking().unwrap();
        let delivered = [&delivered, &also].map(|count| count.load(Ordering::SeqCst));
        assert_eq!(delivered, [5, 5]);
    });
    let expected = |name: &str| HookStats {
        name: name.to_owned(),
        calls: 5,
        ..HookStats::default()
    };
    let stats = logger.logger().hook_stats();
    assert_eq!(stats, [expected("first"), expected("second")]);
    assert_eq!(heard.try_recv().ok(), None);
}

#[test]
fn a_stop_that_is_awaited_leaves_calls_on_their_runtime() {
    let runtime = one_thread();
    let here = std::thread::current().id();
    let hook = Hook::new("here", move |_| async move {
        timer().await;
        assert_eq!(std::thread::current().id(), here);
    });
    let (logger, heard) = start(&runtime, config().hook(hook));
    runtime.block_on(async {
        log_many(&logger, 5);
        logger.logger().stop().await.unwrap();
    });
    assert_eq!(stats(logger.logger()).calls, 5);
    assert_eq!(heard.try_recv().ok(), None);
}

#[test]
fn a_call_that_ends_with_its_runtime_is_counted_and_those_after_it_are_delivered() {
    type End = fn(Runtime);
    let ends: [(fn() -> Runtime, End); 5] = [
        (one_thread, drop),
        (two_threads, drop),
        (two_threads, Runtime::shutdown_background),
        (two_threads, |runtime| {
            runtime.shutdown_timeout(Duration::from_millis(1));
        }),
        (one_thread, |inner| {
            one_thread().block_on(async { inner.shutdown_background() });
        }),
    ];
    for (runtime, end) in ends {
        let runtime = runtime();
        let (hook, begun, delivered) = timed_hook("pager");
        let (logger, heard) = start(&runtime, config().hook(hook.timeout(super::LONG)));
        log(&logger, "app", Level::Error, "stay");
        log_many(&logger, 3);
        runtime.block_on(begun.notified());
        end(runtime);
        log_many(&logger, 3);
        until(|| stats(logger.logger()).calls == 7);
        logger.logger().stop_blocking().unwrap();
        let stats = stats(logger.logger());
        assert_eq!((stats.calls, stats.failed, stats.pending), (7, 1, 0));
        assert_eq!(delivered.load(Ordering::SeqCst), 6);
        let expected = "hook \"pager\" failed: 1 record not delivered, because its runtime ended";
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_runtime_that_is_not_polled_loses_nothing_that_has_not_begun() {
    let runtime = one_thread();
    let (hook, _, delivered) = timed_hook("pager");
    let hook = hook.timeout(Duration::from_millis(500));
    let (logger, heard) = start(&runtime, config().hook(hook));
    log_many(&logger, 2);
    until(|| stats(logger.logger()).calls == 2);
    assert_eq!(delivered.load(Ordering::SeqCst), 2);
    assert_eq!(heard.try_recv().ok(), None);
    // It may go on later, and gets those after that again.
    log_many(&logger, 1);
    runtime.block_on(async {
        until(|| stats(logger.logger()).pending == 1);
        while stats(logger.logger()).calls < 3 {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(delivered.load(Ordering::SeqCst), 3);
}

#[test]
fn what_is_left_after_a_stop_is_pending_until_it_ends() {
    let runtime = two_threads();
    let (hook, begun, delivered) = timed_hook("pager");
    let config = config().exit_timeout(Duration::from_millis(10));
    let (logger, heard) = start(&runtime, config.hook(hook.timeout(super::LONG)));
    log(&logger, "app", Level::Error, "stay");
    log_many(&logger, 3);
    runtime.block_on(begun.notified());
    logger.logger().stop_blocking().unwrap();
    let at_the_stop = stats(logger.logger());
    assert_eq!((at_the_stop.calls, at_the_stop.pending), (0, 4));
    drop(runtime);
    until(|| stats(logger.logger()).pending == 0);
    let after = stats(logger.logger());
    assert_eq!((after.calls, after.failed), (4, 1));
    assert_eq!(delivered.load(Ordering::SeqCst), 3);
    assert_eq!(heard.recv_timeout(super::LONG).iter().count(), 1);
}

#[test]
fn a_hook_that_panics_or_never_ends_without_its_runtime_is_counted() {
    let runtime = one_thread();
    let hook = Hook::new("moody", |record: Record| async move {
        timer().await;
        assert_ne!(record.message(), "panic");
        if record.message() == "stay" {
            pending::<()>().await;
        }
    });
    let hook = hook.timeout(Duration::from_millis(200));
    let (logger, _heard) = start(&runtime, config().hook(hook));
    drop(runtime);
    for message in ["panic", "stay", "go"] {
        log(&logger, "app", Level::Error, message);
    }
    until(|| stats(logger.logger()).calls == 3);
    let stats = stats(logger.logger());
    assert_eq!((stats.panicked, stats.timed_out, stats.failed), (1, 1, 0));
}
