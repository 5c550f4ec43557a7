//! A program as it runs in a container, for the tests of loggers without files: it takes its
//! settings from the environment.
//!
//! `container RECORDS END` logs so many records from two threads, and ends by `return`, `exit`,
//! `panic`, `abort` or `fork`, or waits for a signal (`wait`). It waits for room in the queue
//! alone.

#![expect(clippy::unwrap_used, reason = "a program of a test may panic")]

use std::{env, process, thread};

use chronologix::{error, info};

#[chronologix::streams(app, errors(format = "json") -> app)]
fn main() -> Result<(), chronologix::Error> {
    let mut arguments = env::args().skip(1);
    let records = arguments.next().unwrap().parse::<u64>().unwrap();
    let end = arguments.next().unwrap();
    let config = chronologix_streams::config().flush_on_signals(true);
    let logger = config
        .exit_timeout("2s")
        .with_environment()?
        .start_blocking()?;
    let other = thread::spawn(move || {
        for number in 0..records / 2 {
            info!(app, "record <> of one thread", number).enqueue();
        }
    });
    for number in records / 2..records {
        info!(app, "record <> of the other", number).enqueue();
    }
    other.join().unwrap();
    error!(errors, code = 7; "the last").enqueue();
    match &*end {
        "return" => logger.stop_blocking(),
        "exit" => process::exit(3),
        "panic" => panic!("as asked for"),
        "abort" => process::abort(),
        #[cfg(unix)]
        "fork" => {
            use chronologix_core::internals::faults::{exit_at_once, fork, wait_for};

            let Some(child) = fork().unwrap() else {
                let written = info!(app, "of the child").written().wait();
                exit_at_once(i32::from(written.is_err()));
            };
            assert_eq!(wait_for(child).unwrap(), 0);
            logger.stop_blocking()
        }
        _ => loop {
            thread::park();
        },
    }
}
