//! `kill -9` at any moment: what was acknowledged as written is there, once and whole.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant, UNIX_EPOCH},
};

use chronologix_core::ManualClock;

use crate::{
    crowd::{crowd, noon},
    ledger::Ledger,
    lines::{Found, files},
    rounds::{self, Dice},
    tally::Tally,
};

const THREADS: u64 = 8;

#[test]
fn written_records_survive() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(8, 200), 2, kill_while_writing);
    let shown = [
        "kills",
        "acknowledged",
        "missing",
        "doubled",
        "torn last lines",
        "closed on restart",
    ];
    tally.report("kill -9, written", &shown, begun);
}

fn kill_while_writing(round: u64) -> Tally {
    let mut dice = Dice::new(round + 1);
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let zone = noon();
    let (base, path) = (folder.path().join("logs"), folder.path().join("ledger"));
    let ledger = Ledger::open(&path);
    // Long lines make long writes, and those are what a kill tears.
    let (filling, most) = [(0, 4_000), (500, 4_000), (30_000, 400), (60_000, 150)]
        [usize::try_from(round % 4).unwrap()];
    let victim = crowd(&base, THREADS)
        .with("ledger", path.display())
        .with("timezone", &zone)
        .with("durability", "written")
        .with("filling", filling)
        .start();
    let enough = dice.below(most);
    assert!(rounds::until(|| ledger.total(THREADS) >= enough));
    // Not just when a write has returned, but at any moment.
    rounds::last(Duration::from_micros(dice.below(5_000)));
    victim.kill();
    tally.add("kills", 1);

    let acknowledged = ledger.read(THREADS);
    tally.add("acknowledged", acknowledged.iter().sum());
    let [app, errors] = ["app", "errors"].map(|stream| Found::read(&base, stream));
    for (found, name) in [(&app, "app.log"), (&errors, "errors.log")] {
        tally.expect(found.strange.is_empty(), || {
            format!("{name}: strange lines, the first {:?}", found.strange[0])
        });
    }
    for (thread, acknowledged) in (0..).zip(acknowledged) {
        app.check("app.log", thread, acknowledged, &mut tally);
        let of_errors = if thread % 2 == 0 { 0 } else { acknowledged };
        errors.check("errors.log", thread, of_errors, &mut tally);
        let made = app.of(thread).len() as u64;
        tally.expect(made <= acknowledged + 1, || {
            format!("thread {thread}: {made} records of {acknowledged} and one more")
        });
    }
    for stream in ["app", "errors"] {
        check_restart(&base, stream, &zone, &mut tally);
    }
    tally
}

#[test]
fn queued_records_are_lost_for_50_ms_at_most() {
    let _machine = rounds::alone();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(6, 200), 1, kill_while_queueing);
    let shown = [
        "kills",
        "queued",
        "lost",
        "age of the oldest one lost, in us:",
        "of which others had the processor:",
        "doubled",
        "torn last lines",
        "closed on restart",
    ];
    tally.report("kill -9, queued", &shown, begun);
}

fn kill_while_queueing(round: u64) -> Tally {
    let mut dice = Dice::new(round + 1);
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let zone = noon();
    let [base, ledger_path, times_path] =
        ["logs", "ledger", "times"].map(|name| folder.path().join(name));
    let ledger = Ledger::open(&ledger_path);
    let times = Ledger::open(&times_path);
    // Now and then, often, and as fast as they can; a writer that was not optimised is too slow to
    // be pressed like that.
    let rates = if cfg!(debug_assertions) {
        [500, 2_000, 5_000]
    } else {
        [1_000, 10_000, 0]
    };
    let rate = rates[usize::try_from(round % 3).unwrap()];
    let victim = crowd(&base, THREADS)
        .with("ledger", ledger_path.display())
        .with("timezone", &zone)
        .with("times", times_path.display())
        .with("rate", rate)
        .start();
    let enough = dice.below(100 + rate / 50 * THREADS);
    assert!(rounds::until(|| ledger.total(THREADS) >= enough));
    rounds::last(Duration::from_micros(dice.below(60_000)));
    // A machine that has others to run does not let the writer write. That is not its fault, and
    // not ours.
    let kept_waiting = victim.kept_waiting();
    let (killed, _) = victim.kill();
    tally.add("kills", 1);

    let app = Found::read(&base, "app");
    let errors = Found::read(&base, "errors");
    for thread in 0..THREADS {
        let acknowledged = ledger.read(THREADS)[usize::try_from(thread).unwrap()];
        tally.add("queued", acknowledged);
        let own = if thread % 2 == 0 { &app } else { &errors };
        let there = own.of(thread).len() as u64;
        // Order is kept, so that only the last ones can be missing.
        own.check("its file", thread, there.min(acknowledged), &mut tally);
        let Some(lost) = times.time(thread, there + 1) else {
            continue;
        };
        tally.add("lost", acknowledged.saturating_sub(there));
        let age = killed.saturating_sub(lost) / 1_000;
        tally.peak("age of the oldest one lost, in us:", age);
        tally.peak("of which others had the processor:", kept_waiting.min(age));
        tally.expect(age <= 50_000 + kept_waiting, || {
            format!("thread {thread} at {rate}/s: a record queued {age} us before the kill is lost")
        });
    }
    if !app.torn_tails.is_empty() || !errors.torn_tails.is_empty() {
        for stream in ["app", "errors"] {
            check_restart(&base, stream, &zone, &mut tally);
        }
    }
    tally
}

/// A logger that starts on these files ends a torn line before its own first one, and changes
/// nothing that was there.
fn check_restart(base: &Path, stream: &str, zone: &str, tally: &mut Tally) {
    // The next folder was made ahead, and is empty.
    let has_lines = |path: &PathBuf| fs::metadata(path).unwrap().len() > 0;
    let Some(path) = files(base, stream).into_iter().rfind(has_lines) else {
        return;
    };
    let before = fs::read(&path).unwrap();
    let is_torn = before.last().is_some_and(|byte| *byte != b'\n');
    tally.add("torn last lines", u64::from(is_torn));
    log_once_more(base, stream, zone, &path);
    let after = fs::read(&path).unwrap();
    let grown = after.strip_prefix(&*before);
    tally.expect(grown.is_some(), || format!("{stream}: old bytes changed"));
    let grown = String::from_utf8_lossy(grown.unwrap_or_default()).into_owned();
    let expected = |line: &str| match line.strip_prefix('\n') {
        Some(line) => is_torn && line.starts_with('['),
        None => !is_torn && line.starts_with('['),
    };
    let is_closed = expected(&grown) && grown.ends_with("] once more\n");
    tally.add("closed on restart", u64::from(is_closed && is_torn));
    tally.expect(is_closed, || {
        let end = String::from_utf8_lossy(&before[before.len().saturating_sub(60)..]);
        format!("{stream}: after {end:?} came {grown:?}")
    });
}

/// Starts a logger in the interval that a file belongs to, and logs a line.
fn log_once_more(base: &Path, stream: &str, zone: &str, path: &Path) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    let modified = modified.duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let config = chronologix::Config::new()
        .base_log_dir(base)
        .stream(stream)
        .timezone(zone)
        .clock(ManualClock::at(chrono::DateTime::from_timestamp_nanos(
            i64::try_from(modified).unwrap(),
        )));
    let logger = config.start_blocking().unwrap();
    let record = logger
        .stream(stream)
        .unwrap()
        .log(format_args!("once more"));
    record.wait().into_result().unwrap();
    logger.stop_blocking().unwrap();
}
