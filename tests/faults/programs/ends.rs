//! A program that logs and then ends in the way it is asked to. It keeps no guard and stops no
//! logger.
//!
//! `ends WAY BASE RECORDS`

#![expect(
    clippy::unwrap_used,
    reason = "a program of a test may panic, and one of these does so on purpose"
)]

use std::{env, mem, process, thread};

use chronologix::{log, trace};
#[cfg(windows)]
use chronologix_core::internals::faults::press_ctrl_c;
#[cfg(unix)]
use chronologix_core::internals::faults::{crash, raise};

#[chronologix::streams(app, recorder(min_level = "info", keep = "trace"))]
fn main() {
    let [way, base, records] = env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let logger = chronologix_streams::config()
        .base_log_dir(base)
        .timestamp_format("%H:%M:%S.%f")
        .flush_on_signals(way.starts_with("SIG") || ["abort", "crash", "ctrl-c"].contains(&&*way))
        .start_blocking()
        .unwrap();
    for number in 1..=records.parse::<u64>().unwrap() {
        trace!(recorder, "record {number} of those that nobody waits for").detach();
        if way != "keep" {
            log!(app, "record {number} of those that nobody waits for").wait();
        }
    }
    if way != "drop" {
        // As in a program that keeps its logger in a static, or has lost sight of it.
        mem::forget(logger);
    }
    match way.as_str() {
        "return" | "drop" | "keep" => {}
        "exit" => process::exit(0),
        "panic" => panic!("on purpose"),
        "thread" => {
            // The last record of a thread that is still there when the process ends.
            thread::spawn(|| process::exit(0)).join().unwrap();
        }
        "abort" => process::abort(),
        #[cfg(windows)]
        "ctrl-c" => {
            press_ctrl_c().unwrap();
            // The system ends the process when all is written.
            loop {
                thread::park();
            }
        }
        #[cfg(windows)]
        unknown => panic!("no way to end: {unknown}"),
        #[cfg(unix)]
        "crash" => crash(),
        #[cfg(unix)]
        signal => {
            raise(number(signal));
            // A signal that is handled comes back when all is written.
            loop {
                thread::park();
            }
        }
    }
}

/// The number of a signal, as on every Linux that Rust runs on.
#[cfg(unix)]
fn number(signal: &str) -> i32 {
    match signal {
        "SIGHUP" => 1,
        "SIGINT" => 2,
        "SIGQUIT" => 3,
        "SIGABRT" => 6,
        "SIGSEGV" => 11,
        "SIGTERM" => 15,
        unknown => panic!("no way to end: {unknown}"),
    }
}
