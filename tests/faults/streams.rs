//! More streams than files may be open, and a slow disk that only those feel who wait for it.

use std::{
    fs,
    time::{Duration, Instant},
};

use chronologix::{Config, log};
use chronologix_core::ManualClock;

use crate::{
    chronologix_streams,
    crowd::BEGIN,
    full_disk::peak_memory,
    rounds,
    script::Script,
    tally::Tally,
    tools::{self, Tool},
    victim::Casting,
};

/// More than there are file numbers.
fn streams() -> u64 {
    rounds::either(1_500, 10_000)
}

const RECORDS: u64 = 3;

/// The scene of many streams: each gets a record, and then each another one.
pub(crate) fn play_many(script: &Script) {
    let names = (0..streams()).map(|stream| format!("s{stream}"));
    let logger = Config::new()
        .base_log_dir(script.path("base"))
        .streams(names)
        .interval("5m")
        .clock(ManualClock::at(chrono::DateTime::from_timestamp_nanos(
            BEGIN,
        )))
        .start_blocking();
    let logger = match logger {
        Ok(logger) => logger,
        Err(error) => return script.say(&format!("refused {error:?}")),
    };
    for record in 0..RECORDS {
        for stream in 0..streams() {
            let handle = logger.stream(&format!("s{stream}")).unwrap();
            let receipt = handle.log(format_args!("{record}")).wait();
            receipt.into_result().unwrap();
        }
    }
    let outcome = logger.stop_blocking();
    let outcome = outcome.map_or_else(|error| format!("{error:?}"), |()| "ok".to_owned());
    script.say(&format!("stopped {outcome}"));
    script.wait_for("leave");
}

#[test]
fn ten_thousand_with_256_file_numbers() {
    if !tools::are_here("10,000 streams", &[Tool::Prlimit]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("logs");
    let mut victim = Casting::of("many_streams")
        .with("base", base.display())
        .under(&["prlimit", "--nofile=256:256"])
        .start();
    let outcome = victim.hear("stopped");
    tally.expect(outcome == "ok", || outcome.clone());
    tally.peak("KiB of memory:", peak_memory(&victim));
    victim.tell("leave");
    let stderr = victim.succeed();
    tally.expect(stderr.is_empty(), || stderr.clone());
    let expected = (0..RECORDS).map(|record| format!("[14:57:30] {record}\n"));
    let expected = expected.collect::<String>();
    for stream in 0..streams() {
        let path = base.join(format!("2025-05-04__14-55/s{stream}.log"));
        let text = fs::read_to_string(&path).unwrap_or_default();
        tally.add("lines", text.lines().count() as u64);
        tally.expect(text == expected, || format!("{}: {text:?}", path.display()));
    }
    tally.add("streams", streams());
    let shown = ["streams", "lines", "KiB of memory:"];
    tally.report("many streams, ulimit -n 256", &shown, begun);
}

/// The scene of the slow disk: one thread waits for syncs, another logs to another stream and
/// measures how long that takes.
pub(crate) fn play_slow(script: &Script) {
    let logger = chronologix_streams::config()
        .base_log_dir(script.path("base"))
        .timezone(crate::crowd::noon())
        .start_blocking()
        .unwrap();
    let time = Duration::from_millis(script.number("ms"));
    let begun = Instant::now();
    let (syncs, mut took) = std::thread::scope(|scope| {
        let syncing = scope.spawn(|| {
            let mut syncs = 0;
            while begun.elapsed() < time {
                log!(audit, "sync {}", syncs).wait().into_result().unwrap();
                syncs += 1;
            }
            syncs
        });
        let mut took = Vec::new();
        while begun.elapsed() < time {
            let call = Instant::now();
            log!(app, "call {}", took.len())
                .wait()
                .into_result()
                .unwrap();
            took.push(u64::try_from(call.elapsed().as_micros()).unwrap());
            rounds::last(Duration::from_micros(500));
        }
        (syncing.join().unwrap(), took)
    });
    logger.stop_blocking().unwrap();
    took.sort_unstable();
    let [median, p99, longest] = [took.len() / 2, took.len() * 99 / 100, took.len() - 1];
    let [median, p99, longest] = [took[median], took[p99], took[longest]];
    script.say(&format!(
        "took {syncs} {} {median} {p99} {longest}",
        took.len()
    ));
}

#[test]
fn only_who_waits_for_a_slow_disk_is_slow() {
    if !tools::are_here("slow disk", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::alone();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("logs");
    let strace = tools::strace("fdatasync", "delay_exit=200ms");
    let mut victim = Casting::of("slow_disk")
        .with("base", base.display())
        .with("ms", rounds::either(1_000, 10_000))
        .under(&strace)
        .start();
    let took = victim.hear("took");
    victim.succeed();
    let took = took.split(' ').map(|number| number.parse().unwrap());
    let [syncs, calls, median, p99, longest] = took.collect::<Vec<u64>>()[..] else {
        panic!("not five numbers");
    };
    tally.add("syncs of 200 ms", syncs);
    tally.add("calls of another stream", calls);
    tally.peak("us, p50:", median);
    tally.peak("us, p99:", p99);
    tally.peak("us, longest:", longest);
    let most_syncs = rounds::either(6, 51);
    tally.expect((2..=most_syncs).contains(&syncs), || {
        format!("{syncs} syncs")
    });
    tally.expect(p99 < 5_000 && longest < 100_000, || {
        "a call waited for the disk".to_owned()
    });
    let shown = [
        "syncs of 200 ms",
        "calls of another stream",
        "us, p50:",
        "us, p99:",
        "us, longest:",
    ];
    tally.report("slow disk", &shown, begun);
}
