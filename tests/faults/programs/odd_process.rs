//! A program that does to its logger what few programs do, and ends.
//!
//! `odd_process WAY BASE`

#![expect(
    clippy::unwrap_used,
    reason = "a program of a test may panic, and some of these do so on purpose"
)]

use std::{
    cell::RefCell,
    env, fmt, fs, hint,
    io::{self, Write as _},
    panic, process,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use chronologix::{Config, Hook, Logger, log};
use chronologix_core::internals::faults::{
    WatchedAllocator, every_millisecond, fork, raise, wait_for,
};
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
        "timer" => log_in_a_handler(&logger),
        "allocator" => log_in_an_allocator(&logger),
        "display" => log_in_a_display(&logger),
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
    let line = format!("{line}\n");
    io::stdout().write_all(line.as_bytes()).unwrap();
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
    let threads = || {
        let tasks = fs::read_dir("/proc/self/task").unwrap();
        let paths = tasks.map(|task| task.unwrap().path().join("status"));
        paths.map(|path| blocked(path.to_str().unwrap())).collect()
    };
    // The C library blocks everything in a thread until it begins. Then it gets its name.
    let has_begun = |seen: &[String], kind: &&str| {
        let name = format!("chronologix-{kind} ");
        seen.iter().any(|thread| thread.starts_with(&name))
    };
    let mut seen: Vec<String> = threads();
    let kinds = ["ech", "err", "hoo", "ret", "sig"];
    while !kinds.iter().all(|kind| has_begun(&seen, kind)) {
        thread::yield_now();
        seen = threads();
    }
    say(&seen.join("\n"));
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

/// Records that were made where none should be.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Whether the allocator logs.
static IS_WATCHED: AtomicBool = AtomicBool::new(false);

#[global_allocator]
static ALLOCATOR: WatchedAllocator = WatchedAllocator(|size| {
    if size >= 64 << 10 && IS_WATCHED.load(Ordering::SeqCst) {
        MADE.fetch_add(1, Ordering::SeqCst);
        log!(app, "allocated {size}").detach();
    }
});

/// Says how many records there should be, and how many were refused.
fn say_counts(logger: &Logger, others: u64) {
    IS_WATCHED.store(false, Ordering::SeqCst);
    let made = MADE.load(Ordering::SeqCst) + others;
    say(&format!("{made} {}", logger.stats().refused));
}

fn log_in_a_handler(logger: &Logger) {
    fn tick() {
        let made = MADE.fetch_add(1, Ordering::SeqCst);
        if made % 2 == 0 {
            log!(app, "tick {made}").detach();
        } else {
            log!(app, "tick {}", format_args!("{made}")).detach();
        }
    }
    // The first record of a call site needs memory, and a handler may have interrupted who has it.
    tick();
    tick();
    every_millisecond(Some(tick));
    let mut others = 0;
    while MADE.load(Ordering::SeqCst) < 1000 {
        others += 1;
        log!(app, "record {others}").wait();
        if others % 200 == 0 {
            logger.flush_blocking(std::time::Duration::from_secs(60));
        }
    }
    every_millisecond(None);
    say_counts(logger, others);
}

fn log_in_an_allocator(logger: &Logger) {
    const EACH: u64 = 30_000;
    IS_WATCHED.store(true, Ordering::SeqCst);
    thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for number in 0..EACH {
                    log!(app, "record {number} of {thread}").wait();
                    if number % 1000 == 0 {
                        // Text is formatted in a buffer, which grows.
                        let long = "x".repeat(usize::try_from(number).unwrap() * 4);
                        log!(app, "{}", format_args!("{long}")).wait();
                    }
                }
            });
        }
    });
    say_counts(logger, 4 * (EACH + EACH / 1000));
}

/// Logs when it is shown, and when it is dropped.
struct Chatty;

impl fmt::Display for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log!(app, "shown {}", format_args!("as text")).wait();
        f.write_str("chatty")
    }
}

impl Drop for Chatty {
    fn drop(&mut self) {
        log!(app, "dropped").wait();
    }
}

fn log_in_a_display(logger: &Logger) {
    thread_local! {
        static LATE: RefCell<Option<Chatty>> = const { RefCell::new(None) };
    }
    for _ in 0..100 {
        let thread = thread::spawn(|| {
            LATE.with(|late| *late.borrow_mut() = Some(Chatty));
            log!(
                app,
                "{}",
                LATE.with(|late| late.borrow().as_ref().unwrap().to_string())
            )
            .wait();
            LATE.with(|late| log!(app, "{}", late.borrow().as_ref().unwrap()).wait());
        });
        thread.join().unwrap();
    }
    say_counts(logger, 500);
}
