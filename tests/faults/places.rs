//! File systems that are not as a local disk: users that are mapped, no locks, no sync of names, no
//! links. A logger keeps what can be kept there, and says once what cannot.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown, symlink},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{
    crowd::crowd,
    lines::{Found, folders},
    rounds,
    tools::{self, Tool},
    victim::Casting,
};

const RECORDS: u64 = 10;

/// The user that all files of a mount belong to.
const MAPPED: u32 = 1_000;

/// Has the kernel make and check files as that user, while the process stays root: what a program
/// sees on NFS with `root_squash`, SMB, 9p or `bindfs`.
const MAPS_USERS: &str = "
#include <sys/fsuid.h>
__attribute__((constructor)) static void map(void) { setfsgid(1000); setfsuid(1000); }
";

/// A mount that maps users.
struct Mapped {
    _dir: TempDir,
    base: PathBuf,
    library: PathBuf,
}

impl Mapped {
    /// `None` where there is no such thing.
    fn new(test: &str) -> Option<Self> {
        if !tools::are_here(test, &[Tool::Root, Tool::Gcc]) {
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let library = tools::preload(dir.path(), "fsuid", MAPS_USERS);
        let base = dir.path().join("logs");
        fs::create_dir(&base).unwrap();
        chown(&base, Some(MAPPED), None).unwrap();
        Some(Self {
            _dir: dir,
            base,
            library,
        })
    }

    fn process(&self) -> Casting {
        let library = self.library.to_str().unwrap();
        one(&self.base).environment("LD_PRELOAD", library)
    }
}

/// A process with one thread that makes a few records.
fn one(base: &Path) -> Casting {
    crowd(base, 1).with("records", RECORDS)
}

/// Plays to the end, in which no record may have failed. Returns what is on stderr.
#[track_caller]
fn play(process: Casting) -> String {
    let mut victim = process.start();
    assert_eq!(victim.hear("made"), "0");
    assert_eq!(victim.hear("stopped"), "ok");
    victim.succeed()
}

/// The names in the only folder of a tree.
fn names(base: &Path) -> Vec<String> {
    let folders = folders(base);
    assert_eq!(folders.len(), 1, "{folders:?}");
    let entries = fs::read_dir(&folders[0]).unwrap();
    let mut names = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    names.sort();
    names
}

#[test]
fn where_files_belong_to_another_user_they_are_ours_all_the_same() {
    let Some(mount) = Mapped::new("a mount that maps users") else {
        return;
    };
    for start in 1..=3 {
        assert_eq!(play(mount.process()), "");
        assert_eq!(names(&mount.base), ["app.log", "audit.log", "errors.log"]);
        assert_eq!(Found::read(&mount.base, "app").count(), start * RECORDS);
    }
}

#[test]
fn where_users_are_mapped_a_file_of_yet_another_one_is_refused() {
    let Some(mount) = Mapped::new("another user's file on such a mount") else {
        return;
    };
    play(mount.process());
    let planted = folders(&mount.base)[0].join("app.log");
    for theirs in [12_345, 65_534] {
        fs::write(&planted, "not yours\n").unwrap();
        fs::set_permissions(&planted, fs::Permissions::from_mode(0o666)).unwrap();
        chown(&planted, Some(theirs), Some(theirs)).unwrap();
        let told = play(mount.process());
        assert_eq!(told.lines().count(), 1, "{told}");
        let reason =
            format!("belongs to user {theirs}, and this mount gives our files to user 1000");
        assert!(told.contains(&reason), "{told}");
        assert_eq!(fs::read_to_string(&planted).unwrap(), "not yours\n");
    }
}

#[test]
fn where_users_are_mapped_closed_folders_are_removed() {
    let Some(mount) = Mapped::new("retention where users are mapped") else {
        return;
    };
    // The file of its lock is there already, by the second start.
    for _ in 0..2 {
        let old = old_folder(&mount.base, "2025-05-04");
        tools::run(&["chown", "-R", "1000", mount.base.to_str().unwrap()]);
        let process = mount.process().with("retain", "7d").with("keep", "");
        let mut victim = process.start();
        assert!(rounds::until(|| !old.exists()), "it is still there");
        victim.tell("stop");
        victim.tell("leave");
        assert_eq!(victim.hear("stopped"), "ok");
        assert_eq!(victim.succeed(), "");
    }
}

/// A process under strace, which has these calls fail.
fn failing(process: Casting, calls: &str, error: &str, when: &str) -> Casting {
    process.under(&tools::strace(calls, &format!("error={error}:when={when}")))
}

#[test]
fn where_folders_cannot_be_synced_the_sync_of_the_files_counts() {
    if !tools::are_here("no fsync of folders", &[Tool::Strace]) {
        return;
    }
    for (error, first) in [
        // The first is that of the description.
        ("EINVAL", "2+"),
        ("EOPNOTSUPP", "2+"),
        ("EBADF", "2+"),
        ("ENOSYS", "2+"),
        ("EINVAL", "1+"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let process = one(&base)
            .with("stream", "audit")
            .with("durability", "synced");
        let told = play(failing(process, "fsync", error, first));
        let told = told.lines().collect::<Vec<_>>();
        assert_eq!(told.len(), if first == "1+" { 2 } else { 1 }, "{told:?}");
        let last = told.last().unwrap();
        assert!(
            last.starts_with("chronologix: cannot sync the names in"),
            "{last}"
        );
        assert_eq!(names(&base), ["app.log", "audit.log", "errors.log"]);
        assert_eq!(Found::read(&base, "audit").count(), RECORDS);
    }
}

#[test]
fn an_error_of_the_device_is_never_taken_for_a_sync_that_is_not_known() {
    if !tools::are_here("EIO at the fsync of a folder", &[Tool::Strace]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("logs");
    let process = one(&base)
        .with("stream", "audit")
        .with("durability", "synced");
    let mut victim = failing(process, "fsync", "EIO", "2+").start();
    assert_eq!(victim.hear("made"), RECORDS.to_string());
    assert!(victim.hear("stopped").contains("cannot sync the folder"));
    assert!(victim.succeed().contains("Input/output error"));
}

#[test]
fn where_nothing_can_be_synced_a_logger_starts_and_only_synced_is_refused() {
    if !tools::are_here("no fsync at all", &[Tool::Strace]) {
        return;
    }
    for error in ["EINVAL", "ENOSYS"] {
        for (durability, failed) in [("written", 0), ("synced", RECORDS)] {
            let dir = tempfile::tempdir().unwrap();
            let base = dir.path().join("logs");
            let process = one(&base)
                .with("stream", "app")
                .with("durability", durability);
            let mut victim = failing(process, "fsync,fdatasync", error, "1+").start();
            assert_eq!(victim.hear("made"), failed.to_string());
            assert!(victim.hear("stopped").starts_with("cannot sync"));
            let told = victim.succeed();
            assert!(told.contains("nothing can be synced here"), "{told}");
            assert!(Found::read(&base, "app").count() >= RECORDS);
        }
    }
}

/// A closed folder of this day with a log in it, and those of the last days: without them, the
/// clock would not be trusted.
fn old_folder(base: &Path, day: &str) -> PathBuf {
    let folder = base.join(day);
    let last = (1..6).map(|days| chrono::Utc::now() - chrono::TimeDelta::days(days));
    for day in last.map(|day| base.join(day.format("%Y-%m-%d").to_string())) {
        fs::create_dir_all(day).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("app.log"), "line\n".repeat(100)).unwrap();
    folder
}

/// Starts a logger that removes one closed folder, and compresses another. Gives what stderr was
/// told.
#[track_caller]
fn retain(base: &Path, change: impl FnOnce(Casting) -> Casting) -> String {
    let removed = old_folder(base, "2020-05-04");
    let compressed = old_folder(base, "2025-05-04");
    let process = one(base)
        .with("retain", "2000d")
        .with("compress", "gz")
        .with("keep", "");
    let mut victim = change(process).start();
    let is_done = || !removed.exists() && !compressed.join("app.log").exists();
    let is_done = rounds::until_within(std::time::Duration::from_secs(20), is_done);
    victim.tell("stop");
    victim.tell("leave");
    assert_eq!(victim.hear("stopped"), "ok");
    let told = victim.succeed();
    assert!(is_done, "not removed, or not compressed: {told}");
    assert!(compressed.join("app.log.gz").exists());
    fs::remove_dir_all(compressed).unwrap();
    told
}

#[test]
fn where_there_are_no_locks_folders_are_compressed_and_removed() {
    if !tools::are_here("no flock", &[Tool::Strace]) {
        return;
    }
    for error in ["EOPNOTSUPP", "ENOSYS", "ENOLCK", "EPERM"] {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        for _ in 0..2 {
            let told = retain(&base, |process| failing(process, "flock", error, "1+"));
            assert_eq!(told.lines().count(), 1, "{error}: {told}");
            assert!(told.contains("cannot lock files in"), "{error}: {told}");
        }
    }
}

#[test]
fn a_lock_that_is_something_else_is_told_and_done_without() {
    for name in [".chronologix.lock", ".chronologix.upkeep.lock"] {
        for what in ["link", "dangling", "fifo", "folder", "full folder", "text"] {
            let dir = tempfile::tempdir().unwrap();
            let base = dir.path().join("logs");
            fs::create_dir(&base).unwrap();
            let target = dir.path().join("target");
            fs::write(&target, "not yours\n").unwrap();
            let lock = base.join(name);
            match what {
                "link" => symlink(&target, &lock).unwrap(),
                "dangling" => symlink(dir.path().join("nowhere"), &lock).unwrap(),
                "fifo" => drop(tools::run(&["mkfifo", lock.to_str().unwrap()])),
                "text" => fs::hard_link(&target, &lock).unwrap(),
                _ => fs::create_dir(&lock).unwrap(),
            }
            if what == "full folder" {
                fs::write(lock.join("file"), "not yours\n").unwrap();
            }
            let told = retain(&base, |process| process);
            assert_eq!(told.lines().count(), 1, "{name} {what}: {told}");
            let is_clear = told.contains(name) && told.contains("move it away");
            assert!(is_clear, "{name} {what}: {told}");
            assert!(fs::symlink_metadata(&lock).is_ok());
            assert!(!dir.path().join("nowhere").exists());
            assert_eq!(fs::read_to_string(&target).unwrap(), "not yours\n");
        }
    }
}

#[test]
fn a_snapshot_by_hard_links_takes_no_lock_away() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("logs");
    assert_eq!(retain(&base, |process| process), "");
    let snapshot = dir.path().join("snapshot");
    fs::create_dir(&snapshot).unwrap();
    for name in [".chronologix.lock", ".chronologix.upkeep.lock"] {
        fs::hard_link(base.join(name), snapshot.join(name)).unwrap();
    }
    assert_eq!(retain(&base, |process| process), "");
}

#[test]
fn what_has_the_name_of_a_folder_blocks_neither_the_start_nor_the_callers() {
    const NAMES: [&str; 3] = [
        "2025-05-04__14-55",
        "2025-05-04__15-00",
        "2025-05-04__15-05",
    ];
    for what in ["file", "link", "dangling", "fifo"] {
        for taken in [&NAMES[..1], &NAMES[1..2], &NAMES[2..], &NAMES] {
            let dir = tempfile::tempdir().unwrap();
            let [base, elsewhere] = ["logs", "elsewhere"].map(|name| dir.path().join(name));
            fs::create_dir(&base).unwrap();
            fs::create_dir(&elsewhere).unwrap();
            for name in taken {
                let path = base.join(name);
                match what {
                    "file" => fs::write(path, "not yours\n").unwrap(),
                    "link" => symlink(&elsewhere, path).unwrap(),
                    "dangling" => symlink(dir.path().join("nowhere"), path).unwrap(),
                    _ => drop(tools::run(&["mkfifo", path.to_str().unwrap()])),
                }
            }
            // From 14:57:30 to 15:07:30.
            let process = crowd(&base, 1)
                .with("records", RECORDS)
                .with("step", 600 * 1_000_000_000 / RECORDS)
                .with("durability", "synced");
            let told = play(process);
            let case = format!("{what} {taken:?}");
            let paths = told.lines().map(|line| line.split(": ").nth(1));
            let paths = paths.collect::<Vec<_>>();
            let once = paths.iter().collect::<std::collections::HashSet<_>>();
            assert!(
                !paths.is_empty() && once.len() == paths.len(),
                "{case}: {told}"
            );
            let reason = "something that is not a folder has this name; it is left alone";
            assert!(told.contains(reason), "{case}: {told}");
            assert_eq!(Found::read(&base, "app").count(), RECORDS, "{case}");
            assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "{case}");
            assert!(!dir.path().join("nowhere").exists());
            for name in taken {
                assert!(!fs::symlink_metadata(base.join(name)).unwrap().is_dir());
            }
            let current = fs::read_link(base.join("current")).unwrap();
            assert!(base.join(current).join("app.log").is_file(), "{case}");
        }
    }
}

#[test]
fn a_folder_of_another_user_that_all_may_write_to_is_told_once() {
    if !tools::are_here("a folder of another user", &[Tool::Root]) {
        return;
    }
    for (mode, is_base, is_told) in [
        (0o777, false, true),
        (0o777, true, true),
        (0o1777, true, false),
        (0o755, false, false),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("logs");
        let folder = base.join("2025-05-04__15-00");
        fs::create_dir_all(&folder).unwrap();
        let theirs = if is_base { &base } else { &folder };
        chown(theirs, Some(12_345), None).unwrap();
        fs::set_permissions(theirs, fs::Permissions::from_mode(mode)).unwrap();
        // From 14:57:30 to 15:07:30.
        let process = one(&base).with("step", 600 * 1_000_000_000 / RECORDS);
        let told = play(process);
        assert_eq!(
            told.lines().count(),
            usize::from(is_told),
            "{mode:o} {told}"
        );
        let path = theirs.to_str().unwrap();
        let reason = format!("cannot keep others out of {path}: it belongs to user 12345");
        assert!(!is_told || told.contains(&reason), "{told}");
        assert_eq!(Found::read(&base, "app").count(), RECORDS);
    }
}
