//! Sandboxes that refuse calls of the system: by seccomp, as container runtimes and systemd do, or
//! because the kernel is older. A logger goes on by another way.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    time::Instant,
};

use crate::{
    crowd::crowd,
    lines::{Found, folders},
    rounds,
    tally::Tally,
    tools::{self, Tool},
    victim::Casting,
};

const THREADS: u64 = 2;
const RECORDS: u64 = 500;

/// How a filter refuses a call, if it does not kill.
const ERRORS: [&str; 3] = ["EPERM", "EACCES", "ENOSYS"];

/// Calls that a logger makes if it may, another error that they have, and what stderr says where
/// they are refused.
const CALLS: [(&str, &str, &str); 15] = [
    ("openat2", "", ""),
    ("statx", "", ""),
    ("statfs", "", ""),
    ("membarrier", "", ""),
    ("timerfd_create", "ENFILE", ""),
    ("timerfd_settime", "", ""),
    ("eventfd2", "EMFILE", ""),
    // No instances, and no watches, are left to this user.
    ("inotify_init1", "EMFILE", ""),
    ("inotify_add_watch", "ENOSPC", ""),
    ("setpriority", "", ""),
    ("prctl", "", ""),
    ("renameat2", "", ""),
    ("fchmod", "", ""),
    ("flock", "", "cannot lock files in"),
    ("symlink", "", "cannot create the link"),
];

/// A crowd that passes two boundaries.
fn passing_boundaries(base: &Path) -> Casting {
    crowd(base, THREADS)
        .with("records", RECORDS)
        .with("step", 600 * 1_000_000_000 / (THREADS * RECORDS))
        .with("durability", "synced")
}

/// Plays to the end, and checks that all is there and what was told.
fn check(process: Casting, base: &Path, told: &str, what: &str, tally: &mut Tally) {
    let mut victim = process.start();
    let failed = victim.hear("made");
    let stopped = victim.hear("stopped");
    let stderr = victim.succeed();
    tally.expect(failed == "0" && stopped == "ok", || {
        format!("{what}: {failed} failed, stopped: {stopped}")
    });
    let lines = usize::from(!told.is_empty());
    let is_told = stderr.lines().count() == lines && stderr.contains(told);
    tally.expect(is_told, || format!("{what}: {stderr:?}"));
    let app = Found::read(base, "app");
    for thread in 0..THREADS {
        app.check("app.log", thread, RECORDS, tally);
    }
    tally.add("records", app.count());
    tally.add("sandboxes", 1);
}

#[test]
fn each_call_that_a_logger_can_do_without_is_refused() {
    if !tools::are_here("seccomp's errors", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    // One error for each call in a plain run, every one in a full run.
    let each = CALLS.iter().zip(ERRORS.iter().cycle());
    let each = each.flat_map(|((call, more, told), one)| {
        let errors = rounds::either(std::slice::from_ref(one), &ERRORS);
        let more = Some(more).filter(|error| !error.is_empty());
        let errors = errors.iter().chain(more);
        errors.map(|error| (*call, *error, *told))
    });
    let each = each.collect::<Vec<_>>();
    let tally = rounds::play(each.len() as u64, 4, |round| {
        let (call, error, told) = each[usize::try_from(round).unwrap()];
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let process = passing_boundaries(&base);
        let process = process.under(&tools::strace(call, &format!("error={error}")));
        let what = format!("{call} {error}");
        check(process, &base, told, &what, &mut tally);
        tally
    });
    let shown = ["sandboxes", "records", "missing", "doubled"];
    tally.report("a sandbox refuses one call", &shown, begun);
}

#[test]
fn all_of_them_are_refused_and_retention_works() {
    if !tools::are_here("a strict sandbox", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    let mut tally = Tally::default();
    for error in ERRORS {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let old = base.join("2020-05-04__14-00");
        fs::create_dir_all(&old).unwrap();
        // Without the last folders, the clock would not be trusted.
        for minute in [30, 35, 40, 45, 50] {
            fs::create_dir(base.join(format!("2025-05-04__14-{minute}"))).unwrap();
        }
        fs::write(old.join("app.log"), "line\n").unwrap();
        let calls = CALLS.iter().filter(|(.., told)| told.is_empty());
        let calls = calls.map(|(call, ..)| *call).collect::<Vec<_>>().join(",");
        let process = passing_boundaries(&base).with("retain", "30d");
        let process = process.under(&tools::strace(&calls, &format!("error={error}")));
        check(process, &base, "", error, &mut tally);
        tally.expect(!old.exists(), || format!("{error}: not removed"));
    }
    tally.report("all at once", &["sandboxes", "records"], Instant::now());
}

#[test]
fn a_deleted_file_is_noticed_without_statx_and_inotify() {
    if !tools::are_here("no statx", &[Tool::Strace]) {
        return;
    }
    let _machine = rounds::beside_others();
    for error in ERRORS {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let calls = "statx,inotify_init1";
        let mut victim = crowd(&base, 1)
            .with("records", 2_000)
            .with("rate", 2_000)
            .with("durability", "written")
            .under(&tools::strace(calls, &format!("error={error}")))
            .start();
        victim.hear("started");
        let path = folders(&base)[0].join("app.log");
        assert!(rounds::until(
            || fs::metadata(&path).is_ok_and(|it| it.len() > 2_000)
        ));
        let mut old = File::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        // What was written until now, some reader has seen.
        let seen = old.metadata().unwrap().len();
        assert_eq!(victim.hear("made"), "0");
        victim.succeed();
        let mut text = String::new();
        old.by_ref().take(seen).read_to_string(&mut text).unwrap();
        let mut found = Found::read(&base, "app");
        found.take(text.as_bytes());
        let numbers = &found.numbers[&0];
        let missing = (1..=2_000).filter(|number| !numbers.contains(number));
        assert_eq!(missing.count(), 0, "{error}: in the deleted file alone");
    }
}

#[test]
fn there_is_no_proc_and_no_sys() {
    if !tools::are_here("no /proc", &[Tool::Namespaces]) {
        return;
    }
    let _machine = rounds::beside_others();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("logs");
    let hide = "mount -t tmpfs none /proc && mount -t tmpfs none /sys && exec \"$@\"";
    let process = passing_boundaries(&base).under(&["unshare", "-Urm", "sh", "-c", hide, "sh"]);
    check(process, &base, "", "no /proc", &mut tally);
    tally.report("no /proc", &["records"], Instant::now());
}

#[test]
fn the_root_is_read_only_and_one_mount_is_not() {
    if !tools::are_here("a read-only root", &[Tool::Namespaces]) {
        return;
    }
    let _machine = rounds::beside_others();
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mount = format!(
        "mount -t tmpfs none {} && mount -o remount,bind,ro / && exec \"$@\"",
        disk.display()
    );
    let mut victim = crowd(&disk.join("deep/logs"), THREADS)
        .with("records", RECORDS)
        .with("durability", "synced")
        .with("keep", "")
        .under(&["unshare", "-Urm", "sh", "-c", &mount, "sh"])
        .start();
    assert_eq!(victim.hear("made"), "0");
    let root = Path::new("/proc").join(victim.pid.to_string()).join("root");
    let base = root.join(disk.strip_prefix("/").unwrap()).join("deep/logs");
    let app = Found::read(&base, "app");
    for thread in 0..THREADS {
        app.check("app.log", thread, RECORDS, &mut tally);
    }
    victim.tell("stop");
    victim.tell("leave");
    assert_eq!(victim.hear("stopped"), "ok");
    assert_eq!(victim.succeed(), "");
    tally.report("a read-only root", &["missing"], Instant::now());
}
