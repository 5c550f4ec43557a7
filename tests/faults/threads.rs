//! Thousands of threads that log a little, and end: what they took comes back.

use std::{
    fs,
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};

use chronologix::{Config, StreamConfig, StreamHandle};

use crate::{rounds, script::Script, victim::Casting};

const THREADS: usize = 5_000;

/// Kilobytes of this process in memory.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// Has threads log and end, and says how much memory there was before and after.
pub(crate) fn play(script: &Script) {
    let config = Config::new()
        .base_log_dir(script.path("base"))
        .stream(StreamConfig::new("app").durability("written"));
    let logger = config.start_blocking().unwrap();
    let app = logger.stream("app").unwrap();
    // What threads themselves leave behind, in the allocator and in caches of stacks.
    run_threads(&app, 0);
    let before = resident();
    run_threads(&app, script.number("records"));
    assert_eq!(logger.sync_blocking(Duration::from_secs(60)).remaining, 0);
    let after = resident();
    logger.stop_blocking().unwrap();
    script.say(&format!("resident {before} {after}"));
    script.say(&format!("written {}", logger.stats().written));
}

/// Has each thread log so many records, and wait until all have.
fn run_threads(app: &StreamHandle, records: usize) {
    let all = Arc::new(Barrier::new(THREADS));
    let spawn = |thread: usize| {
        let (app, all) = (app.clone(), Arc::clone(&all));
        let log = move || {
            for record in 0..records {
                app.log(format_args!("{thread} {record}")).detach();
            }
            all.wait();
        };
        let builder = thread::Builder::new().stack_size(64 << 10);
        builder.spawn(log).unwrap()
    };
    let threads = (0..THREADS).map(spawn).collect::<Vec<_>>();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn memory_of_threads_that_ended_comes_back() {
    let _machine = rounds::beside_others();
    for (records, most) in [(1, 24 << 10), (200, 32 << 10)] {
        let dir = tempfile::tempdir().unwrap();
        let casting = Casting::of("threads").with("base", dir.path().join("logs").display());
        // So that an allocator that keeps what was freed does not hide that it was.
        let casting = casting.environment("MALLOC_MMAP_THRESHOLD_", "4096");
        let mut victim = casting.with("records", records).start();
        let said = victim.hear("resident");
        let written = victim.hear("written");
        assert_eq!(victim.succeed(), "");
        assert_eq!(written, (THREADS * records).to_string());
        let (before, after) = said.split_once(' ').unwrap();
        let [before, after] = [before, after].map(|kilobytes| kilobytes.parse::<u64>().unwrap());
        assert!(after < before + most, "{records} records: {said}");
        crate::tally::say(&format!(
            "{THREADS} threads, {records} records each: {said} kB"
        ));
    }
}
