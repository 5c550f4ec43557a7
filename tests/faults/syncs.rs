//! A sync fails: every caller that waits for it gets an error.

use std::time::Instant;

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::{Found, files},
    rounds::{self, Dice},
    tally::Tally,
    tools::{self, Tool},
    trace::{self, Proof},
};

const THREADS: u64 = 64;
const RECORDS: u64 = 12;

#[test]
fn a_failed_sync_is_told_to_all_who_wait() {
    if !tools::are_here("fsync fails", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(6, 50), 4, fail_a_sync);
    let shown = [
        "rounds",
        "syncs failed",
        "told ok",
        "told of the failure",
        "told a lie",
        "told too early",
    ];
    tally.report("fsync fails, 64 callers waiting", &shown, begun);
}

fn fail_a_sync(round: u64) -> Tally {
    let mut dice = Dice::new(round + 1);
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let [base, ledger, times, trace] =
        ["logs", "ledger", "times", "trace"].map(|name| folder.path().join(name));
    // One that fails; two in a row, so that the lines cannot be saved in another file either; every
    // second one. The first sync is that of the catalogue.
    let first = 2 + dice.below(10);
    let when = match round % 5 {
        0..3 => format!("{first}"),
        3 => format!("{first}..{}", first + 1),
        _ => format!("{first}+2"),
    };
    let mut strace = trace::OPTIONS.to_vec();
    let inject = format!("inject=fdatasync:error=EIO:when={when}");
    strace.extend([trace.to_str().unwrap(), "-e", &inject]);
    let mut victim = crowd(&base, THREADS)
        .with("ledger", ledger.display())
        .with("times", times.display())
        .with("stream", "audit")
        .with("durability", "synced")
        .with("records", RECORDS)
        .under(&strace)
        .start();
    let told_of_failure = victim.hear("made").parse::<u64>().unwrap();
    victim.succeed();

    let proof = Proof::read(&trace, "audit");
    let times = Ledger::open(&times);
    tally.add("rounds", 1);
    tally.add("syncs failed", proof.failed);
    tally.add("told of the failure", told_of_failure);
    tally.expect(proof.failed > 0, || format!("no sync failed at {when}"));
    tally.expect(round % 5 >= 3 || told_of_failure == 0, || {
        format!("one sync failed, and {told_of_failure} lines were not saved in another file")
    });
    let mut told_ok = 0;
    for record in (0..THREADS).flat_map(|thread| (1..=RECORDS).map(move |at| (thread, at))) {
        let Some(told) = times.time(record.0, record.1) else {
            continue;
        };
        told_ok += 1;
        match proof.synced.get(&record) {
            None => {
                tally.add("told a lie", 1);
                tally.problem(format!("{record:?} was acknowledged, but never synced"));
            }
            // strace tells microseconds.
            Some(since) if told + 1_000 < *since => {
                tally.add("told too early", 1);
                tally.problem(format!("{record:?} was acknowledged before it was synced"));
            }
            Some(_) => {}
        }
    }
    tally.add("told ok", told_ok);
    tally.expect(told_ok + told_of_failure == THREADS * RECORDS, || {
        format!("{told_ok} and {told_of_failure} callers were told")
    });
    tally
}

#[test]
fn syncs_that_all_fail_make_two_files_and_leave_each_record_once() {
    if !tools::are_here("every fsync fails", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let strace = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=fdatasync",
        "-e",
        "inject=fdatasync:error=EIO",
    ];
    let mut victim = crowd(&base, 1)
        .with("stream", "audit")
        .with("durability", "synced")
        .with("records", 400)
        .under(&strace)
        .start();
    assert_eq!(victim.hear("made"), "400", "failed");
    victim.succeed();
    let mut tally = Tally::default();
    let found = Found::read(&base, "audit");
    found.check_whole("audit.log", &mut tally);
    found.check("audit.log", 0, 400, &mut tally);
    tally.report(
        "every fsync fails",
        &["missing", "doubled", "torn"],
        Instant::now(),
    );
    let files = files(&base, "audit");
    assert!(files.len() <= 2, "{files:?}");
}
