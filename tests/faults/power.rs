//! The power goes: what was acknowledged as synced is on the disk, and so are the names that lead
//! to it.

use std::{path::Path, sync::Mutex, thread, time::Instant};

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::{Found, folders},
    mounts::{Image, PowerSwitch},
    rounds::{self, Dice},
    tally::Tally,
    tools::{self, Tool},
    victim::Victim,
};

const THREADS: u64 = 8;

/// Nanoseconds that the clock of the victim goes on with each record: a rollover every 60 records.
const STEP: u64 = 5_000_000_000;

#[test]
fn synced_records_survive() {
    let needed = [Tool::Root, Tool::Ext4, Tool::Xfs, Tool::Python];
    if !tools::are_here("power cut", &needed) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let sum = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for kind in ["ext4", "xfs"] {
            let sum = &sum;
            scope.spawn(move || {
                let tally = cut_often(kind, rounds::either(3, 50));
                sum.lock().unwrap().add_all(0, tally);
            });
        }
    });
    let shown = [
        "cuts",
        "acknowledged",
        "missing",
        "doubled",
        "folders",
        "lost unacknowledged",
        "torn",
    ];
    let tally = sum.into_inner().unwrap();
    tally.report("power cut, synced (ext4 and xfs)", &shown, begun);
}

fn cut_often(kind: &str, rounds: u64) -> Tally {
    let folder = tempfile::tempdir().unwrap();
    let mut image = Image::new(kind, folder.path());
    let mut switch = PowerSwitch::new();
    let mut sum = Tally::default();
    for round in 0..rounds {
        let tally = cut(&mut image, &mut switch, folder.path(), round);
        sum.add_all(round, tally);
    }
    check_switch(&mut image, &mut switch, folder.path(), &mut sum);
    sum
}

fn cut(image: &mut Image, switch: &mut PowerSwitch, folder: &Path, round: u64) -> Tally {
    let mut dice = Dice::new(round + 1);
    let mut tally = Tally::default();
    let ledger_path = folder.join(format!("ledger.{round}"));
    let ledger = Ledger::open(&ledger_path);
    let base = image.at.join(format!("round.{round}/logs"));
    let victim = crowd(&base, THREADS)
        .with("ledger", ledger_path.display())
        .with("durability", "synced")
        .with("step", STEP)
        .with("filling", 300)
        .start();
    let enough = dice.below(500);
    assert!(rounds::until(|| ledger.total(THREADS) >= enough));
    stop(&victim);
    let before = Found::read(&base, "app").count();
    switch.cut(image);
    victim.kill();
    image.unmount();
    image.mount();
    tally.add("cuts", 1);

    let acknowledged = ledger.read(THREADS);
    tally.add("acknowledged", acknowledged.iter().sum());
    tally.add("folders", folders(&base).len() as u64);
    let [app, errors] = ["app", "errors"].map(|stream| Found::read(&base, stream));
    tally.add("lost unacknowledged", before.saturating_sub(app.count()));
    for (thread, acknowledged) in (0..).zip(acknowledged) {
        app.check("app.log", thread, acknowledged, &mut tally);
        let of_errors = if thread % 2 == 0 { 0 } else { acknowledged };
        errors.check("errors.log", thread, of_errors, &mut tally);
    }
    // What was never synced may be there in part, as long as it is at the end.
    tally.add("torn", app.torn_tails.len() as u64);
    for found in [app, errors] {
        let is_blank = |line: &String| line.chars().all(|letter| letter == '\0');
        tally.expect(found.strange.iter().all(is_blank), || {
            format!("strange lines: {:?}", found.strange)
        });
    }
    tally
}

/// Without a sync nothing survives: the switch does what it should.
fn check_switch(image: &mut Image, switch: &mut PowerSwitch, folder: &Path, tally: &mut Tally) {
    let path = folder.join("ledger.control");
    let ledger = Ledger::open(&path);
    let base = image.at.join("control/logs");
    let victim = crowd(&base, THREADS)
        .with("ledger", path.display())
        .with("durability", "written")
        .start();
    assert!(rounds::until(|| ledger.total(THREADS) >= 100));
    stop(&victim);
    switch.cut(image);
    victim.kill();
    image.unmount();
    image.mount();
    let survived = Found::read(&base, "app").count();
    tally.expect(survived == 0, || {
        format!("{survived} records survived that were never synced")
    });
}

/// Stops a process, and waits until none of its threads is in the middle of a call any more: the
/// power does not go while the disk answers.
fn stop(victim: &Victim) {
    victim.signal("STOP");
    let has_stopped = |stat: String| {
        let state = stat
            .rsplit_once(") ")
            .map(|(_, fields)| fields.chars().next());
        state == Some(Some('T'))
    };
    let have_all_stopped = || {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", victim.pid)).unwrap();
        let stats = tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")));
        stats.map(Result::unwrap).all(has_stopped)
    };
    assert!(rounds::until(have_all_stopped));
}
