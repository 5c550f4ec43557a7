//! The disk refuses for a while: an error of the device, no file numbers left, a file that may not
//! grow. Callers wait, and then all is there.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::{Found, files},
    rounds,
    tally::Tally,
    tools::{self, Tool, WITH_SIGNALS},
    victim::{Casting, Victim, check_told},
};

const THREADS: u64 = 2;
const RECORDS: u64 = 5_000;

/// Nanoseconds that the crowd's clock goes on until its last record: past two boundaries.
const SPAN: u64 = 600 * 1_000_000_000;

/// Files in the first and in the second folder by the crowd's clock.
const FIRST_FILE: &str = "2025-05-04__14-55/app.log";
const SECOND_FILE: &str = "2025-05-04__15-00/app.log";

/// strace, with an error for one call, and only on this path.
fn failing(call: &str, error: &str, when: &str, path: Option<&Path>) -> Vec<String> {
    let mut options = tools::strace(call, &format!("error={error}:when={when}"));
    if let Some(path) = path {
        options.extend(["-P", path.to_str().unwrap()].map(str::to_owned));
    }
    options
}

/// A crowd that passes two boundaries.
fn passing_boundaries(base: &Path) -> Casting {
    crowd(base, THREADS)
        .with("records", RECORDS)
        .with("step", SPAN / (THREADS * RECORDS))
        .with("filling", 50)
        .with("keep", "")
}

/// Has the crowd stop, and checks that all of its records are there, and what stderr was told.
fn check(mut victim: Victim, base: &Path, told: &str, tally: &mut Tally) {
    let failed = victim.hear("made");
    tally.expect(failed == "0", || format!("{failed} records failed"));
    victim.tell("stop");
    let outcome = victim.hear("stopped");
    tally.expect(outcome == "ok", || outcome.clone());
    victim.tell("leave");
    let stderr = victim.succeed();
    check_told(&stderr, told, tally);
    check_tree(base, tally);
}

fn check_tree(base: &Path, tally: &mut Tally) {
    let [app, errors] = ["app", "errors"].map(|stream| Found::read(base, stream));
    for (found, name) in [(&app, "app.log"), (&errors, "errors.log")] {
        found.check_whole(name, tally);
    }
    for thread in 0..THREADS {
        app.check("app.log", thread, RECORDS, tally);
        if thread % 2 == 1 {
            errors.check("errors.log", thread, RECORDS, tally);
        }
    }
    tally.add("records", app.count());
    tally.add("rounds", 1);
}

const SHOWN: [&str; 5] = ["rounds", "records", "missing", "doubled", "torn"];

#[test]
fn errors_of_the_device() {
    if !tools::are_here("EIO on write and open", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    // Once, for a while, for longer. Files are opened below the base: some ten times at the start,
    // then at every boundary.
    let faults = [
        ("write", "EIO", "3", FIRST_FILE, "Input/output error"),
        ("write", "EIO", "5..9", FIRST_FILE, "Input/output error"),
        ("write", "EIO", "1..12", SECOND_FILE, "Input/output error"),
        (
            "write",
            "ENOSPC",
            "4..6",
            SECOND_FILE,
            "No space left on device",
        ),
        ("write", "EDQUOT", "4..6", SECOND_FILE, "quota exceeded"),
        ("openat2", "EIO", "13..17", "", "Input/output error"),
        (
            "openat2",
            "ENFILE",
            "14..22",
            "",
            "Too many open files in system",
        ),
    ];
    let rounds = rounds::either(faults.len(), 4 * faults.len()) as u64;
    let tally = rounds::play(rounds, 3, |round| {
        let fault = faults[usize::try_from(round).unwrap() % faults.len()];
        let (call, error, when, path, told) = fault;
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let path = if path.is_empty() {
            base.clone()
        } else {
            base.join(path)
        };
        let victim = passing_boundaries(&base)
            .under(&failing(call, error, when, Some(&path)))
            .start();
        check(victim, &base, told, &mut tally);
        tally
    });
    tally.report("EIO and the like on write and open", &SHOWN, begun);
}

#[test]
fn a_start_that_fails_leaves_nothing_behind() {
    if !tools::are_here("EIO at the start", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    // Every call that a start cannot do without: folders, files, the description. The lock that
    // comes ninth it can.
    let calls = [("mkdir", 4), ("openat2", 8), ("fsync", 1), ("rename", 1)];
    let calls = calls.into_iter();
    let calls = calls.flat_map(|(call, last)| (1..=last).map(move |at| (call, at)));
    let calls = calls.collect::<Vec<_>>();
    let tally = rounds::play(calls.len() as u64, 4, |round| {
        let (call, at) = calls[usize::try_from(round).unwrap()];
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("deep/logs");
        let mut victim = passing_boundaries(&base)
            .under(&failing(call, "EIO", &at.to_string(), None))
            .start();
        let error = victim.hear_within("refused", Duration::from_secs(10));
        let Some(error) = error else {
            tally.problem(format!("{call} {at}: not refused"));
            return tally;
        };
        let stderr = victim.succeed();
        tally.expect(stderr.is_empty(), || format!("{call} {at}: {stderr}"));
        let is_clear = error.starts_with("invalid configuration: base_log_dir: ")
            && error.contains("Input/output error")
            && error.contains(dir.path().to_str().unwrap());
        tally.expect(is_clear, || format!("{call} {at}: {error}"));
        let left = fs::read_dir(dir.path()).unwrap().count();
        tally.add("left something behind", left as u64);
        tally.expect(left == 0, || format!("{call} {at}: something is left"));
        tally.add("starts", 1);
        tally
    });
    tally.report(
        "each call of a start fails once",
        &["starts", "left something behind"],
        begun,
    );
}

#[test]
fn no_file_numbers_left_at_a_rollover() {
    if !tools::are_here("EMFILE at a rollover", &[Tool::Prlimit]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(2, 10), 2, |round| {
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let [base, ledger] = ["logs", "ledger"].map(|name| dir.path().join(name));
        let mut victim = passing_boundaries(&base)
            .with("rate", 5_000)
            .with("ledger", ledger.display())
            .start();
        let ledger = Ledger::open(&ledger);
        assert!(rounds::until(|| ledger.total(THREADS) >= 100));
        // As many as are open, so that some must be closed first; or none whatever is closed.
        let open = fs::read_dir(format!("/proc/{}/fd", victim.pid)).unwrap();
        let left = if round % 2 == 0 { open.count() } else { 3 };
        limit(&victim, &format!("--nofile={left}:"));
        // The boundary is passed after a quarter of the records; those behind it wait in the queue.
        assert!(rounds::until(|| ledger.total(THREADS) >= RECORDS));
        if left == 3 {
            let written = Found::read(&base, "app").count();
            tally.expect(written < RECORDS, || "file numbers were left".to_owned());
            limit(&victim, "--nofile=1024:");
        }
        let lifted = Instant::now();
        let queued = ledger.total(THREADS);
        let is_back = rounds::until(|| Found::read(&base, "app").count() >= queued);
        let took = u64::try_from(lifted.elapsed().as_millis()).unwrap();
        tally.peak("ms until all was written:", took);
        tally.expect(is_back && took < 1_000, || {
            format!("all written after {took} ms")
        });
        if left == 3 {
            check(victim, &base, "Too many open files", &mut tally);
        } else {
            let _ = victim.hear("made");
            limit(&victim, "--nofile=1024:");
            victim.tell("stop");
            victim.hear("stopped");
            victim.tell("leave");
            victim.succeed();
            check_tree(&base, &mut tally);
        }
        tally
    });
    let shown = [&SHOWN[..], &["ms until all was written:"]].concat();
    tally.report("EMFILE at a rollover", &shown, begun);
}

/// Changes a limit of a process that runs.
fn limit(victim: &Victim, limit: &str) {
    tools::run(&["prlimit", "--pid", &victim.pid.to_string(), limit]);
}

#[test]
fn a_file_that_may_not_grow() {
    if !tools::are_here("RLIMIT_FSIZE", &[Tool::Prlimit]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(2, 20), 2, |round| {
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        // Not at the end of a line, if chance does not want it.
        let bytes = 20_000 + round * 7;
        let victim = passing_boundaries(&base)
            .under(&["prlimit", &format!("--fsize={bytes}:unlimited")])
            .under(&["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"])
            .start();
        let size = || fs::metadata(base.join(FIRST_FILE)).map_or(0, |metadata| metadata.len());
        assert!(rounds::until(|| size() == bytes), "{}", size());
        // Longer than the first waits between two tries.
        rounds::last(Duration::from_millis(100));
        limit(&victim, "--fsize=unlimited:");
        check(victim, &base, "File too large", &mut tally);
        tally
    });
    tally.report("short writes, then EFBIG", &SHOWN, begun);
}

/// The signal that comes with that error ends a process by default. The writer's thread blocks it.
#[test]
fn a_file_that_may_not_grow_ends_no_process() {
    if !tools::are_here("SIGXFSZ", &[Tool::Prlimit]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(2, 20), 2, |round| {
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let bytes = 20_000 + round * 7;
        let mut victim = crowd(&base, 1)
            .with("stream", "app")
            .with("durability", "written")
            .with("filling", 50)
            .with("cue", "fail")
            .with("tell", "")
            .under(&["prlimit", &format!("--fsize={bytes}")])
            .under(&WITH_SIGNALS)
            .start();
        let size = || -> u64 {
            let files = files(&base, "app").into_iter();
            files.map(|path| fs::metadata(path).unwrap().len()).sum()
        };
        assert!(rounds::until(|| size() == bytes), "{}", size());
        victim.tell("enough");
        let told = victim.hear("failed");
        tally.expect(told.contains("File too large"), || told.clone());
        assert_eq!(victim.hear("made"), "1");
        let stats = victim.hear("stats");
        let stats = stats.split(' ').map(|number| number.parse().unwrap());
        let [queued, written, failed, _] = stats.collect::<Vec<u64>>()[..] else {
            panic!("other numbers");
        };
        victim.succeed();
        let app = Found::read(&base, "app");
        app.check_whole("app.log", &mut tally);
        app.check("app.log", 0, written, &mut tally);
        let found = (app.count(), queued - failed, failed);
        tally.expect(found == (written, written, 1), || {
            format!("{found:?} of {queued}")
        });
        tally.add("records", app.count());
        tally.add("rounds", 1);
        tally
    });
    tally.report("EFBIG with the default of SIGXFSZ", &SHOWN, begun);
}
