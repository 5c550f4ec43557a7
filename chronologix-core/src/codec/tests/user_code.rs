//! What runs on the caller's thread is the user's: it may fail, log by itself, or panic.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    Config, Logger, StreamHandle, fs::tests::sim::SimFs, logger::start_on,
    queue::block_on::block_on,
};

struct Bench {
    fs: SimFs,
    logger: Logger,
}

impl Bench {
    fn new() -> Self {
        let fs = SimFs::with_folder("/base");
        let config = Config::new()
            .base_log_dir("/base")
            .clock(crate::ManualClock::at(
                chrono::DateTime::from_timestamp_nanos(0),
            ))
            .stream("app");
        let logger = block_on(start_on(config, Box::new(fs.clone()))).unwrap();
        Self { fs, logger }
    }

    fn app(&self) -> StreamHandle {
        self.logger.stream("app").unwrap()
    }

    fn messages(&self) -> Vec<String> {
        block_on(self.logger.flush());
        let text = self.fs.text("/base/1970-01-01/app.log").unwrap();
        let lines = text.lines();
        lines
            .map(|line| line.split_once("] ").unwrap().1.to_owned())
            .collect()
    }
}

/// Runs a closure as its `Display`.
struct Shown<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Shown<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

#[test]
fn a_display_that_fails_says_so_in_the_line() {
    let bench = Bench::new();
    let fails = Shown(|f: &mut fmt::Formatter<'_>| {
        f.write_str("half of it ")?;
        Err(fmt::Error)
    });
    bench.app().log(format_args!("<{fails}>")).detach();
    assert_eq!(bench.messages(), ["<half of it [its formatting failed]"]);
}

#[test]
fn a_display_that_logs_does_so_first() {
    let bench = Bench::new();
    let inner = bench.app();
    let innermost = inner.clone();
    let logs_twice = Shown(move |f: &mut fmt::Formatter<'_>| {
        let innermost = &innermost;
        let logs = Shown(move |f: &mut fmt::Formatter<'_>| {
            innermost.log(format_args!("innermost")).detach();
            f.write_str("b")
        });
        f.write_str("a")?;
        inner.log(format_args!("inner {logs}")).detach();
        f.write_str("c")
    });
    bench.app().log(format_args!("outer {logs_twice}")).detach();
    bench.app().log(format_args!("after")).detach();
    assert_eq!(
        bench.messages(),
        ["innermost", "inner b", "outer ac", "after"]
    );
}

#[test]
fn a_display_that_logs_itself_ends_with_its_own_patience() {
    fn countdown(app: &StreamHandle, left: u32) {
        let next = Shown(move |f: &mut fmt::Formatter<'_>| {
            if left > 0 {
                countdown(app, left - 1);
            }
            write!(f, "{left}")
        });
        app.log(format_args!("{next}")).detach();
    }
    let bench = Bench::new();
    countdown(&bench.app(), 50);
    let expected = (0..=50).map(|left: u32| left.to_string());
    assert_eq!(bench.messages(), expected.collect::<Vec<_>>());
}

#[test]
fn a_display_that_panics_costs_its_own_record() {
    let bench = Bench::new();
    let app = bench.app();
    app.log(format_args!("before")).detach();
    for _ in 0..3 {
        let panics = Shown(|f: &mut fmt::Formatter<'_>| {
            f.write_str("x")?;
            // Without the message that a panic prints.
            std::panic::resume_unwind(Box::new("of the user"))
        });
        let caught = catch_unwind(AssertUnwindSafe(|| {
            app.log(format_args!("never {panics}")).detach();
        }));
        assert!(caught.is_err());
        app.log(format_args!("after")).detach();
    }
    assert_eq!(bench.messages(), ["before", "after", "after", "after"]);
    bench.logger.stop_blocking().unwrap();
}

#[test]
fn a_display_that_stops_the_logger_gets_its_record_refused() {
    let bench = Bench::new();
    let logger = bench.logger.clone();
    let stops = Shown(move |f: &mut fmt::Formatter<'_>| {
        logger.stop_blocking().unwrap();
        f.write_str("x")
    });
    let outcome = bench
        .app()
        .log(format_args!("{stops}"))
        .wait()
        .into_result();
    assert!(
        matches!(outcome, Err(crate::LogError::Stopped)),
        "{outcome:?}"
    );
}

#[test]
fn one_thread_may_log_to_many_loggers_one_after_another_and_at_once() {
    let benches = [Bench::new(), Bench::new()];
    for round in 0..3 {
        for bench in &benches {
            bench.app().log(format_args!("{round}")).detach();
        }
    }
    for bench in &benches {
        assert_eq!(bench.messages(), ["0", "1", "2"]);
        bench.logger.stop_blocking().unwrap();
    }
    for _ in 0..20 {
        let bench = Bench::new();
        bench.app().log(format_args!("again")).detach();
        assert_eq!(bench.messages(), ["again"]);
    }
}
