//! The disk refuses for a while: an error of the device, no file numbers left, a file that may not grow. Callers wait, and then all is there.

use std::{fs, path::Path, time::Instant};

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::Found,
    rounds,
    tally::Tally,
    tools::{self, Tool},
    victim::{Casting, Victim},
};

const THREADS: u64 = 2;
const RECORDS: u64 = 5_000;

/// Nanoseconds that the crowd's clock goes on until its last record: past two boundaries.
const SPAN: u64 = 600 * 1_000_000_000;

/// The folders of the crowd's clock.
const FIRST: &str = "2025-05-04__14-55";
const SECOND: &str = "2025-05-04__15-00";

/// strace, with an error for one call on one path.
fn failing(call: &str, error: &str, when: &str, path: &Path) -> Vec<String> {
    let inject = format!("inject={call}:error={error}:when={when}");
    let trace = format!("trace={call}");
    let options = ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null"];
    let options = options.into_iter().chain(["-P", path.to_str().unwrap()]);
    let options = options.chain(["-e", &trace, "-e", &inject]);
    options.map(str::to_owned).collect()
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
    let lines = stderr.lines().collect::<Vec<_>>();
    let is_told = lines.len() == 1 && lines[0].contains(told);
    tally.expect(is_told, || format!("stderr, not {told:?}: {lines:?}"));
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
    // Now and then, for a while, for longer; and the file of the second folder, which was opened once when it was made.
    let faults = [
        ("write", "EIO", "3", FIRST, "cannot write to"),
        ("write", "EIO", "5..9", FIRST, "cannot write to"),
        ("write", "EIO", "1..12", SECOND, "cannot write to"),
        ("write", "ENOSPC", "4..6", SECOND, "cannot write to"),
        ("openat", "EIO", "2..5", SECOND, "cannot open"),
        ("openat", "ENFILE", "2..8", SECOND, "cannot open"),
    ];
    let rounds = rounds::either(faults.len(), 4 * faults.len()) as u64;
    let tally = rounds::play(rounds, 3, |round| {
        let fault = faults[usize::try_from(round).unwrap() % faults.len()];
        let (call, error, when, folder, told) = fault;
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let path = base.join(folder).join("app.log");
        let victim = passing_boundaries(&base)
            .under(&failing(call, error, when, &path))
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
    for (call, name) in [
        ("openat", "2025-05-04__14-55/app.log"),
        ("openat", "2025-05-04__15-00/audit.log"),
        ("mkdir", "2025-05-04__15-00"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("deep/logs");
        let path = base.join(name);
        let mut victim = passing_boundaries(&base)
            .under(&failing(call, "EIO", "1+", &path))
            .start();
        let error = victim.hear("refused");
        victim.succeed();
        assert!(
            error.starts_with("invalid configuration: base_log_dir: ")
                && error.contains("Input/output error")
                && error.contains(path.to_str().unwrap()),
            "{error}"
        );
        let left = fs::read_dir(dir.path()).unwrap();
        let left = left.map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        assert!(left.is_empty(), "{call} {name}: {left:?}");
    }
}

#[test]
fn no_file_numbers_left_at_a_rollover() {
    if !tools::are_here("EMFILE at a rollover", &[Tool::Prlimit]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(2, 10), 2, |_| {
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let [base, ledger] = ["logs", "ledger"].map(|name| dir.path().join(name));
        let mut victim = passing_boundaries(&base)
            .with("rate", 5_000)
            .with("ledger", ledger.display())
            .start();
        let ledger = Ledger::open(&ledger);
        assert!(rounds::until(|| ledger.total(THREADS) >= 100));
        let open = fs::read_dir(format!("/proc/{}/fd", victim.pid)).unwrap();
        limit(&victim, &format!("--nofile={}:", open.count()));
        // The boundary is passed after a quarter of the records; those behind it wait in the queue.
        assert!(rounds::until(|| ledger.total(THREADS) >= RECORDS));
        let written = Found::read(&base, "app").count();
        tally.expect(written < RECORDS, || "file numbers were left".to_owned());
        limit(&victim, "--nofile=1024:");
        let lifted = Instant::now();
        let queued = ledger.total(THREADS);
        let is_back = rounds::until(|| Found::read(&base, "app").count() >= queued);
        let took = u64::try_from(lifted.elapsed().as_millis()).unwrap();
        tally.expect(is_back, || "never goes on".to_owned());
        tally.peak("ms until all was written:", took);
        tally.expect(took < 1_000, || format!("all written after {took} ms"));
        let failed = victim.hear("made");
        tally.expect(failed == "0", || format!("{failed} records failed"));
        victim.tell("stop");
        victim.hear("stopped");
        victim.tell("leave");
        let stderr = victim.succeed();
        tally.expect(stderr.lines().count() == 1, || stderr.clone());
        check_tree(&base, &mut tally);
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
        let size = |name: &str| {
            fs::metadata(base.join(FIRST).join(name)).map_or(0, |metadata| metadata.len())
        };
        assert!(
            rounds::until(|| size("app.log") == bytes),
            "{}",
            size("app.log")
        );
        // Longer than the first waits between two tries.
        rounds::last(std::time::Duration::from_millis(100));
        limit(&victim, "--fsize=unlimited:");
        check(victim, &base, "cannot write to", &mut tally);
        tally
    });
    tally.report("short writes, then EFBIG", &SHOWN, begun);
}
