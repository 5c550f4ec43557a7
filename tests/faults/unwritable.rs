//! Directories that may not be written to: at the start a clear answer, while running a wait.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::Found,
    mounts::{Image, SmallDisk},
    rounds,
    tally::Tally,
    tools::{self, Tool},
    victim::{Casting, check_told},
};

const THREADS: u64 = 2;
const RECORDS: u64 = 5_000;

/// Past three boundaries: the second folder was made ahead, the third one cannot be.
const SPAN: u64 = 900 * 1_000_000_000;

/// Nobody in particular, who may not do everything.
const NOBODY: u32 = 65_534;

/// A copy of this program in `dir`, for a user who may not go where it was built.
fn program_for_everybody(dir: &Path) -> PathBuf {
    let program = dir.join("victim");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(dir, Permissions::from_mode(0o755)).unwrap();
    program
}

/// The command that runs a victim as nobody.
fn as_nobody() -> [String; 4] {
    let [user, group] = ["uid", "gid"].map(|id| format!("--re{id}={NOBODY}"));
    [
        "setpriv".to_owned(),
        user,
        group,
        "--clear-groups".to_owned(),
    ]
}

/// Starts a crowd that must be refused because of `base`, for this reason.
#[track_caller]
fn check_refused(casting: Casting, base: &Path, reason: &str) {
    let mut victim = casting.with("records", 1).with("step", 1).start();
    let error = victim.hear("refused");
    assert_eq!(victim.succeed(), "");
    let start = format!(
        "invalid configuration: base_log_dir: {:?} cannot be used: ",
        base.to_str().unwrap()
    );
    assert!(
        error.starts_with(&start) && error.contains(reason),
        "{error}"
    );
}

#[test]
fn a_read_only_file_system_at_the_start() {
    if !tools::are_here("read-only at the start", &[Tool::Namespaces]) {
        return;
    }
    let _machine = rounds::beside_others();
    let dir = tempfile::tempdir().unwrap();
    let disk = SmallDisk::below(dir.path());
    for base in [disk.at.clone(), disk.at.join("deep/er/logs")] {
        let casting = crowd(&base, THREADS).under(&disk.mounted_for_victim("ro"));
        check_refused(casting, &base, "Read-only file system");
    }
}

#[test]
fn a_directory_of_others_at_the_start() {
    if !tools::are_here("unwritable at the start", &[Tool::Root]) {
        return;
    }
    let _machine = rounds::beside_others();
    let dir = tempfile::tempdir().unwrap();
    let program = program_for_everybody(dir.path());
    let others = dir.path().join("others");
    fs::create_dir(&others).unwrap();
    fs::set_permissions(&others, Permissions::from_mode(0o755)).unwrap();
    for base in [others.clone(), others.join("deep/er/logs")] {
        let casting = crowd(&base, THREADS).program(&program).under(&as_nobody());
        check_refused(casting, &base, "Permission denied");
        assert_eq!(
            fs::read_dir(&others).unwrap().count(),
            0,
            "something was made"
        );
    }
}

#[test]
fn a_directory_that_may_not_be_written_to_for_a_while() {
    if !tools::are_here("unwritable while running", &[Tool::Root]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let program = program_for_everybody(dir.path());
    let shared = dir.path().join("shared");
    fs::create_dir(&shared).unwrap();
    chown(&shared, Some(NOBODY), Some(NOBODY)).unwrap();
    let base = shared.join("logs");
    let ledger_path = dir.path().join("ledger");
    let ledger = Ledger::open(&ledger_path);
    chown(&ledger_path, Some(NOBODY), Some(NOBODY)).unwrap();
    let mut victim = crowd(&base, THREADS)
        .with("records", RECORDS)
        .with("step", SPAN / (THREADS * RECORDS))
        .with("rate", 4_000)
        .with("ledger", ledger_path.display())
        .with("keep", "")
        .program(&program)
        .under(&as_nobody())
        .start();
    victim.hear("started");
    fs::set_permissions(&base, Permissions::from_mode(0o500)).unwrap();
    // The folder that was not made ahead is needed after half of the records.
    assert!(rounds::until(
        || ledger.total(THREADS) >= THREADS * RECORDS * 2 / 3
    ));
    rounds::last(Duration::from_millis(200));
    let written = Found::read(&base, "app").count();
    tally.expect(written <= THREADS * RECORDS / 2 + THREADS, || {
        format!("{written} written without a folder")
    });
    let queued = ledger.total(THREADS);
    fs::set_permissions(&base, Permissions::from_mode(0o700)).unwrap();
    let freed = Instant::now();
    let is_back = rounds::until(|| Found::read(&base, "app").count() >= queued);
    let took = u64::try_from(freed.elapsed().as_millis()).unwrap();
    tally.peak("ms until all was written:", took);
    tally.expect(is_back && took < 1_000, || {
        format!("all written after {took} ms")
    });
    assert_eq!(victim.hear("made"), "0");
    victim.tell("stop");
    let outcome = victim.hear("stopped");
    tally.expect(outcome == "ok", || outcome.clone());
    victim.tell("leave");
    let stderr = victim.succeed();
    check_told(&stderr, "Permission denied", &mut tally);
    check_all(&base, &mut tally);
    let shown = [
        "records",
        "missing",
        "doubled",
        "torn",
        "ms until all was written:",
    ];
    tally.report(
        "a directory that may not be written to for a while",
        &shown,
        begun,
    );
}

fn check_all(base: &Path, tally: &mut Tally) {
    let app = Found::read(base, "app");
    app.check_whole("app.log", tally);
    for thread in 0..THREADS {
        app.check("app.log", thread, RECORDS, tally);
    }
    tally.add("records", app.count());
}

/// As the kernel does it after an error: with the files open.
#[test]
fn a_file_system_that_becomes_read_only() {
    if !tools::are_here("read-only while running", &[Tool::Root, Tool::Ext4]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let image = Image::new("ext4", dir.path());
    let at = image.at.to_str().unwrap();
    tools::run(&["mount", "-o", "remount,errors=remount-ro", at]);
    let ledger_path = dir.path().join("ledger");
    let ledger = Ledger::open(&ledger_path);
    let base = image.at.join("logs");
    let victim = crowd(&base, THREADS)
        .with("durability", "written")
        .with("ledger", ledger_path.display())
        .start();
    assert!(rounds::until(|| ledger.total(THREADS) >= 200));
    let device = tools::run(&["findmnt", "-n", "-o", "SOURCE", at]);
    let device = device.trim().trim_start_matches("/dev/");
    fs::write(format!("/sys/fs/ext4/{device}/trigger_fs_error"), "1").unwrap();
    // Nobody is told that a record is written while none can be.
    let is_still = || {
        let before = ledger.total(THREADS);
        rounds::last(Duration::from_millis(100));
        ledger.total(THREADS) == before
    };
    assert!(rounds::until(is_still), "goes on without a disk");
    let acknowledged = ledger.read(THREADS);
    let (_, stderr) = victim.kill();
    check_told(&stderr, "Read-only file system", &mut tally);
    let app = Found::read(&base, "app");
    for (thread, acknowledged) in (0..).zip(acknowledged) {
        tally.add("acknowledged", acknowledged);
        app.check("app.log", thread, acknowledged, &mut tally);
    }
    let shown = ["acknowledged", "missing", "doubled"];
    tally.report("a file system that becomes read-only", &shown, begun);
}
