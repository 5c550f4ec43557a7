//! The wall clock is set, forward and back, and nights come that have an hour twice, or not at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    time::{Duration, Instant},
};

use chronologix::{Config, Logger, StreamConfig};
use chronologix_core::ManualClock;

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::{Found, folders, whole},
    rounds::{self, Dice},
    tally::Tally,
    tools::{self, FAKETIME, Tool},
};

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;
const THREADS: u64 = 2;

/// A logger with one stream on this clock.
fn start(base: &Path, zone: &str, interval: &str, clock: &ManualClock) -> Logger {
    let config = Config::new()
        .base_log_dir(base)
        .stream(StreamConfig::new("app").durability("written"))
        .interval(interval)
        .timezone(zone)
        .timestamp_format("rfc3339")
        .clock(clock.clone());
    config.start_blocking().unwrap()
}

/// Where a line with this stamp, `2025-10-26T02:30:00.000000+01:00`, belongs.
fn folder_of(stamp: &str, minutes: u32) -> String {
    let number = |range: std::ops::Range<usize>| stamp[range].parse::<u32>().unwrap();
    let minute = (number(11..13) * 60 + number(14..16)) / minutes * minutes;
    format!("{}__{:02}-{:02}", &stamp[..10], minute / 60, minute % 60)
}

/// Seconds since 1970 of a stamp.
fn instant_of(stamp: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| stamp[range].parse::<i64>().unwrap();
    // Years that begin in March, so that the odd day is the last one.
    let (year, month) = match (number(0..4), number(5..7)) {
        (year, month @ 3..) => (year, month - 3),
        (year, month) => (year - 1, month + 9),
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;
    let days = days + number(8..10) - 719_469;
    let offset = number(27..29) * 60 + number(30..32);
    let offset = if &stamp[26..27] == "-" {
        -offset
    } else {
        offset
    };
    days * 86_400 + number(11..13) * 3_600 + number(14..16) * 60 + number(17..19) - offset * 60
}

/// A zone, and an instant shortly before something odd happens there.
const NIGHTS: [(&str, i64); 6] = [
    // 2025-10-26, 03:00 becomes 02:00; 2025-03-30, 02:00 becomes 03:00.
    ("Europe/Berlin", 1_761_433_200),
    ("Europe/Berlin", 1_743_289_200),
    // Half an hour.
    ("Australia/Lord_Howe", 1_743_863_400),
    ("Australia/Lord_Howe", 1_759_586_400),
    // At midnight, so that there is none.
    ("America/Santiago", 1_757_210_400),
    // The day that was left out.
    ("Pacific/Apia", 1_325_235_600),
];

#[test]
fn nights_with_an_hour_twice_or_not_at_all() {
    let begun = Instant::now();
    let mut tally = Tally::default();
    for (zone, instant) in NIGHTS {
        for (interval, minutes) in [("1h", 60), ("30m", 30), ("5m", 5)] {
            let dir = tempfile::tempdir().unwrap();
            let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(instant * SECOND));
            let logger = start(dir.path(), zone, interval, &clock);
            let app = logger.stream("app").unwrap();
            let records = 4 * 60 + 1;
            for number in 1..=records {
                let record = app.log(format_args!("0 {number} 0 ."));
                record.wait().into_result().unwrap();
                clock.advance(Duration::from_secs(60));
            }
            logger.stop_blocking().unwrap();
            let (numbers, used) = read(dir.path(), minutes, &mut tally);
            for (number, stamped) in &numbers {
                let made = instant + (i64::try_from(*number).unwrap() - 1) * 60;
                tally.expect(*stamped == made, || {
                    format!("{zone}: {number} stamped {stamped}")
                });
            }
            tally.add("records", numbers.len() as u64);
            let is_all = (1..=records).eq(numbers.keys().copied());
            tally.expect(is_all, || {
                format!("{zone} {interval}: {} records", numbers.len())
            });
            let there = folders(dir.path()).len();
            tally.expect(there == used.len(), || {
                format!("{zone} {interval}: {there} folders, {} in use", used.len())
            });
            tally.add("nights", 1);
            tally.add("folders", there as u64);
        }
    }
    tally.report("DST nights", &["nights", "records", "folders"], begun);
}

/// The numbers of all records, sorted, with the seconds of their stamps, and the folders that have
/// some. Checks on the way that each is where its stamp says.
fn read(base: &Path, minutes: u32, tally: &mut Tally) -> (BTreeMap<u64, i64>, BTreeSet<String>) {
    let (mut numbers, mut used) = (BTreeMap::new(), BTreeSet::new());
    for folder in folders(base) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for line in fs::read_to_string(folder.join("app.log")).unwrap().lines() {
            let (stamp, message) = line[1..].split_once("] ").unwrap();
            let expected = folder_of(stamp, minutes);
            tally.expect(name == expected, || format!("{line} in {name}"));
            let (_, number) = whole(message).unwrap();
            let known = numbers.insert(number, instant_of(stamp));
            tally.expect(known.is_none(), || format!("doubled: {line}"));
            used.insert(name.clone());
        }
    }
    (numbers, used)
}

#[test]
fn steps_while_threads_log() {
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(
        1_746_370_650 * SECOND,
    ));
    let logger = start(dir.path(), "UTC", "5m", &clock);
    let records = rounds::either(2_000, 20_000);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let app = logger.stream("app").unwrap();
            scope.spawn(move || {
                for at in 0..records {
                    let number = at * THREADS + thread;
                    let record = app.log(format_args!("{thread} {number} 0 ."));
                    record.wait().into_result().unwrap();
                }
            });
        }
        let mut dice = Dice::new(7);
        let written = || logger.stats().written;
        for step in 1..=rounds::either(20, 200) {
            assert!(rounds::until(|| written() >= step * records / 200));
            clock.advance(Duration::from_millis(dice.below(2_000)));
            let by = [
                HOUR,
                -HOUR,
                300 * SECOND,
                -300 * SECOND,
                72 * HOUR,
                -72 * HOUR,
            ];
            let by = by[usize::try_from(dice.below(6)).unwrap()];
            clock.step_to(chrono::DateTime::from_timestamp_nanos(
                clock.now().timestamp_nanos_opt().unwrap() + by,
            ));
            tally.add("steps", 1);
        }
    });
    logger.stop_blocking().unwrap();
    let (numbers, used) = read(dir.path(), 5, &mut tally);
    tally.add("records", numbers.len() as u64);
    tally.add("folders", used.len() as u64);
    tally.expect(numbers.len() as u64 == THREADS * records, || {
        "some are lost".to_owned()
    });
    tally.report(
        "the clock is set by 5 minutes, an hour, 3 days",
        &["steps", "records", "folders"],
        begun,
    );
}

/// The program's own clock, as the system shows it, jumps; and it runs 600 times as fast.
#[test]
fn steps_of_the_system_clock() {
    if !tools::are_here("the system clock is set", &[Tool::Faketime]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let [base, ledger, time] = ["logs", "ledger", "time"].map(|name| dir.path().join(name));
    // Written aside: whoever reads it must not find half of it.
    let set = |text: &str| {
        let aside = time.with_extension("aside");
        fs::write(&aside, format!("{text}\n")).unwrap();
        fs::rename(&aside, &time).unwrap();
    };
    set("+0");
    let mut victim = crowd(&base, THREADS)
        .with("ledger", ledger.display())
        .with("interval", "5m")
        .with("rate", 1_000)
        .with("cue", "")
        .environment("LD_PRELOAD", FAKETIME)
        .environment("FAKETIME_TIMESTAMP_FILE", time.to_str().unwrap())
        .environment("FAKETIME_NO_CACHE", "1")
        .environment("DONT_FAKE_MONOTONIC", "1")
        .start();
    victim.hear("started");
    let ledger = Ledger::open(&ledger);
    let steps = [
        "+1h", "-1h", "+3d", "-2h", "+5m", "+0 x600", "-3d x600", "+0",
    ];
    for step in steps.repeat(rounds::either(1, 5)) {
        set(step);
        tally.add("steps", 1);
        let enough = ledger.total(THREADS) + 400;
        assert!(
            rounds::until(|| ledger.total(THREADS) >= enough),
            "stuck at {step}"
        );
    }
    victim.tell("enough");
    let outcome = victim.hear("stopped");
    tally.expect(outcome == "ok", || outcome.clone());
    let stderr = victim.succeed();
    tally.expect(stderr.is_empty(), || stderr.clone());
    let app = Found::read(&base, "app");
    app.check_whole("app.log", &mut tally);
    for (thread, made) in (0..).zip(ledger.read(THREADS)) {
        // Folders are not in the order of the program when time goes back.
        let mut numbers = app.of(thread).to_vec();
        numbers.sort_unstable();
        let is_all = (1..=made).eq(numbers.iter().copied());
        tally.expect(is_all, || {
            format!("thread {thread}: {} of {made} records", numbers.len())
        });
    }
    tally.add("records", app.count());
    tally.add("folders", folders(&base).len() as u64);
    tally.expect(folders(&base).len() > 8, || format!("{:?}", folders(&base)));
    tally.report(
        "the system clock is set, and runs 600 times as fast",
        &["steps", "records", "folders"],
        begun,
    );
}
