//! A program that does to its logger what few programs do, and ends.
//!
//! `odd_process WAY BASE`

#![expect(
    clippy::unwrap_used,
    reason = "a program of a test may panic, and some of these do so on purpose"
)]

use std::{
    env,
    io::{self, Write as _},
    process, thread,
};

use chronologix::log;
use chronologix_core::internals::faults::{fork, raise, wait_for};

#[chronologix::streams(app)]
fn main() {
    let [way, base] = env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let logger = chronologix_streams::config()
        .base_log_dir(base)
        .flush_on_signals(true)
        .start_blocking()
        .unwrap();
    match way.as_str() {
        "child-exit" => end_children(|| process::exit(0)),
        "child-SIGTERM" => end_children(|| end_by(SIGTERM)),
        "child-abort" => end_children(|| process::abort()),
        "child-panic" => end_children(|| panic!("on purpose")),
        "child-thread" => end_children(|| drop(thread::spawn(|| process::exit(0)).join())),
        "grandchild" => end_children(|| {
            let grandchild = fork().unwrap();
            grandchild.map(|grandchild| wait_for(grandchild).unwrap());
            log!(app, "and again").wait().into_result().unwrap();
            process::exit(0);
        }),
        unknown => panic!("no way {unknown}"),
    }
    drop(logger);
}

/// Its number, as on every Linux that Rust runs on.
const SIGTERM: i32 = 15;

/// Forks a hundred times. Each child ends right after its first record, and prints how.
fn end_children(end: fn()) {
    for number in 1..=100 {
        if let Some(child) = fork().unwrap() {
            say(&format!("ended {}", wait_for(child).unwrap()));
        } else {
            log!(app, "child {number}").wait().into_result().unwrap();
            end();
        }
    }
}

fn say(line: &str) {
    writeln!(io::stdout(), "{line}").unwrap();
}

/// A signal that is handled comes back when all is written.
fn end_by(signal: i32) {
    raise(signal);
    loop {
        thread::park();
    }
}
