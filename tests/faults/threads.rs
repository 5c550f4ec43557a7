//! Thousands of threads that log a little, and end: what they took comes back.

use std::{
    fs,
    io::Write,
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};

use chronologix::{Config, Logger, StreamConfig, StreamHandle};

use crate::{
    mounts::SmallDisk,
    rounds,
    script::Script,
    tools::{self, Tool},
    victim::Casting,
};

/// Kilobytes of this process in memory.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// Has threads log and end, and says how much memory there was before and after.
pub(crate) fn play(script: &Script) {
    let base = script.path("base");
    let loggers = script.number::<usize>("loggers").max(1);
    let start = |number: usize| {
        let config = Config::new()
            .base_log_dir(base.join(number.to_string()))
            .on_error(|_| {})
            .stream(StreamConfig::new("app").durability("written"));
        config.start_blocking().unwrap()
    };
    let loggers = (0..loggers).map(start).collect::<Vec<_>>();
    let apps = loggers.iter().map(|logger| logger.stream("app").unwrap());
    let crowd = Crowd {
        threads: script.number("threads"),
        records: script.number("records"),
        text: "x".repeat(script.number("length")),
        apps: apps.collect(),
    };
    // What threads themselves leave behind, in the allocator and in caches of stacks.
    Crowd {
        records: 0,
        ..crowd.clone()
    }
    .run();
    if script.text("fills").is_some() {
        // The writer waits for room from here on.
        let mut filler = fs::File::create(base.join("filler")).unwrap();
        while filler.write_all(&[b'x'; 4 << 10]).is_ok() {}
    }
    let before = resident();
    for _ in 0..script.number::<usize>("crowds").max(1) {
        crowd.run();
    }
    if script.text("fills").is_some() {
        script.say("ended");
        script.wait_for("room");
    }
    // Queues are retired when the writer has nothing else to do, so before it syncs once more.
    for logger in loggers.iter().chain(&loggers) {
        assert_eq!(logger.sync_blocking(Duration::from_secs(60)).remaining, 0);
    }
    let after = resident();
    let stop = |logger: &Logger| {
        logger.stop_blocking().unwrap();
        logger.stats().written
    };
    let written = loggers.iter().map(stop).sum::<u64>();
    script.say(&format!("resident {before} {after}"));
    script.say(&format!("written {written}"));
}

/// Threads that log, and wait until all have.
#[derive(Clone)]
struct Crowd {
    threads: usize,
    /// For each thread and logger.
    records: usize,
    text: String,
    apps: Vec<StreamHandle>,
}

impl Crowd {
    fn run(&self) {
        let all = Arc::new(Barrier::new(self.threads));
        let spawn = |thread: usize| {
            let (crowd, all) = (self.clone(), Arc::clone(&all));
            let log = move || {
                for record in 0..crowd.records {
                    for app in &crowd.apps {
                        app.log(format_args!("{thread} {record}{}", crowd.text))
                            .detach();
                    }
                }
                all.wait();
            };
            let builder = thread::Builder::new().stack_size(64 << 10);
            builder.spawn(log).unwrap()
        };
        let threads = (0..self.threads).map(spawn).collect::<Vec<_>>();
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

/// Has such a crowd come and go, and checks that at most so many kilobytes are left, and that all
/// records are written.
fn leaves(crowd: &[(&str, usize)], most: u64) {
    let dir = tempfile::tempdir().unwrap();
    let disk = SmallDisk::below(dir.path());
    let number = |wanted: &str| crowd.iter().find(|(key, _)| *key == wanted);
    let number = |key: &str| number(key).map_or(1, |(_, number)| *number);
    // So that an allocator that keeps what was freed does not hide that it was.
    let mut casting = Casting::of("threads")
        .with("base", disk.at.display())
        .environment("MALLOC_MMAP_THRESHOLD_", "4096");
    for (key, value) in crowd {
        casting = casting.with(key, value);
    }
    let fills = crowd.iter().any(|(key, _)| *key == "fills");
    if fills {
        casting = casting.under(&disk.mounted_for_victim("size=4m"));
    }
    let mut victim = casting.start();
    if fills {
        victim.hear("ended");
        fs::remove_file(disk.seen_from_outside(&victim).join("filler")).unwrap();
        disk.remount(&victim, "size=500m");
        victim.tell("room");
    }
    let said = victim.hear("resident");
    let written = victim.hear("written");
    assert_eq!(victim.succeed(), "", "{crowd:?}");
    let records = ["threads", "records", "loggers", "crowds"].map(number);
    let records = records.into_iter().product::<usize>();
    assert_eq!(written, records.to_string(), "{crowd:?}");
    let (before, after) = said.split_once(' ').unwrap();
    let [before, after] = [before, after].map(|kilobytes| kilobytes.parse::<u64>().unwrap());
    crate::tally::say(&format!("{crowd:?}: {said} kB"));
    assert!(after < before + most, "{crowd:?}: {said}");
}

#[test]
fn memory_of_threads_that_ended_comes_back() {
    let _machine = rounds::beside_others();
    leaves(&[("threads", 5_000), ("records", 1)], 24 << 10);
    // Rings of all threads have 32 MiB together, so some records wait beside them, each by itself.
    // The allocator keeps most pages that held such a one.
    leaves(&[("threads", 5_000), ("records", 200)], 64 << 10);
    // Of large records, and of many loggers for which a pool of threads comes and goes.
    leaves(
        &[("threads", 500), ("records", 1), ("length", 60_000)],
        16 << 10,
    );
    leaves(
        &[
            ("threads", 50),
            ("records", 20),
            ("loggers", 20),
            ("crowds", 10),
        ],
        20 << 10,
    );
}

#[test]
fn memory_of_threads_that_ended_while_the_disk_was_full_comes_back() {
    if !tools::are_here("threads end, disk full", &[Tool::Namespaces]) {
        return;
    }
    let _machine = rounds::beside_others();
    leaves(
        &[("threads", 500), ("records", 300), ("fills", 1)],
        20 << 10,
    );
    // More than there is room for, so that each ends with records that wait.
    let large = [
        ("threads", 100),
        ("records", 16),
        ("length", 60_000),
        ("fills", 1),
    ];
    leaves(&large, 16 << 10);
}
