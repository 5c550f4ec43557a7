//! Plays a web service: logs the lines of an access log as its requests, at a chosen rate, so that
//! the viewer has something to show.
//!
//! Run it with `cargo run --example live_demo` (after `--` come the options; `-- --help` lists
//! them), then open the tree in the viewer with `cargo run -p chronologix-view -- my_logs`, or open
//! `my_logs/current/errors.log`. By default it plays `examples/data/access.log`:
//! five minutes of a made-up shop whose payments fail for a while, with some lines that are no
//! requests, and some requests with escape sequences in them.

mod access_line;
mod arguments;
mod input;

use std::{
    collections::BTreeMap,
    error::Error,
    fmt::Display,
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use chronologix::{Level, LogFuture, warn};
use tokio::{signal::ctrl_c, sync::mpsc::Receiver, time};

use access_line::{Kind, Request};
use arguments::{Arguments, HELP};

/// How many lines went to which stream.
type Tally = BTreeMap<&'static str, u64>;

#[chronologix::streams(
    access,
    errors -> access,
    slow -> access,
    audit(durability = "synced") -> access,
    rejected(format = "json", file = "rejected.jsonl"),
)]
#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Some(arguments)) => run(&arguments).await,
        Ok(None) => {
            say(HELP);
            Ok(())
        }
        Err(problem) => Err(format!("{problem}; --help lists the options").into()),
    };
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    let _ = writeln!(io::stderr(), "live_demo: {error}");
    ExitCode::FAILURE
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    // Opened before the logger starts, so that a wrong path leaves no tree behind.
    let mut lines = arguments.input.clone().lines(arguments.loops)?;
    let logger = chronologix_streams::config()
        .base_log_dir(&arguments.dir)
        .interval(arguments.interval)
        .timestamp_format("%H:%M:%S.%f")
        .start()
        .await?;

    let mut tally = Tally::new();
    let outcome = tokio::select! {
        biased; // The signal first, so that it is listened to before anything is said.
        Ok(()) = ctrl_c() => Ok(()),
        () = time::sleep(arguments.at_most) => Ok(()),
        outcome = play(arguments, &mut lines, &mut tally) => outcome,
    };
    logger.stop().await?;
    say(format_args!("played {} lines", tally.values().sum::<u64>()));
    for (stream, lines) in tally {
        say(format_args!("{lines:>9} {stream}"));
    }
    outcome
}

/// Logs the lines, so many a second.
async fn play(
    arguments: &Arguments,
    lines: &mut Receiver<io::Result<Vec<u8>>>,
    tally: &mut Tally,
) -> Result<(), Box<dyn Error>> {
    let dir = arguments.dir.display();
    say(format_args!(
        "{arguments}; Ctrl-C stops it. To watch, in another terminal:\n"
    ));
    say(format_args!("    cargo run -p chronologix-view -- {dir}\n"));

    let period = Duration::from_secs(1).checked_div(arguments.rate);
    let mut pace = period
        .filter(|period| !period.is_zero())
        .map(time::interval);
    while let Some(line) = lines.recv().await {
        if let Some(pace) = &mut pace {
            pace.tick().await;
        }
        let line = line.map_err(|error| format!("cannot read {}: {error}", arguments.input))?;
        let line = String::from_utf8_lossy(&line); // a log may hold any bytes
        let (stream, record) = log_line(line.trim_end_matches('\r'));
        *tally.entry(stream).or_default() += 1;
        record.await.into_result()?;
    }
    Ok(())
}

/// Logs a request at its level. A macro, because `log!` has its stream and its level checked when
/// it is compiled.
macro_rules! log_request {
    ($stream:ident, $request:ident) => {
        match $request.level() {
            Level::Error => log_request!(error, $stream, $request),
            Level::Warn => log_request!(warn, $stream, $request),
            _ => log_request!(info, $stream, $request),
        }
    };
    ($level:ident, $stream:ident, $request:ident) => {
        chronologix::$level!(
            $stream,
            status = $request.status, bytes = $request.bytes, seconds = $request.seconds, ip:% = $request.ip,
            user = $request.user, referer = $request.referer, agent = $request.agent;
            "<> <>", $request.method, $request.path
        )
    };
}

/// Logs a line to the stream it belongs to. Gives the name of that stream, and the record to be
/// awaited: it is logged whether that is done or not.
fn log_line(line: &str) -> (&'static str, LogFuture) {
    let (stream, record) = match Request::parse(line) {
        Err(reason) => (
            chronologix_streams::rejected,
            warn!(rejected, reason; "<>", line),
        ),
        Ok(request) => match request.kind() {
            Kind::Audit => (chronologix_streams::audit, log_request!(audit, request)),
            Kind::Failure => (chronologix_streams::errors, log_request!(errors, request)),
            Kind::Slow => (chronologix_streams::slow, log_request!(slow, request)),
            Kind::Usual => (chronologix_streams::access, log_request!(access, request)),
        },
    };
    (stream.name(), record)
}

/// Prints a line. Not `println!`, which panics when stdout is closed (`| head`).
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
