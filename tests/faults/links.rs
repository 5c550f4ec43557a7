//! A link in place of a folder, and what else of the base directory is somebody's own.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    crowd::crowd,
    lines::{Found, folders},
    planted::{MINE, SOON, THREADS, check_records, is_mine, start},
    rounds,
    tally::Tally,
    tools,
    victim::check_told,
};

#[test]
fn a_symlink_in_place_of_the_folder() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let (mut victim, ledger, base) = start(dir.path());
    let folder = folders(&base)[0].clone();
    let aside = dir.path().join("aside");
    fs::rename(&folder, &aside).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    let planted = Instant::now();
    let beside = folder.with_file_name(format!(
        "{}__00-00",
        folder.file_name().unwrap().to_str().unwrap()
    ));
    let goes_on = rounds::until_within(SOON, || beside.join("app.log").exists());
    let took = u64::try_from(planted.elapsed().as_millis()).unwrap();
    tally.peak("ms until it went on:", took);
    tally.expect(goes_on && took < 1_500, || {
        format!("went on after {took} ms")
    });
    let written = fs::read_dir(&elsewhere).unwrap();
    let written = written.map(|entry| entry.unwrap().file_name());
    let written = written.collect::<Vec<_>>();
    tally.expect(written.is_empty(), || {
        format!("written through: {written:?}")
    });
    victim.tell("enough");
    let outcome = victim.hear("stopped");
    tally.expect(outcome == "ok", || outcome.clone());
    let stderr = victim.succeed();
    check_told(&stderr, "cannot create the folder", &mut tally);
    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    let made = ledger.read(THREADS);
    for stream in ["app", "errors"] {
        // As one folder, in the order of time.
        let name = format!("{stream}.log");
        let text = [&aside, &beside].map(|folder| fs::read(folder.join(&name)).unwrap());
        fs::write(folder.join(name), text.concat()).unwrap();
    }
    fs::remove_dir_all(&beside).unwrap();
    check_records(&base, [made[0], made[1]], &mut tally);
    let shown = [
        "records",
        "missing",
        "doubled",
        "torn",
        "ms until it went on:",
    ];
    tally.report("a symlink in place of the folder", &shown, begun);
}

/// As fast as can be: at the right moment the logger would look at the folder, and open what is
/// behind the link.
#[test]
fn a_symlink_that_comes_and_goes_in_place_of_the_folder() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let [elsewhere, aside] = ["elsewhere", "aside"].map(|name| dir.path().join(name));
    fs::create_dir(&elsewhere).unwrap();
    let (mut victim, _, base) = start(dir.path());
    let folder = folders(&base)[0].clone();
    let time = rounds::either(Duration::from_secs(1), Duration::from_secs(20));
    while begun.elapsed() < time {
        // The logger makes the folder again whenever it misses it.
        let _ = fs::remove_dir_all(&aside);
        if fs::rename(&folder, &aside).is_err() || symlink(&elsewhere, &folder).is_err() {
            continue;
        }
        tally.add("times", 1);
        rounds::last(Duration::from_micros(200));
        let _ = fs::remove_file(&folder);
        if fs::rename(&aside, &folder).is_ok() {
            rounds::last(Duration::from_micros(200));
        }
    }
    let written = fs::read_dir(&elsewhere).unwrap();
    let written = written.map(|entry| entry.unwrap().file_name());
    let written = written.collect::<Vec<_>>();
    tally.add("files written through it", written.len() as u64);
    tally.expect(written.is_empty(), || {
        format!("written through: {written:?}")
    });
    victim.tell("enough");
    victim.hear("stopped");
    victim.succeed();
    let shown = ["times", "files written through it"];
    tally.report(
        "a symlink that comes and goes in place of the folder",
        &shown,
        begun,
    );
}

#[test]
fn a_symlink_in_place_of_the_folder_before_the_start() {
    let _machine = rounds::beside_others();
    let dir = tempfile::tempdir().unwrap();
    let [base, elsewhere] = ["logs", "elsewhere"].map(|name| dir.path().join(name));
    fs::create_dir(&elsewhere).unwrap();
    fs::create_dir(&base).unwrap();
    symlink(&elsewhere, base.join("2025-05-04__14-55")).unwrap();
    let mut victim = crowd(&base, THREADS)
        .with("records", 10)
        .with("step", 1)
        .start();
    assert_eq!(victim.hear("stopped"), "ok");
    let told = victim.succeed();
    let written = fs::read_dir(&elsewhere).unwrap().count();
    assert_eq!(written, 0, "written through: {told}");
    assert!(
        told.contains("2025-05-04__14-55: something that is not a folder"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
    assert_eq!(Found::read(&base, "app").count(), 20);
}

#[test]
fn what_the_logger_keeps_beside_the_folders() {
    let _machine = rounds::beside_others();
    let start = |base: &Path| {
        let mut victim = crowd(base, THREADS)
            .with("records", 10)
            .with("step", 1)
            .start();
        assert_eq!(victim.hear("stopped"), "ok");
        assert_eq!(victim.succeed(), "");
        assert_eq!(Found::read(base, "app").count(), 20);
    };
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("target");
    let base = |name: &str| {
        let base = dir.path().join(name);
        fs::create_dir(&base).unwrap();
        base
    };

    // `current` is somebody's own file, or folder: left alone.
    let own_file = base("own file");
    fs::write(own_file.join("current"), MINE).unwrap();
    start(&own_file);
    assert!(is_mine(&own_file.join("current")));
    let own_folder = base("own folder");
    fs::create_dir(own_folder.join("current")).unwrap();
    fs::write(own_folder.join("current/file"), MINE).unwrap();
    start(&own_folder);
    assert!(is_mine(&own_folder.join("current/file")));

    // The description is a symlink, or a FIFO: replaced, not followed, not waited for.
    let link = base("link");
    fs::write(&target, MINE).unwrap();
    symlink(&target, link.join(".chronologix.json")).unwrap();
    start(&link);
    assert!(is_mine(&target));
    let fifo = base("fifo");
    let path = fifo.join(".chronologix.json");
    tools::run(&["mkfifo", path.to_str().unwrap()]);
    start(&fifo);
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
}
