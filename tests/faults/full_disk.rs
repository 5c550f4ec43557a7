//! The disk is full for a while: callers wait, and then everything is there, once and whole.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    crowd::crowd,
    lines::{Found, files},
    mounts::SmallDisk,
    rounds,
    tally::Tally,
    tools::{self, Tool},
    victim::{Victim, check_told},
};

const THREADS: u64 = 4;

#[test]
fn everything_is_there_once_there_is_room() {
    if !tools::are_here("disk full", &[Tool::Namespaces]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(1, 5), 5, fill_up);
    let shown = [
        "rounds",
        "records",
        "missing",
        "doubled",
        "torn",
        "ms until the first line after there was room:",
        "KiB of memory:",
    ];
    tally.report("disk full, overflow = wait", &shown, begun);
}

fn fill_up(_round: u64) -> Tally {
    let records = rounds::either(50_000, 250_000);
    let megabytes = rounds::either(4, 12);
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::below(folder.path());
    let mut victim = crowd(&disk.at.join("logs"), THREADS)
        .with("records", records)
        .with("keep", "")
        .under(&disk.mounted_for_victim(&format!("size={megabytes}m")))
        .start();
    let base = disk.seen_from_outside(&victim).join("logs");
    let full = megabytes * (1 << 20) - (64 << 10);
    assert!(rounds::until(|| used(&base) >= full), "never full");
    rounds::last(rounds::either(
        Duration::from_millis(500),
        Duration::from_secs(5),
    ));
    let before = used(&base);
    disk.remount(&victim, "size=500m");
    let room = Instant::now();
    tally.expect(rounds::until(|| used(&base) > before), || {
        "never goes on".to_owned()
    });
    let recovery = room.elapsed();
    tally.peak(
        "ms until the first line after there was room:",
        u64::try_from(recovery.as_millis()).unwrap(),
    );
    tally.expect(recovery < Duration::from_secs(1), || {
        format!("went on after {recovery:?}")
    });
    let failed = victim.hear("made");
    tally.expect(failed == "0", || format!("{failed} records failed"));
    victim.tell("stop");
    victim.hear("stopped");
    check(&base, records, &mut tally);
    let memory = peak_memory(&victim);
    tally.peak("KiB of memory:", memory);
    tally.expect(memory < 32 << 10, || format!("{memory} KiB of memory"));
    victim.tell("leave");
    let stderr = victim.succeed();
    check_told(&stderr, "No space left on device", &mut tally);
    tally.add("rounds", 1);
    tally
}

#[test]
fn a_logger_that_ends_meanwhile_gives_the_numbers_of_the_files() {
    if !tools::are_here("disk full at the end", &[Tool::Namespaces]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(3, 20), 3, end_on_a_full_disk);
    let shown = ["rounds", "records", "written", "lost"];
    tally.report("disk full at the end", &shown, begun);
}

fn end_on_a_full_disk(round: u64) -> Tally {
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::below(folder.path());
    // The records take 58 kB.
    let kilobytes = 16 + 4 * (round % 9);
    let mut victim = crowd(&disk.at.join("logs"), 1)
        .with("records", 2_000)
        .with("keep", "")
        .with("tell", "")
        .under(&disk.mounted_for_victim(&format!("size={kilobytes}k")))
        .start();
    victim.hear("made");
    victim.tell("stop");
    let stopped = victim.hear("stopped");
    tally.expect(stopped != "ok", || "the stop hides the loss".to_owned());
    let stats = victim.hear("stats");
    let stats = stats.split(' ').map(|number| number.parse().unwrap());
    let [queued, written, failed, _] = stats.collect::<Vec<u64>>()[..] else {
        panic!("other numbers");
    };
    let base = disk.seen_from_outside(&victim).join("logs");
    let app = Found::read(&base, "app");
    app.check_whole("app.log", &mut tally);
    tally.expect(written == app.count(), || {
        format!("{written} written, and {} lines", app.count())
    });
    tally.expect(written + failed == queued, || {
        format!("{queued} queued, {written} written, {failed} failed")
    });
    victim.tell("leave");
    let stderr = victim.succeed();
    tally.expect(
        stderr.contains(&format!(": {failed} records not written")),
        || format!("{failed} records failed: {stderr}"),
    );
    tally.add("rounds", 1);
    tally.add("records", queued);
    tally.add("written", written);
    tally.add("lost", failed);
    tally
}

fn check(base: &Path, records: u64, tally: &mut Tally) {
    let [app, errors] = ["app", "errors"].map(|stream| Found::read(base, stream));
    tally.add("records", app.count());
    for (found, name) in [(&app, "app.log"), (&errors, "errors.log")] {
        found.check_whole(name, tally);
    }
    for thread in 0..THREADS {
        app.check("app.log", thread, records, tally);
        if thread % 2 == 1 {
            errors.check("errors.log", thread, records, tally);
        }
    }
    tally.expect(app.count() == records * THREADS, || {
        format!("{} lines in app.log", app.count())
    });
}

/// Bytes that the files of the crowd take on the disk.
fn used(base: &Path) -> u64 {
    let paths = ["app", "errors"].into_iter();
    let paths = paths.flat_map(|stream| files(base, stream));
    let blocks = |path: PathBuf| fs::metadata(path).map_or(0, |metadata| metadata.blocks());
    paths.map(blocks).sum::<u64>() * 512
}

/// The most memory a process ever had, in KiB.
pub(crate) fn peak_memory(victim: &Victim) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", victim.pid)).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.unwrap().trim().trim_end_matches(" kB");
    peak.parse().unwrap()
}
