//! Functions of the user's that are called with records.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use super::{LONG, config, gate, log, until};
use crate::{Config, FieldValue, Hook, HookStats, Incident, Level, Record, testing::TestLogger};

fn start(config: Config) -> TestLogger {
    TestLogger::start(config).unwrap()
}

/// A hook that tells what it is called with.
fn recording_hook() -> (Hook, mpsc::Receiver<Record>) {
    let (told, heard) = mpsc::channel();
    let told = Mutex::new(told);
    let hook = Hook::new("recorder", move |record: Record| {
        told.lock().unwrap().send(record).unwrap();
        async {}
    });
    (hook, heard)
}

fn stats(logger: &TestLogger) -> HookStats {
    logger.logger().hook_stats().swap_remove(0)
}

/// Logs so many records, and sees them in the file.
fn check_lines(logger: &TestLogger, records: usize) {
    for number in 0..records {
        log(logger, "app", Level::Error, &number.to_string());
    }
    let expected = (0..records).map(|number| format!("[00:00:00] [ERROR] {number}"));
    assert!(logger.lines("app").into_iter().eq(expected));
}

#[test]
fn a_hook_is_called_with_all_there_is_of_each_record_and_in_their_order() {
    let (hook, heard) = recording_hook();
    let logger = start(config().hook(hook));
    for stream in ["app", "json", "errors"] {
        log(&logger, stream, Level::Warn, "odd\n\x1b[2J \"quoted\"");
        let record = heard.recv_timeout(LONG).unwrap();
        assert_eq!(record.stream(), stream);
        assert_eq!(record.level(), Some(Level::Warn));
        assert_eq!(record.message(), "odd\n\x1b[2J \"quoted\"");
        assert_eq!(record.timestamp().to_rfc3339(), "2025-01-01T00:00:00+00:00");
        assert!(record.fields().next().is_none());
    }
    let app = logger.logger().stream("app").unwrap();
    for number in 0..1000 {
        app.log(format_args!("{number}")).wait();
        let record = heard.recv_timeout(LONG).unwrap();
        assert_eq!(
            (record.level(), record.message()),
            (None, &*number.to_string())
        );
    }
    until(|| stats(&logger).calls == 1003);
    let expected = HookStats {
        name: "recorder".to_owned(),
        calls: 1003,
        ..HookStats::default()
    };
    assert_eq!(logger.logger().hook_stats(), [expected]);
    assert_eq!(logger.logger().stats().hook_calls, 1003);
}

#[test]
fn fields_keep_their_type_and_order() {
    let line = br#"{"timestamp":"2025-05-04T15:07:09.250000+02:00","level":"INFO","stream":"s","message":"m","z":1,"a":-1,"f":1.5,"b":true,"t":"x","u":18446744073709551615,"w":340282366920938463463374607431768211455}"#;
    let record = Record::from_json(line).unwrap();
    assert_eq!(
        record.timestamp().to_rfc3339(),
        "2025-05-04T15:07:09.250+02:00"
    );
    let fields = record.fields().map(|(key, value)| (key, value.clone()));
    let expected = [
        ("z", FieldValue::Integer(1)),
        ("a", FieldValue::Integer(-1)),
        ("f", FieldValue::Float(1.5)),
        ("b", FieldValue::Bool(true)),
        ("t", FieldValue::Text("x".to_owned())),
        ("u", FieldValue::Integer(u64::MAX.into())),
        ("w", FieldValue::Float(2_f64.powi(128))),
    ];
    assert_eq!(fields.collect::<Vec<_>>(), expected);
    assert_eq!(record.field("a").unwrap().to_string(), "-1");
    assert_eq!(record.field("nothing"), None);
}

#[test]
fn level_and_streams_choose_what_a_hook_is_called_with() {
    let (hook, heard) = recording_hook();
    let hook = hook.min_level(Level::Error).streams(["errors", "json"]);
    let logger = start(config().hook(hook));
    log(&logger, "app", Level::Critical, "not this stream");
    log(&logger, "errors", Level::Warn, "not this level");
    logger
        .logger()
        .stream("errors")
        .unwrap()
        .log(format_args!("no level"))
        .wait();
    log(&logger, "errors", Level::Error, "one");
    log(&logger, "json", Level::Critical, "two");
    logger.logger().stop_blocking().unwrap();
    let called = [heard.recv_timeout(LONG), heard.recv_timeout(LONG)];
    assert_eq!(
        called.map(|record| record.unwrap().message().to_owned()),
        ["one", "two"]
    );
    until(|| stats(&logger).calls == 2);
}

#[test]
fn a_hook_that_never_ends_is_given_up_and_costs_no_line() {
    struct CountsDrops(Arc<AtomicU64>);
    impl Drop for CountsDrops {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let dropped = Arc::new(AtomicU64::new(0));
    let guard = Arc::clone(&dropped);
    let hook = Hook::new("endless", move |_| {
        let guard = CountsDrops(Arc::clone(&guard));
        async move {
            pending::<()>().await;
            drop(guard);
        }
    });
    let logger = start(config().hook(hook.queue(8).timeout(Duration::from_millis(1))));
    check_lines(&logger, 2000);
    until(|| {
        let stats = stats(&logger);
        stats.timed_out > 0 && stats.timed_out == stats.calls && stats.calls + stats.dropped == 2000
    });
    assert_eq!(dropped.load(Ordering::Relaxed), stats(&logger).timed_out);
    assert_eq!(
        logger.logger().stats().hook_failures,
        stats(&logger).timed_out
    );
}

#[test]
fn a_hook_that_blocks_its_thread_costs_no_line_and_no_end() {
    let (opener, closed) = gate();
    let hook = Hook::new("blocked", move |_| {
        closed.pass();
        async {}
    });
    let config = config()
        .hook(hook.queue(4))
        .exit_timeout(Duration::from_millis(10));
    let logger = start(config);
    check_lines(&logger, 2000);
    // One is in its hands, four wait.
    until(|| stats(&logger).dropped >= 1995);
    assert_eq!(stats(&logger).calls, 0);
    logger.logger().stop_blocking().unwrap();
    drop(opener);
    until(|| stats(&logger).calls + stats(&logger).dropped == 2000);
}

#[test]
fn a_hook_that_panics_or_fails_is_counted_and_told_once_until_it_is_well() {
    let (told, heard) = mpsc::channel();
    let told = Mutex::new(told);
    let on_error =
        move |incident: &Incident| told.lock().unwrap().send(incident.to_string()).unwrap();
    let hook = Hook::new("moody", |record: Record| {
        assert_ne!(record.message(), "panic at once");
        async move {
            assert_ne!(record.message(), "panic");
            match record.message() {
                "fail" => Err("no answer"),
                _ => Ok(()),
            }
        }
    });
    let logger = start(config().hook(hook).on_error(on_error));
    for message in ["panic", "panic at once", "fail", "well", "fail", "well"] {
        log(&logger, "app", Level::Info, message);
    }
    let first = heard.recv_timeout(LONG).unwrap();
    assert!(
        first.starts_with("hook \"moody\" failed: panicked: assertion"),
        "{first}"
    );
    let second = heard.recv_timeout(LONG).unwrap();
    assert_eq!(second, "hook \"moody\" failed: no answer");
    until(|| stats(&logger).calls == 6);
    let stats = stats(&logger);
    assert_eq!((stats.panicked, stats.failed), (2, 2));
    assert_eq!(logger.lines("app").len(), 6);
    assert!(heard.try_recv().is_err());
}

#[test]
fn each_hook_has_a_thread_and_a_queue_of_its_own() {
    let (_opener, closed) = gate();
    let blocked = Hook::new("blocked", move |_| {
        closed.pass();
        async {}
    });
    let (well, heard) = recording_hook();
    let config = config().hook(blocked).hook(well);
    let logger = start(config.exit_timeout(Duration::from_millis(10)));
    check_lines(&logger, 100);
    let called = (0..100).map(|_| heard.recv_timeout(LONG).unwrap().message().to_owned());
    assert!(called.eq((0..100).map(|number| number.to_string())));
}

#[test]
fn a_hook_may_log_and_stop_the_logger_it_belongs_to() {
    let slot = Arc::new(Mutex::new(None::<crate::Logger>));
    let known = Arc::clone(&slot);
    let hook = Hook::new("closer", move |_| {
        let logger = known.lock().unwrap().take().unwrap();
        async move {
            logger
                .stream("app")
                .unwrap()
                .log(format_args!("from the hook"))
                .await;
            logger.stop().await
        }
    });
    let logger = start(config().hook(hook.streams(["errors"])));
    *slot.lock().unwrap() = Some(logger.logger().clone());
    log(&logger, "errors", Level::Error, "the end");
    until(|| logger.lines("app").len() == 2);
    assert_eq!(logger.lines("app")[1], "[00:00:00] from the hook");
    until(|| stats(&logger).calls == 1);
}

#[test]
fn a_call_that_is_dropped_before_it_begins_runs_on_the_hooks_thread() {
    let (hook, heard) = recording_hook();
    let logger = start(config().hook(hook.spawn_with(drop)));
    check_lines(&logger, 3);
    until(|| stats(&logger).calls == 3);
    assert_eq!((stats(&logger).failed, heard.try_iter().count()), (0, 3));
    let hook = Hook::new("refused", |_| async {}).spawn_with(|_| panic!("no runtime"));
    let logger = start(config().hook(hook));
    check_lines(&logger, 3);
    until(|| stats(&logger).panicked == 3);
}

#[cfg(feature = "tokio")]
#[test]
fn calls_run_on_the_runtime_of_the_start_and_are_given_up_there() {
    use tokio::{runtime, sync::mpsc::unbounded_channel, time};

    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (told, mut heard) = unbounded_channel();
        let here = std::thread::current().id();
        let (twin, on_own) = (told.clone(), told.clone());
        let on_runtime = Hook::new("on runtime", move |record: Record| {
            let told = told.clone();
            async move {
                // A timer needs the runtime.
                let moment = time::timeout(Duration::from_millis(1), pending::<()>());
                moment.await.unwrap_err();
                assert_eq!(std::thread::current().id(), here);
                told.send(record.message().to_owned()).unwrap();
                if record.message() == "stay" {
                    // The sender is dropped when the call is given up.
                    pending::<()>().await;
                }
                drop(told);
            }
        });
        drop(twin);
        let own = Hook::new("own", move |_| {
            assert!(runtime::Handle::try_current().is_err());
            let _ = on_own.send("own".to_owned());
            async {}
        });
        let config = config()
            .hook(on_runtime.timeout(Duration::from_millis(200)))
            .hook(own.own_thread());
        let logger = start(config);
        log(&logger, "app", Level::Info, "stay");
        log(&logger, "app", Level::Info, "go");
        let mut heard_all = Vec::new();
        for _ in 0..4 {
            heard_all.push(heard.recv().await.unwrap());
        }
        heard_all.sort();
        assert_eq!(heard_all, ["go", "own", "own", "stay"]);
        until(|| logger.logger().hook_stats()[0].calls == 2);
        assert_eq!(logger.logger().hook_stats()[0].timed_out, 1);
        assert_eq!(logger.logger().hook_stats()[1].calls, 2);
    });
}

#[test]
fn wrong_hooks_are_told_all_at_once() {
    let hook = || Hook::new("pager", |_| async {});
    let config = config()
        .hook(hook().streams(["erors", "app"]))
        .hook(hook().queue(0));
    let wrong = config.validate().unwrap_err();
    let told = wrong.problems().iter().map(ToString::to_string);
    let expected = [
        r#"hooks.pager.streams: there is no stream "erors"; did you mean errors? the streams are app, errors, json"#,
        r#"hooks: there are two hooks named "pager"; give each its own name"#,
        "hooks.pager.queue: 0 records; allowed: 1 and more",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
