//! Lines on a terminal.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{Gate, config, gate, log, until};
use crate::{Colors, Echo, Format, Hook, Level, Record, testing::TestLogger};

/// What stands on stdout and stderr.
#[derive(Clone, Default)]
struct Outputs(Arc<[Mutex<Vec<u8>>; 2]>);

/// One of them.
struct Device {
    outputs: Outputs,
    output: usize,
    gate: Option<Gate>,
    is_broken: bool,
}

impl Write for Device {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(gate) = &self.gate {
            gate.pass();
        }
        if self.is_broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        // A part, as pipes do.
        let part = bytes.len().min(1 + bytes.len() / 2);
        self.outputs
            .bytes(self.output)
            .extend_from_slice(&bytes[..part]);
        Ok(part)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Outputs {
    fn bytes(&self, output: usize) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.0[output]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self, output: usize) -> String {
        String::from_utf8(self.bytes(output).clone()).unwrap()
    }

    /// The echo on these outputs; stdout may stand still.
    fn shows(&self, echo: Echo, stdout: Option<&Gate>) -> Echo {
        let (outputs, gate) = (self.clone(), stdout.cloned());
        let device = move |output| -> Box<dyn Write + Send> {
            Box::new(Device {
                outputs: outputs.clone(),
                output,
                gate: gate.clone().filter(|_| output == 0),
                is_broken: false,
            })
        };
        echo.to(Arc::new(device))
    }
}

fn start(echo: Echo) -> TestLogger {
    TestLogger::start(config().echo(echo)).unwrap()
}

#[test]
fn lines_are_text_each_once_and_on_the_output_of_its_level() {
    let outputs = Outputs::default();
    let logger = start(outputs.shows(Echo::split(Level::Warn), None));
    log(&logger, "app", Level::Info, "begun");
    log(&logger, "errors", Level::Error, "failed");
    log(&logger, "json", Level::Warn, "odd\x1b[2J");
    let app = logger.logger().stream("app").unwrap();
    app.log(format_args!("two\nlines \x1b[31m \u{202e}")).wait();
    logger.logger().stop_blocking().unwrap();
    let on_stdout = "[00:00:00] [INFO] begun\n[00:00:00] two\\nlines \\x1b[31m \\u{202e}\n";
    assert_eq!(outputs.text(0), on_stdout);
    let on_stderr = "[00:00:00] [ERROR] failed\n[00:00:00] [WARN] odd\\x1b[2J\n";
    assert_eq!(outputs.text(1), on_stderr);
    assert!(logger.lines("json")[0].starts_with('{'));
    assert_eq!(logger.lines("app").len(), 3);
    assert_eq!(logger.logger().stats().echo_dropped, 0);
}

#[test]
fn level_and_streams_choose_what_is_shown() {
    for (echo, expected) in [
        (Echo::stdout(), ["app 3", "errors 5", "app 0"].as_slice()),
        (Echo::stdout().min_level(Level::Error), &["errors 5"]),
        // Without a level, a record counts as `info`.
        (
            Echo::stdout().min_level(Level::Info),
            &["app 3", "errors 5", "app 0"],
        ),
        (Echo::stdout().min_level(Level::Warn), &["errors 5"]),
        (Echo::stdout().streams(["errors"]), &["errors 5"]),
        (Echo::stderr().streams(["app"]), &["app 3", "app 0"]),
    ] {
        let outputs = Outputs::default();
        let logger = start(outputs.shows(echo, None));
        log(&logger, "app", Level::Info, "app 3");
        log(&logger, "errors", Level::Error, "errors 5");
        logger
            .logger()
            .stream("app")
            .unwrap()
            .log(format_args!("app 0"))
            .wait();
        logger.logger().stop_blocking().unwrap();
        let text = outputs.text(0) + &outputs.text(1);
        let shown = text.lines().map(|line| line.rsplit_once("] ").unwrap().1);
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn lines_are_json_if_asked_for_whatever_is_in_the_files() {
    let outputs = Outputs::default();
    let logger = start(outputs.shows(Echo::stdout().format(Format::Json), None));
    log(&logger, "app", Level::Info, "text");
    log(&logger, "json", Level::Warn, "json");
    logger.logger().stop_blocking().unwrap();
    let shown = outputs.text(0);
    let shown = shown.lines().collect::<Vec<_>>();
    assert_eq!(shown.len(), 2);
    assert!(shown[0].contains(r#""level":"INFO","stream":"app","message":"text"}"#));
    assert_eq!(shown[1], logger.lines("json")[0]);
    assert_eq!(logger.lines("app"), ["[00:00:00] [INFO] text"]);
}

#[test]
fn hooks_and_the_console_each_get_the_format_that_they_take() {
    let outputs = Outputs::default();
    let (got, records) = std::sync::mpsc::channel();
    let hook = Hook::new("all", move |record: Record| {
        let _ = got.send(record.message().to_owned());
        async {}
    });
    let config = config()
        .echo(outputs.shows(Echo::stdout(), None))
        .hook(hook);
    let logger = TestLogger::start(config).unwrap();
    log(&logger, "app", Level::Info, "one");
    log(&logger, "json", Level::Info, "two");
    logger.logger().stop_blocking().unwrap();
    assert_eq!(
        outputs.text(0),
        "[00:00:00] [INFO] one\n[00:00:00] [INFO] two\n"
    );
    assert_eq!(records.try_iter().collect::<Vec<_>>(), ["one", "two"]);
}

#[test]
fn what_was_read_comes_on_top_of_the_echo_of_the_program() {
    use chronologix_schema::settings::{EchoOptions, options::EchoTarget};

    let program = || {
        Echo::split(Level::Error)
            .min_level(Level::Info)
            .streams(["app"])
    };
    let text = |echo: Echo| format!("{echo:?}");
    let read = EchoOptions::default();
    assert_eq!(text(program().with(&read)), text(program()));
    let read = EchoOptions {
        to: Some(EchoTarget::Stderr),
        colors: Some(Colors::Never),
        ..read
    };
    let expected = Echo::stderr().min_level(Level::Info).streams(["app"]);
    assert_eq!(
        text(program().with(&read)),
        text(expected.colors(Colors::Never))
    );
    let read = EchoOptions {
        to: Some(EchoTarget::Split),
        min_level: Some(Level::Warn),
        streams: Some(vec!["errors".to_owned()]),
        format: Some(Format::Json),
        ..EchoOptions::default()
    };
    let expected = Echo::split(Level::Error).min_level(Level::Warn);
    let expected = expected.streams(["errors"]).format(Format::Json);
    assert_eq!(text(program().with(&read)), text(expected));
}

#[test]
fn a_line_has_the_colour_of_its_level_and_ends_it() {
    let outputs = Outputs::default();
    let logger = start(outputs.shows(Echo::stdout().colors(Colors::Always), None));
    for level in Level::ALL {
        log(&logger, "app", level, "x");
    }
    logger.logger().stop_blocking().unwrap();
    let expected = "\x1b[2m[00:00:00] [TRACE] x\x1b[0m\n\
                    \x1b[2m[00:00:00] [DEBUG] x\x1b[0m\n\
                    [00:00:00] [INFO] x\n\
                    \x1b[33m[00:00:00] [WARN] x\x1b[0m\n\
                    \x1b[31m[00:00:00] [ERROR] x\x1b[0m\n\
                    \x1b[1;31m[00:00:00] [CRITICAL] x\x1b[0m\n";
    assert_eq!(outputs.text(0), expected);
    assert!(!logger.lines("app").concat().contains('\x1b'));
}

#[test]
fn a_terminal_that_stands_still_costs_no_file_a_line_and_says_what_it_missed() {
    const RECORDS: usize = 60_000;
    let outputs = Outputs::default();
    let (opener, stdout) = gate();
    let logger = start(outputs.shows(Echo::split(Level::Error), Some(&stdout)));
    let filler = "-".repeat(60);
    for number in 0..RECORDS {
        log(
            &logger,
            "app",
            Level::Info,
            &format!("{number:06} {filler}"),
        );
    }
    // The other output goes on.
    log(&logger, "errors", Level::Error, "seen");
    until(|| outputs.text(1).contains("seen"));
    assert_eq!(logger.lines("app").len(), RECORDS + 1);
    let dropped = logger.logger().stats().echo_dropped;
    assert!(dropped > 20_000, "{dropped}");
    drop(opener);
    until(|| outputs.text(0).contains("not echoed here"));
    log(&logger, "app", Level::Info, "it flows again");
    logger.logger().stop_blocking().unwrap();
    let text = outputs.text(0);
    let told = text
        .lines()
        .filter_map(|line| line.strip_prefix("chronologix: ")?.split_once(" line"));
    let told = told.map(|(count, _)| count.parse::<u64>().unwrap());
    let told = told.sum::<u64>();
    assert_eq!(told, logger.logger().stats().echo_dropped);
    let shown = text.lines().filter(|line| line.contains(&filler)).count();
    assert_eq!(shown as u64 + told, RECORDS as u64);
    assert!(text.ends_with("[INFO] it flows again\n"));
}

#[test]
fn a_terminal_that_never_moves_again_holds_up_no_end_for_long() {
    let (_opener, stdout) = gate();
    let echo = Outputs::default().shows(Echo::stdout(), Some(&stdout));
    let config = config().echo(echo).exit_timeout(Duration::from_millis(10));
    let logger = TestLogger::start(config).unwrap();
    log(&logger, "app", Level::Info, "in the file");
    logger.logger().stop_blocking().unwrap();
    assert_eq!(logger.lines("app"), ["[00:00:00] [INFO] in the file"]);
}

#[test]
fn a_terminal_that_is_gone_is_left_alone_and_counted() {
    let device = |output| -> Box<dyn Write + Send> {
        Box::new(Device {
            outputs: Outputs::default(),
            output,
            gate: None,
            is_broken: true,
        })
    };
    let logger = start(Echo::stdout().to(Arc::new(device)));
    until(|| {
        log(&logger, "app", Level::Info, "in the file");
        logger.logger().stats().echo_dropped > 3
    });
    let lines = logger.lines("app");
    assert_eq!(lines.len() as u64, logger.logger().stats().written);
    logger.logger().stop_blocking().unwrap();
}

#[test]
fn wrong_words_and_streams_are_told_with_what_is_allowed() {
    let wrong = config().echo("screen").validate().unwrap_err().to_string();
    let expected = r#"echo: unknown echo "screen"; allowed: stdout, stderr, split, off"#;
    assert!(wrong.ends_with(expected), "{wrong}");
    for word in ["stdout", "stderr", "split", "off"] {
        config().echo(word).validate().unwrap();
    }
    let echo = Echo::stdout().streams(["erors"]);
    let wrong = config().echo(echo).validate().unwrap_err().to_string();
    let expected = r#"echo.streams: there is no stream "erors"; did you mean errors? the streams are app, errors, json"#;
    assert!(wrong.ends_with(expected), "{wrong}");
}
