//! Loggers without files, which wait for the console.

use std::{
    future::Future as _,
    io::{self, ErrorKind, Write},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{Gate, config, gate, log};
use crate::{Config, Echo, Format, Hook, Level, LogError, Overflow, Record, testing::TestLogger};

/// What `write` of the device for an output does, beside taking the bytes, and its `flush`, with
/// [`FLUSH`] added.
type Answer = Arc<dyn Fn(usize) -> io::Result<()> + Send + Sync>;

const FLUSH: usize = 10;

/// What stands on the outputs.
#[derive(Clone)]
struct Outputs {
    shown: Arc<Mutex<[Vec<u8>; 2]>>,
    answer: Answer,
}

struct Device(Outputs, usize);

impl Write for Device {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0.answer)(self.1)?;
        // A part, as pipes do.
        let part = bytes.len().min(1 + bytes.len() / 2);
        let mut shown = self.0.shown.lock().unwrap();
        shown[self.1].extend_from_slice(&bytes[..part]);
        Ok(part)
    }

    fn flush(&mut self) -> io::Result<()> {
        (self.0.answer)(self.1 + FLUSH)
    }
}

impl Outputs {
    fn new(answer: impl Fn(usize) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self {
            shown: Arc::default(),
            answer: Arc::new(answer),
        }
    }

    fn behind(gate: &Gate) -> Self {
        let gate = gate.clone();
        Self::new(move |output| {
            if output == 0 {
                gate.pass();
            }
            Ok(())
        })
    }

    fn text(&self, output: usize) -> String {
        String::from_utf8(self.shown.lock().unwrap()[output].clone()).unwrap()
    }

    fn config(&self, echo: Echo) -> Config {
        let outputs = self.clone();
        let device =
            move |output| -> Box<dyn Write + Send> { Box::new(Device(outputs.clone(), output)) };
        config().no_files().echo(echo.to(Arc::new(device)))
    }

    fn start(&self, echo: Echo) -> TestLogger {
        TestLogger::start_as_it_is(self.config(echo)).unwrap()
    }
}

#[test]
fn a_record_is_written_when_its_line_is_on_the_output() {
    let (opener, stdout) = gate();
    let outputs = Outputs::behind(&stdout);
    let logger = outputs.start(Echo::stdout());
    let app = logger.logger().stream("app").unwrap();
    let mut written = pin!(app.log(format_args!("one")).written());
    let mut context = Context::from_waker(Waker::noop());
    app.log(format_args!("two")).queued().wait().unwrap();
    assert!(matches!(written.as_mut().poll(&mut context), Poll::Pending));
    assert_eq!(logger.logger().stats().written, 0);
    drop(opener);
    crate::queue::block_on::block_on(written).unwrap();
    app.log(format_args!("three")).synced().wait().unwrap();
    let shown = "[00:00:00] one\n[00:00:00] two\n[00:00:00] three\n";
    assert_eq!(outputs.text(0), shown);
    let stats = logger.logger().stats();
    assert_eq!((stats.written, stats.echo_dropped), (3, 0));
    assert_eq!(stats.bytes_written, shown.len() as u64);
    logger.logger().stop_blocking().unwrap();
}

#[test]
fn what_the_echo_does_not_show_counts_as_written_and_mirrors_are_shown_once() {
    let outputs = Outputs::new(|_| Ok(()));
    let logger = outputs.start(Echo::split(Level::Error).min_level(Level::Info));
    log(&logger, "errors", Level::Debug, "hidden");
    log(&logger, "errors", Level::Error, "once");
    let json = logger.logger().stream("json").unwrap();
    let hidden = json.log_at(Level::Trace, format_args!("hidden"));
    hidden.written().wait().unwrap();
    logger.logger().flush_blocking(super::LONG);
    assert_eq!(outputs.text(1), "[00:00:00] [ERROR] once\n");
    assert_eq!(outputs.text(0), "");
    assert_eq!(logger.logger().stats().written, 3);
    logger.logger().stop_blocking().unwrap();
}

#[test]
fn an_output_that_is_not_read_fills_the_queue_and_nothing_else() {
    const RECORDS: u64 = 10_000;
    let (opener, stdout) = gate();
    let outputs = Outputs::behind(&stdout);
    let config = outputs.config(Echo::stdout().format(Format::Json));
    let config = config.queue_capacity(4 << 10).overflow(Overflow::Drop);
    let logger = TestLogger::start_as_it_is(config).unwrap();
    let app = logger.logger().stream("app").unwrap();
    for number in 0..RECORDS {
        app.log(format_args!("{number}")).detach();
    }
    let stats = logger.logger().stats();
    assert!(stats.dropped > RECORDS / 2, "{stats}");
    assert_eq!(stats.written, 0);
    assert_eq!(stats.disk_errors, 0, "a reader that pauses is no error");
    drop(opener);
    logger.logger().stop_blocking().unwrap();
    let text = outputs.text(0);
    let stats = logger.logger().stats();
    let records = text
        .lines()
        .filter(|line| !line.contains("dropped (queue full)"));
    assert_eq!(records.count() as u64 + stats.dropped, RECORDS);
    assert_eq!(stats.echo_dropped, 0);
    assert!(
        text.lines()
            .all(|line| line.starts_with('{') && line.ends_with('}'))
    );
}

#[test]
fn a_full_device_is_tried_again_and_no_line_is_torn_or_doubled() {
    let left = Arc::new(AtomicU64::new(5));
    let failing = Arc::clone(&left);
    let outputs = Outputs::new(move |_| {
        let before = failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        });
        // Every other write, so that parts are taken between.
        match before {
            Ok(left) if left % 2 == 0 => Ok(()),
            Ok(_) => Err(ErrorKind::StorageFull.into()),
            Err(_) => Ok(()),
        }
    });
    let incidents = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&incidents);
    let config = outputs.config(Echo::stdout());
    let config = config.on_error(move |error| seen.lock().unwrap().push(error.to_string()));
    let logger = TestLogger::start_as_it_is(config).unwrap();
    let app = logger.logger().stream("app").unwrap();
    app.log(format_args!("a line of some length"))
        .written()
        .wait()
        .unwrap();
    app.log(format_args!("another")).written().wait().unwrap();
    logger.logger().stop_blocking().unwrap();
    let shown = "[00:00:00] a line of some length\n[00:00:00] another\n";
    assert_eq!(outputs.text(0), shown);
    assert_eq!(*incidents.lock().unwrap(), ["cannot write to stdout"]);
}

#[test]
fn a_device_that_buffers_is_flushed_before_a_record_is_written() {
    let left = AtomicU64::new(3);
    let outputs = Outputs::new(move |output| {
        let take = |left: u64| left.checked_sub(1);
        let order = Ordering::Relaxed;
        if output == FLUSH && left.fetch_update(order, order, take).is_ok() {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(())
    });
    let config = outputs.config(Echo::stdout()).on_error(|_| {});
    let logger = TestLogger::start_as_it_is(config).unwrap();
    let app = logger.logger().stream("app").unwrap();
    app.log(format_args!("once")).written().wait().unwrap();
    let stats = logger.logger().stats();
    assert_eq!((stats.written, stats.disk_errors), (1, 3));
    logger.logger().stop_blocking().unwrap();
    assert_eq!(outputs.text(0), "[00:00:00] once\n");
}

#[test]
fn an_output_whose_reader_has_gone_fails_records_and_holds_up_none() {
    let outputs = Outputs::new(|output| match output {
        0 => Err(ErrorKind::BrokenPipe.into()),
        _ => Ok(()),
    });
    let incidents = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&incidents);
    let config = outputs
        .config(Echo::split(Level::Error))
        .queue_capacity(4 << 10);
    let config = config.on_error(move |_| {
        seen.fetch_add(1, Ordering::Relaxed);
    });
    let logger = TestLogger::start_as_it_is(config).unwrap();
    let app = logger.logger().stream("app").unwrap();
    for number in 0..1000 {
        app.log(format_args!("{number}")).enqueue();
    }
    for durability in [
        app.log(format_args!("x")).written(),
        app.log(format_args!("x")).synced(),
    ] {
        let Err(LogError::Failed(error)) = durability.wait() else {
            panic!("it is written to nothing")
        };
        assert_eq!(error.to_string(), "cannot write to stdout");
    }
    app.log_at(Level::Error, format_args!("seen"))
        .written()
        .wait()
        .unwrap();
    let stats = logger.logger().stats();
    assert_eq!((stats.records_failed, stats.written), (1002, 1));
    let error = logger.logger().stop_blocking().unwrap_err();
    assert_eq!(error.to_string(), "cannot write to stdout");
    assert_eq!(incidents.load(Ordering::Relaxed), 1);
    assert_eq!(outputs.text(1), "[00:00:00] [ERROR] seen\n");
}

#[test]
fn an_output_that_never_moves_again_holds_up_the_end_for_the_exit_timeout() {
    let (_opener, stdout) = gate();
    let outputs = Outputs::behind(&stdout);
    let config = outputs.config(Echo::stdout());
    let config = config.exit_timeout(Duration::from_millis(10));
    let logger = TestLogger::start_as_it_is(config).unwrap();
    let app = logger.logger().stream("app").unwrap();
    let written = app.log(format_args!("lost")).written();
    let error = logger.logger().stop_blocking().unwrap_err();
    assert_eq!(error.to_string(), "cannot write to stdout");
    assert!(matches!(written.wait(), Err(LogError::Failed(_))));
    assert_eq!(logger.logger().stats().records_failed, 1);
}

#[test]
fn hooks_alone_will_do() {
    let (got, records) = std::sync::mpsc::channel();
    let hook = Hook::new("all", move |record: Record| {
        let _ = got.send(record.message().to_owned());
        async {}
    });
    let logger = TestLogger::start_as_it_is(config().no_files().hook(hook)).unwrap();
    log(&logger, "app", Level::Info, "one");
    logger.logger().stop_blocking().unwrap();
    assert_eq!(records.try_iter().collect::<Vec<_>>(), ["one"]);
}

#[test]
fn what_needs_files_is_refused() {
    let problems = |config: Config| {
        let error = config.validate().unwrap_err();
        let problems = error.problems().iter();
        problems.map(ToString::to_string).collect::<Vec<_>>()
    };
    let why = "no_files: without files, nothing would get the records; add an echo such as \"stdout\", or a hook";
    assert_eq!(problems(config().no_files()), [why]);
    assert_eq!(problems(config().no_files().echo("off")), [why]);
    #[cfg(feature = "toml")]
    {
        // A hook may come after the file.
        let read = config().with_toml_str("no_files = true").unwrap();
        assert_eq!(problems(read.clone()), [why]);
        read.hook(Hook::new("all", |_| async {}))
            .validate()
            .unwrap();
    }
    let config = config().no_files().echo("stdout").base_log_dir("");
    config.validate().unwrap();
    let config = config.retain("7d").max_file_size("1MiB");
    let config = config.configure_stream("json", |json| json.durability("synced"));
    assert_eq!(
        problems(config),
        [
            "retain: there are no files (`no_files`); leave out `retain` or `no_files`",
            "max_file_size: there are no files (`no_files`); leave out `max_file_size` or `no_files`",
            "streams.json.durability: there is no file to sync (`no_files`); allowed: queued, written",
        ]
    );
}
