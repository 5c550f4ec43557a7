//! The memory of a process whose threads log and end by the thousand.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

use std::{
    fs,
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};

use chronologix::{Logger, log};

const THREADS: usize = 5_000;

/// Records of a thread that would fill a ring of 64 KiB.
const MANY: usize = 500;

/// Bytes beyond those of the threads while each has logged one record: 8 KiB each, of which most is
/// stack. Without optimisation that takes more.
const OF_ONE_RECORD: usize = if cfg!(debug_assertions) {
    80 << 20
} else {
    40 << 20
};

/// The same with many records. All rings above 4 KiB have 32 MiB of that.
const OF_MANY_RECORDS: usize = 160 << 20;

#[chronologix::streams(app)]
struct Streams;

/// Bytes of the process that are in memory and belong to no file.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = status.lines();
    let kib = lines
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .unwrap();
    let kib = kib.trim().strip_suffix(" kB").unwrap();
    kib.parse::<usize>().unwrap() << 10
}

/// Runs threads that live at the same time. Returns the memory meanwhile.
fn run_threads(run: impl Fn() + Send + Sync + Copy + 'static, meanwhile: impl FnOnce()) -> usize {
    let barriers = Arc::new([(); 2].map(|()| Barrier::new(THREADS + 1)));
    let begin = |_| {
        let barriers = Arc::clone(&barriers);
        thread::spawn(move || {
            run();
            for barrier in &*barriers {
                barrier.wait();
            }
        })
    };
    let threads = (0..THREADS).map(begin).collect::<Vec<_>>();
    barriers[0].wait();
    meanwhile();
    let resident = resident();
    barriers[1].wait();
    for thread in threads {
        thread.join().unwrap();
    }
    resident
}

fn flush(logger: &Logger) {
    let report = logger.flush_blocking(Duration::from_secs(60));
    assert_eq!(report.remaining, 0, "{report:?}");
}

#[test]
fn threads_that_log_take_little_memory_and_no_more_the_next_time() {
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.start_blocking().unwrap();
    // What the threads themselves take, and what the allocator keeps of them.
    let of_threads = run_threads(|| {}, || {});
    let once = || log!(app, "once").detach();
    let of_one_record = run_threads(once, || flush(&logger)).saturating_sub(of_threads);
    assert!(of_one_record <= OF_ONE_RECORD, "{of_one_record} bytes");
    let first = after(&logger);
    run_threads(once, || flush(&logger));
    let second = after(&logger);
    assert!(second <= first / 5 * 6, "{second} bytes, {first} before");
    let many = || (0..MANY).for_each(|number| log!(app, "record <>", number).enqueue());
    let of_many_records = run_threads(many, || flush(&logger)).saturating_sub(of_threads);
    assert!(
        of_many_records <= OF_MANY_RECORDS,
        "{of_many_records} bytes"
    );
    logger.stop_blocking().unwrap();
}

/// The memory once the queues are retired, at the end of a round of the writer. Each flush is one.
fn after(logger: &Logger) -> usize {
    flush(logger);
    flush(logger);
    resident()
}
