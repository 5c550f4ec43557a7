//! A program that is built to abort when it panics, and that sets a panic hook after the start.
//! That hook calls no other, so the logger's is not called.
//!
//! `aborts WAY BASE RECORDS`

#![expect(
    clippy::unwrap_used,
    reason = "a program of a test may panic, and this one does so on purpose"
)]

use std::{env, panic, thread};

use chronologix::{log, trace};

#[chronologix::streams(app, recorder(min_level = "info", keep = "trace"))]
fn main() {
    let [way, base, records] = env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let _logger = chronologix_streams::config()
        .base_log_dir(base)
        .timestamp_format("%H:%M:%S.%f")
        .start_blocking()
        .unwrap();
    match way.as_str() {
        // Back to that of the standard library.
        "taken" => drop(panic::take_hook()),
        "panics" => panic::set_hook(Box::new(|_| panic!("in the hook"))),
        _ => panic::set_hook(Box::new(|_| {})),
    }
    for number in 1..=records.parse::<u64>().unwrap() {
        trace!(recorder, "record {number} of those that nobody waits for").detach();
        log!(app, "record {number} of those that nobody waits for").wait();
    }
    match way.as_str() {
        "thread" => drop(thread::spawn(|| panic!("on purpose")).join()),
        "drop" => drop(PanicsAtItsEnd),
        // What would be caught in a program that unwinds.
        "catch" => drop(panic::catch_unwind(|| panic!("on purpose"))),
        _ => panic!("on purpose"),
    }
}

/// A value whose destructor panics.
struct PanicsAtItsEnd;

impl Drop for PanicsAtItsEnd {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}
