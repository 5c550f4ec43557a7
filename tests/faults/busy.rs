//! The process ends while its threads go on logging: whatever was acknowledged is there.

use std::{
    os::unix::process::ExitStatusExt,
    time::{Duration, Instant},
};

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::Found,
    rounds::{self, Dice},
    tally::Tally,
    tools::WITH_SIGNALS,
};

const THREADS: u64 = 4;

#[test]
fn ends_while_threads_log() {
    let _machine = rounds::beside_others();
    let mut has_failed = false;
    for way in [
        "stop", "exit", "TERM", "INT", "HUP", "QUIT", "ABRT", "SEGV", "BUS",
    ] {
        let begun = Instant::now();
        let tally = rounds::play(rounds::either(2, 20), 2, |round| end(way, round));
        let shown = [
            "ends",
            "acknowledged",
            "missing",
            "of those from before missing",
            "doubled",
            "torn",
            "ms until it was gone:",
        ];
        let title = format!("threads log on, {way}");
        has_failed |= !tally.show(&title, &shown, begun);
    }
    assert!(!has_failed, "see above");
}

fn end(way: &str, round: u64) -> Tally {
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let [base, path] = ["logs", "ledger"].map(|name| dir.path().join(name));
    let ledger = Ledger::open(&path);
    let mut victim = crowd(&base, THREADS)
        .with("ledger", path.display())
        .with("rate", [0, 2_000][usize::try_from(round % 2).unwrap()])
        .with("cue", way)
        .with("signals", "")
        .under(&WITH_SIGNALS)
        .start();
    let enough = Dice::new(round + 1).below(5_000);
    assert!(rounds::until(|| ledger.total(THREADS) >= enough));
    let before = ledger.read(THREADS);
    let signal = match way {
        "exit" | "stop" => {
            victim.tell("enough");
            None
        }
        signal => {
            victim.signal(signal);
            Some(number(signal))
        }
    };
    let asked = Instant::now();
    let ending = victim.end();
    let took = asked.elapsed();
    tally.peak(
        "ms until it was gone:",
        u64::try_from(took.as_millis()).unwrap(),
    );
    tally.expect(took < Duration::from_secs(5), || {
        format!("gone after {took:?}")
    });
    let is_right =
        ending.status.signal() == signal && (signal.is_some() || ending.status.success());
    tally.expect(is_right, || format!("{ending:?}"));
    // Records that come after the end are refused, and the first of them is told.
    let refused = "chronologix: the logger was stopped; the first record was one of ";
    let lines = ending.stderr.lines();
    let told = lines.filter(|line| !line.starts_with(refused));
    let told = told.collect::<Vec<_>>().join("\n");
    let is_quiet = !told.contains("chronologix: ");
    tally.expect(is_quiet, || told.clone());
    let app = Found::read(&base, "app");
    // Where threads are stopped in the middle of it, one more line may begin.
    app.check_whole("app.log", &mut tally);
    for (thread, before) in (0..).zip(before) {
        let there = app.of(thread).len() as u64;
        tally.add("of those from before missing", before.saturating_sub(there));
    }
    for (thread, acknowledged) in (0..).zip(ledger.read(THREADS)) {
        tally.add("acknowledged", acknowledged);
        app.check("app.log", thread, acknowledged, &mut tally);
    }
    tally.add("ends", 1);
    tally
}

/// As on every Linux that Rust runs on.
fn number(signal: &str) -> i32 {
    match signal {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "ABRT" => 6,
        "BUS" => 7,
        "SEGV" => 11,
        "TERM" => 15,
        unknown => panic!("{unknown}?"),
    }
}
