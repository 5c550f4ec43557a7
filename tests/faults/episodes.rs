//! When the disk refuses: the logger reports each kind of failure once per episode, to the handler
//! or on stderr, and counts every one.

use std::{collections::HashSet, time::Instant};

use crate::{
    crowd::crowd,
    rounds,
    tally::Tally,
    tools::{self, Tool},
    victim::Casting,
};

const THREADS: u64 = 2;
const RECORDS: u64 = 3_000;

/// What a crowd was told, and counted.
struct Told {
    errors: Vec<String>,
    stderr: String,
    queued: u64,
    written: u64,
    failed: u64,
    disk_errors: u64,
}

/// Plays a crowd to its end, of which this call fails at these times.
#[track_caller]
fn play(casting: Casting, call: &str, error: &str, when: &str) -> Told {
    let strace = tools::strace(call, &format!("error={error}:when={when}"));
    let mut victim = casting.under(&strace).start();
    let mut errors = Vec::new();
    let numbers = loop {
        let line = victim.hear_any();
        match line.split_once(' ') {
            Some(("error", error)) => errors.push(error.to_owned()),
            Some(("stats", numbers)) => break numbers.to_owned(),
            _ => {}
        }
    };
    let numbers = numbers.split(' ').map(|number| number.parse().unwrap());
    let [queued, written, failed, disk_errors] = numbers.collect::<Vec<u64>>()[..] else {
        panic!("not four numbers");
    };
    let stderr = victim.succeed();
    Told {
        errors,
        stderr,
        queued,
        written,
        failed,
        disk_errors,
    }
}

fn busy(base: &std::path::Path) -> Casting {
    crowd(base, THREADS)
        .with("records", RECORDS)
        .with("rate", 3_000)
        .with("tell", "")
}

#[test]
fn once_per_episode_and_each_is_counted() {
    if !tools::are_here("on_error", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(1, 5), 1, |_| {
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let all = THREADS * RECORDS;

        // Files cannot be opened or made for a while: a start takes eleven of these calls, and each
        // attempt three, two of them for the catalogue. One episode of each kind there is.
        let told = play(
            busy(&dir.path().join("one")).with("stream", "app"),
            "openat2",
            "EIO",
            "12..24",
        );
        tally.add("failures", told.disk_errors);
        tally.add("told", told.errors.len() as u64);
        let different = told.errors.iter().collect::<HashSet<_>>().len();
        let is_once = (1..=4).contains(&different) && different == told.errors.len();
        tally.expect(is_once, || format!("one episode: {:?}", told.errors));
        tally.expect(told.disk_errors >= 3, || {
            format!("{} counted", told.disk_errors)
        });
        tally.expect(
            told.queued == all && told.written == all && told.failed == 0,
            || {
                format!(
                    "{} queued, {} written, {} failed",
                    told.queued, told.written, told.failed
                )
            },
        );
        tally.expect(told.stderr.is_empty(), || told.stderr.clone());

        // One sync that fails, and lines that are saved in another file.
        let synced = busy(&dir.path().join("sync"))
            .with("stream", "audit")
            .with("durability", "synced")
            .with("records", 50)
            .with("rate", 0);
        let told = play(synced, "fdatasync", "EIO", "5");
        tally.add("failures", told.disk_errors);
        tally.add("told", told.errors.len() as u64);
        let is_told = told.errors.len() == 1 && told.errors[0].contains("cannot sync");
        tally.expect(is_told, || format!("sync: {:?}", told.errors));
        tally.expect(told.disk_errors == 1 && told.failed == 0, || {
            format!("sync: {} counted, {} failed", told.disk_errors, told.failed)
        });

        // Every sync fails: the same trouble all the time, and every caller is told. What happens
        // to the catalogue is another kind.
        let synced = busy(&dir.path().join("syncs"))
            .with("stream", "audit")
            .with("durability", "synced")
            .with("records", 20)
            .with("rate", 0);
        let told = play(synced, "fdatasync", "EIO", "1+");
        tally.add("failures", told.disk_errors);
        tally.add("told", told.errors.len() as u64);
        let of_catalogue = told
            .errors
            .iter()
            .filter(|error| error.contains("catalogue"));
        let is_told = told.errors.len() == 2 && of_catalogue.count() == 1;
        tally.expect(is_told, || format!("syncs: {:?}", told.errors));
        tally.expect(told.failed == THREADS * 20, || {
            format!("syncs: {} failed", told.failed)
        });
        tally
    });
    tally.report("on_error", &["failures", "told"], begun);
}
