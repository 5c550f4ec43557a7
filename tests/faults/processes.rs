//! Several processes log into one tree at once: every line is there, once and whole.

use std::time::Instant;

use crate::{
    crowd::crowd,
    lines::{Found, folders},
    rounds,
    tally::Tally,
};

/// Of each process.
const THREADS: u64 = 4;

/// Nanoseconds that each process's own clock goes on until its last record: past three boundaries.
const SPAN: u64 = 900 * 1_000_000_000;

#[test]
fn every_line_is_there_once_and_whole() {
    let _machine = rounds::beside_others();
    for (processes, times) in [(2, rounds::either(1, 5)), (8, rounds::either(1, 5))] {
        let records = rounds::either(10_000, 100_000);
        let begun = Instant::now();
        let tally = rounds::play(times, 1, |_| log_together(processes, records));
        let shown = ["rounds", "records", "folders", "missing", "doubled", "torn"];
        let title = format!("{processes} processes in one tree");
        tally.report(&title, &shown, begun);
    }
}

fn log_together(processes: u64, records: u64) -> Tally {
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let start = |process: u64| {
        crowd(&base, THREADS)
            .with("first_thread", process * THREADS)
            .with("records", records / THREADS)
            .with("step", SPAN / records)
            .with("filling", 40)
            .start()
    };
    let victims = (0..processes).map(start).collect::<Vec<_>>();
    for mut victim in victims {
        let failed = victim.hear("made");
        tally.expect(failed == "0", || format!("{failed} records failed"));
        let outcome = victim.hear("stopped");
        tally.expect(outcome == "ok", || outcome.clone());
        let stderr = victim.succeed();
        tally.expect(stderr.is_empty(), || stderr.clone());
    }

    let [app, errors] = ["app", "errors"].map(|stream| Found::read(&base, stream));
    for (found, name) in [(&app, "app.log"), (&errors, "errors.log")] {
        found.check_whole(name, &mut tally);
    }
    for thread in 0..processes * THREADS {
        app.check("app.log", thread, records / THREADS, &mut tally);
        if thread % 2 == 1 {
            errors.check("errors.log", thread, records / THREADS, &mut tally);
        }
    }
    tally.expect(app.count() == processes * records, || {
        format!("{} lines in app.log", app.count())
    });
    // Folders that were made ahead and stayed empty are gone.
    let folders = folders(&base);
    tally.expect(folders.len() == 4, || format!("{folders:?}"));
    tally.add("rounds", 1);
    tally.add("records", app.count());
    tally.add("folders", folders.len() as u64);
    tally
}
