//! A program that does to its logger what few programs do, and ends.
//!
//! `odd_process WAY BASE`

#![expect(
    clippy::unwrap_used,
    reason = "a program of a test may panic, and some of these do so on purpose"
)]

use std::{
    env, fs, hint,
    io::{self, Write as _},
    panic, process, thread,
};

use chronologix::{Config, Hook, Logger, log};
use chronologix_core::internals::faults::{fork, raise, wait_for};
use tokio::signal::unix::{SignalKind, signal};

/// The numbers of signals, as on every Linux that Rust runs on.
const SIGINT: i32 = 2;
const SIGABRT: i32 = 6;
const SIGTERM: i32 = 15;

/// Records of a program that aborts.
const RECORDS: u64 = 20_000;

#[chronologix::streams(app)]
fn main() {
    let [way, base] = env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    if way == "abort-hook-before" {
        panic::set_hook(Box::new(|_| process::abort()));
    }
    let config = chronologix_streams::config().base_log_dir(base);
    let config = config.flush_on_signals(!way.starts_with("abort-"));
    if way == "masks" {
        return show_masks(config);
    }
    let logger = config.start_blocking().unwrap();
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
        "signal" => {
            log!(app, "before").wait();
            end_by(env::var("SIGNAL").unwrap().parse().unwrap());
        }
        "ctrl_c" => take_signals(&logger, SIGINT),
        "take-SIGABRT" => take_signals(&logger, SIGABRT),
        _ => abort(&way),
    }
    drop(logger);
}

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
    let mut out = io::stdout();
    writeln!(out, "{line}").unwrap();
}

/// A signal that is handled comes back when all is written.
fn end_by(signal: i32) {
    raise(signal);
    loop {
        thread::park();
    }
}

/// Has threads of every kind, and prints which signals each thread blocks.
fn show_masks(config: Config) {
    let blocked = |path: &str| {
        let status = fs::read_to_string(path).unwrap();
        let of = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap().trim().to_owned()
        };
        format!("{} {}", of("Name:"), of("SigBlk:"))
    };
    say(&blocked("/proc/thread-self/status"));
    let config = config
        .retain("7d")
        .echo("stderr")
        .hook(Hook::new("pager", |_| async {}))
        .on_error(|_| {});
    let logger = config.start_blocking().unwrap();
    log!(app, "here").wait();
    // The last thread is started once the logger has done what it does at first.
    logger.flush_blocking(std::time::Duration::from_secs(60));
    for task in fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path().join("status");
        say(&blocked(path.to_str().unwrap()));
    }
}

/// Takes a signal twice that the logger took before, and goes on.
#[tokio::main(flavor = "current_thread")]
async fn take_signals(logger: &Logger, number: i32) {
    let mut taken = signal(SignalKind::from_raw(number)).unwrap();
    for round in 1..=2 {
        log!(app, "before {round}").await;
        raise(number);
        taken.recv().await.unwrap();
        // As a service does that ends what it has begun.
        for _ in 0..10 {
            logger.flush().await;
        }
        let after = log!(app, "after {round}");
        after.written().await.unwrap();
    }
    logger.stop().await.unwrap();
}

/// Logs, and aborts in one of the ways that nothing was said of to the logger.
fn abort(way: &str) {
    for number in 1..=RECORDS {
        log!(app, "record {number}").wait();
    }
    match way {
        "abort-hook-before" => panic!("on purpose"),
        "abort-hook-after" => {
            panic::set_hook(Box::new(|_| process::abort()));
            panic!("on purpose");
        }
        "abort-overflow" => {
            overflow(1);
        }
        "abort-twice" => {
            let _bomb = Bomb;
            panic!("on purpose");
        }
        "abort-now" => process::abort(),
        unknown => panic!("no way {unknown}"),
    }
}

#[expect(unconditional_recursion, reason = "the stack must overflow")]
fn overflow(depth: u64) -> u64 {
    hint::black_box(overflow(depth + 1)) + hint::black_box(depth)
}

/// Panics while a panic unwinds.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose, again");
    }
}
