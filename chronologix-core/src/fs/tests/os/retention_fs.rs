//! Closed folders on the real file system: no symlink is followed, and only what was meant is
//! removed.

use std::{
    ffi::OsStr,
    fs,
    io::{ErrorKind, Read as _, Write as _},
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
};

use super::{Base, mode};
use crate::fs::{
    os::OsFs,
    retention_fs::{EntryKind, FileVersion, RetentionFs, RetentionLock},
    traits::FileSystem,
};

const FOLDER: &str = "2025-05-04";

const LOG: &str = "2025-05-04/app.log";

/// A base with one folder and a log in it.
fn closed() -> (Base, Box<dyn RetentionFs>) {
    let base = Base::new();
    fs::create_dir(base.path(FOLDER)).unwrap();
    base.put(LOG, "line\n");
    let closed = OsFs::default().retention_fs(base.0.path()).unwrap();
    (base, closed)
}

#[track_caller]
fn version(closed: &dyn RetentionFs, path: &str) -> FileVersion {
    match closed.kind(Path::new(path)).unwrap() {
        Some(EntryKind::File(version)) => version,
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn each_entry_is_listed_as_what_it_is_itself() {
    let (base, closed) = closed();
    symlink(FOLDER, base.path("link")).unwrap();
    base.fifo("fifo");
    base.put("file", "12345");
    let odd = base.0.path().join(OsStr::from_bytes(b"no\xfftext"));
    fs::write(odd, "").unwrap();
    let (mut entries, unnamed) = closed.list(Path::new("")).unwrap();
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let names = entries.iter().map(|entry| entry.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), [FOLDER, "fifo", "file", "link"]);
    assert_eq!(unnamed, 1);
    assert_eq!(entries[0].kind, EntryKind::Folder);
    assert_eq!(entries[1].kind, EntryKind::Other);
    assert_eq!(entries[3].kind, EntryKind::Other);
    assert!(matches!(entries[2].kind, EntryKind::File(version) if version.bytes == 5));
    let (entries, _) = closed.list(Path::new(FOLDER)).unwrap();
    assert_eq!(entries.len(), 1);
}

#[test]
fn nothing_is_reached_through_a_link() {
    let (base, closed) = closed();
    let outside = Base::new();
    outside.put("app.log", "another user's");
    symlink(outside.0.path(), base.path("2025-05-05")).unwrap();
    symlink(outside.path("app.log"), base.path("2025-05-04/errors.log")).unwrap();
    let through = Path::new("2025-05-05/app.log");
    let version = version(&*closed, LOG);
    closed.list(Path::new("2025-05-05")).unwrap_err();
    closed.try_lock_folder(Path::new("2025-05-05")).unwrap_err();
    closed.kind(through).unwrap_err();
    assert!(closed.open(through).is_err());
    assert!(
        closed
            .create_new(Path::new("2025-05-05/new"), 0o600)
            .is_err()
    );
    closed.rename(Path::new(LOG), through).unwrap_err();
    closed.remove_file(through, version).unwrap_err();
    closed.remove_folder(Path::new("2025-05-05")).unwrap_err();
    let link = Path::new("2025-05-04/errors.log");
    assert!(closed.open(link).is_err());
    assert!(!closed.remove_file(link, version).unwrap());
    for outside_of_it in ["../x", "2025-05-04/../../x"] {
        assert!(closed.create_new(Path::new(outside_of_it), 0o600).is_err());
    }
    assert_eq!(outside.names(), ["app.log"]);
    assert_eq!(outside.text("app.log"), "another user's");
}

#[test]
fn a_file_goes_only_if_it_is_still_the_one_that_was_looked_at() {
    type Change<'a> = (&'a str, &'a dyn Fn(&Base));

    let log = Path::new(LOG);
    let changes: [Change<'_>; 4] = [
        ("written to", &|base| base.put(LOG, "line\nmore\n")),
        ("written over", &|base| {
            let file = fs::File::options()
                .write(true)
                .open(base.path(LOG))
                .unwrap();
            (&file).write_all(b"LINE\n").unwrap();
            let later = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
            file.set_modified(later).unwrap();
        }),
        ("replaced", &|base| {
            base.put("other", "line\n");
            fs::rename(base.path("other"), base.path(LOG)).unwrap();
        }),
        ("replaced by a link", &|base| {
            fs::rename(base.path(LOG), base.path("other")).unwrap();
            symlink("../other", base.path(LOG)).unwrap();
        }),
    ];
    for (what, change) in changes {
        let (base, closed) = closed();
        let version = version(&*closed, LOG);
        change(&base);
        assert!(!closed.remove_file(log, version).unwrap(), "{what}");
        assert!(fs::symlink_metadata(base.path(LOG)).is_ok(), "{what}");
    }
    let (base, closed) = closed();
    let version = version(&*closed, LOG);
    assert!(closed.remove_file(log, version).unwrap());
    assert!(!base.path(LOG).exists());
    assert!(!closed.remove_file(log, version).unwrap(), "it is gone");
}

/// Returns how many pages of a file are in the page cache. `None` where that cannot be said.
#[cfg(target_os = "linux")]
fn cached_pages(path: &Path) -> Option<usize> {
    use std::io::IoSliceMut;

    use rustix::{
        fs::{Advice, fadvise},
        io::{Errno, ReadWriteFlags, preadv2},
    };

    let file = fs::File::open(path).unwrap();
    // Otherwise looking at a page would read those behind it.
    fadvise(&file, 0, None, Advice::Random).unwrap();
    let pages = file.metadata().unwrap().len().div_ceil(4096);
    let mut cached = 0;
    for page in 0..pages {
        let mut byte = [0];
        let mut into = [IoSliceMut::new(&mut byte)];
        match preadv2(&file, &mut into, page * 4096, ReadWriteFlags::NOWAIT) {
            Ok(_) => cached += 1,
            Err(Errno::AGAIN) => {}
            Err(_) => return None,
        }
    }
    Some(cached)
}

#[cfg(target_os = "linux")]
#[test]
fn the_page_cache_keeps_nothing_of_what_is_read_and_written() {
    let (base, closed) = closed();
    let text = vec![b'x'; 3 << 20];
    fs::write(base.path(LOG), &text).unwrap();
    fs::File::open(base.path(LOG)).unwrap().sync_all().unwrap();
    // A tmpfs has its files nowhere else, and some file systems do not say.
    let is_disk = rustix::fs::statfs(base.0.path()).unwrap().f_type != 0x0102_1994;
    let is_dropped =
        |path: &str| !is_disk || cached_pages(&base.path(path)).is_none_or(|cached| cached < 10);
    // Pages that the kernel is busy with at that moment stay.
    let tries = 50;

    let read = || {
        let mut found = Vec::new();
        let mut reader = closed.open(Path::new(LOG)).unwrap();
        reader.read_to_end(&mut found).unwrap();
        drop(reader);
        assert_eq!(found, text);
        is_dropped(LOG)
    };
    assert!((0..tries).any(|_| read()));

    let write = |number: usize| {
        let archive = format!("2025-05-04/app.{number}.log.zst");
        let mut file = closed.create_new(Path::new(&archive), 0o600).unwrap();
        for piece in text.chunks(100_000) {
            assert_eq!(file.append(piece).unwrap(), piece.len());
        }
        file.sync().unwrap();
        let is_dropped = is_dropped(&archive);
        assert_eq!(fs::read(base.path(&archive)).unwrap(), text);
        is_dropped
    };
    assert!((0..tries).any(write));
}

#[test]
fn an_archive_is_made_new_and_takes_the_place_of_nothing() {
    let (base, closed) = closed();
    let aside = Path::new("2025-05-04/.app.log.gz.tmp");
    let archive = Path::new("2025-05-04/app.log.gz");
    let mut file = closed.create_new(aside, 0o640).unwrap();
    assert_eq!(file.append(b"packed").unwrap(), 6);
    file.sync().unwrap();
    assert!(closed.create_new(aside, 0o640).is_err());
    base.put("2025-05-04/app.log.gz", "theirs");
    let refused = closed.rename(aside, archive).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    assert_eq!(base.text("2025-05-04/app.log.gz"), "theirs");
    fs::remove_file(base.path("2025-05-04/app.log.gz")).unwrap();
    closed.rename(aside, archive).unwrap();
    closed.sync_folder(Path::new(FOLDER)).unwrap();
    closed.sync_folder(Path::new("")).unwrap();
    let mut text = String::new();
    let mut read = closed.open(archive).unwrap();
    read.read_to_string(&mut text).unwrap();
    assert_eq!(text, "packed");
    assert_eq!(mode(&base.path("2025-05-04/app.log.gz")) & 0o137, 0);
}

#[test]
fn a_folder_goes_only_if_it_is_empty() {
    let (base, closed) = closed();
    let folder = Path::new(FOLDER);
    assert!(!closed.remove_folder(folder).unwrap());
    fs::remove_file(base.path(LOG)).unwrap();
    assert!(closed.remove_folder(folder).unwrap());
    assert!(closed.remove_folder(folder).is_err());
    base.put("file", "");
    assert!(closed.remove_folder(Path::new("file")).is_err());
    assert_eq!(base.names(), ["file"]);
}

#[test]
fn a_folder_that_a_logger_holds_cannot_be_claimed_and_one_that_is_claimed_is_waited_for() {
    let (base, closed) = closed();
    let folder = base.path(FOLDER);
    let lock = OsFs::default().lock_folder(&folder).unwrap();
    assert!(closed.try_lock_folder(Path::new(FOLDER)).unwrap().is_none());
    drop(lock);
    let claimed = closed.try_lock_folder(Path::new(FOLDER)).unwrap().unwrap();
    assert!(closed.try_lock_folder(Path::new(FOLDER)).unwrap().is_none());
    drop(claimed);
    drop(OsFs::default().lock_folder(&folder).unwrap());
}

#[test]
fn one_logger_has_the_retention_lock_and_keeps_no_other_from_starting() {
    let (base, closed) = closed();
    let in_charge = closed.lock_retention().unwrap();
    assert!(matches!(in_charge, RetentionLock::Held(_)));
    let other = OsFs::default().retention_fs(base.0.path()).unwrap();
    assert!(matches!(other.lock_retention(), Ok(RetentionLock::Busy)));
    let now = std::time::Duration::ZERO;
    drop(OsFs::default().lock_tree(base.0.path(), now).unwrap());
    drop(in_charge);
    assert!(matches!(other.lock_retention(), Ok(RetentionLock::Held(_))));
}

#[test]
fn an_empty_lock_may_have_more_names_and_a_lock_that_is_something_else_is_done_without() {
    let lock = ".chronologix.upkeep.lock";
    let (base, closed) = closed();
    base.put(lock, "");
    // A snapshot by hard links.
    fs::hard_link(base.path(lock), base.path("snapshot")).unwrap();
    assert!(matches!(
        closed.lock_retention(),
        Ok(RetentionLock::Held(_))
    ));
    for what in ["text", "link", "dangling", "fifo", "folder"] {
        let _ = fs::remove_file(base.path(lock));
        match what {
            "text" => {
                base.put(lock, "of another program");
                fs::hard_link(base.path(lock), base.path("second")).unwrap();
            }
            "link" => symlink(base.path("snapshot"), base.path(lock)).unwrap(),
            "dangling" => symlink("nowhere", base.path(lock)).unwrap(),
            "fifo" => base.fifo(lock),
            _ => fs::create_dir(base.path(lock)).unwrap(),
        }
        let locked = closed.lock_retention();
        assert!(
            matches!(locked, Ok(RetentionLock::Missing)),
            "{what}: {locked:?}"
        );
    }
    assert!(!base.path("nowhere").exists());
}

#[test]
fn a_base_that_is_a_link_of_the_users_is_looked_after() {
    let (base, _) = closed();
    let elsewhere = Base::new();
    symlink(base.0.path(), elsewhere.path("logs")).unwrap();
    let closed = OsFs::default()
        .retention_fs(&elsewhere.path("logs"))
        .unwrap();
    assert_eq!(closed.list(Path::new("")).unwrap().0.len(), 1);
    let version = version(&*closed, LOG);
    assert!(closed.remove_file(Path::new(LOG), version).unwrap());
    assert!(!base.path(LOG).exists());
}
