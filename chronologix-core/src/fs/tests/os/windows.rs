//! What is special about files on Windows.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    os::windows::fs::OpenOptionsExt as _,
    path::Path,
    time::Duration,
};

use super::Base;
use crate::{
    Config,
    fs::{
        os::{
            OsFs,
            windows::locks::{self, NAME},
        },
        retention_fs::{EntryKind, FileVersion, RetentionFs},
        traits::FileSystem,
    },
};

const FOLDER: &str = "2025-05-04";

const LOG: &str = "2025-05-04/app.log";

fn base() -> Base {
    let base = Base::new();
    fs::create_dir(base.path(FOLDER)).unwrap();
    base.put(LOG, "line\n");
    base
}

fn closed(base: &Base) -> Box<dyn RetentionFs> {
    OsFs::default().retention_fs(base.0.path()).unwrap()
}

#[track_caller]
fn version(closed: &dyn RetentionFs, path: &str) -> FileVersion {
    match closed.kind(Path::new(path)).unwrap() {
        Some(EntryKind::File(version)) => version,
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn a_tailer_and_a_writer_do_not_keep_each_other_out() {
    let base = base();
    let _tailer = File::open(base.path(LOG)).unwrap();
    let mut file = OsFs::default().open(&base.path(LOG), 0).unwrap();
    file.append(b"more\n").unwrap();
    assert_eq!(base.text(LOG), "line\nmore\n");
    file.sync().unwrap();
    // Not even one that lets no other write, once the writer has it open.
    let selfish = File::options()
        .read(true)
        .share_mode(1)
        .open(base.path(LOG));
    assert!(selfish.is_err());
    file.append(b"and more\n").unwrap();
}

#[test]
fn a_file_that_another_process_keeps_for_itself_is_left_for_the_next_number() {
    use crate::backend::{rolling_file::RollingFile, write_buffer::WriteBuffer};

    let base = Base::new();
    base.put("app.log", "theirs\n");
    let _selfish = File::options()
        .read(true)
        .share_mode(1)
        .open(base.path("app.log"))
        .unwrap();
    let mut file = RollingFile::new(base.0.path(), "app.log", 0, None);
    let mut lines = WriteBuffer::default();
    lines.lines.extend_from_slice(b"ours\n");
    let error = file.append(&OsFs::default(), &mut lines).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    file.append(&OsFs::default(), &mut lines).unwrap();
    assert_eq!(base.text("app.1.log"), "ours\n");
    assert_eq!(base.text("app.log"), "theirs\n");
}

#[test]
fn a_folder_or_a_second_name_is_no_log() {
    let base = base();
    fs::create_dir(base.path("2025-05-04/folder.log")).unwrap();
    fs::hard_link(base.path(LOG), base.path("2025-05-04/second.log")).unwrap();
    for name in ["folder.log", "second.log", "app.log"] {
        let error = OsFs::default()
            .open(&base.path(FOLDER).join(name), 0)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
    }
}

#[test]
fn a_tree_has_one_lock_whichever_process_takes_it() {
    let base = Base::new();
    let first = locks::lock(base.0.path(), Duration::ZERO).unwrap();
    let error = locks::lock(base.0.path(), Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    drop(first);
    locks::lock(base.0.path(), Duration::ZERO).unwrap();
    assert_eq!(base.text(NAME), "");
}

#[test]
fn a_folder_in_use_is_not_removed() {
    let base = base();
    base.put(LOG, "");
    let one = OsFs::default().lock_folder(&base.path(FOLDER)).unwrap();
    let two = OsFs::default().lock_folder(&base.path(FOLDER)).unwrap();
    let is_removed = || {
        OsFs::default()
            .remove_if_empty(&base.path(FOLDER), &["app.log"])
            .unwrap()
    };
    let is_claimed = || {
        closed(&base)
            .try_lock_folder(Path::new(FOLDER))
            .unwrap()
            .is_some()
    };
    assert!(!is_removed() && !is_claimed());
    drop(one);
    assert!(!is_removed() && !is_claimed());
    drop(two);
    assert!(is_claimed());
    assert!(is_removed());
    assert!(!base.path(FOLDER).exists());
    let error = OsFs::default().lock_folder(&base.path(FOLDER)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_folder_with_anything_in_it_is_not_removed() {
    let base = base();
    let is_removed = |files: &[&str]| {
        OsFs::default()
            .remove_if_empty(&base.path(FOLDER), files)
            .unwrap()
    };
    assert!(!is_removed(&["app.log"]));
    base.put(LOG, "");
    assert!(!is_removed(&["other.log"]));
    assert!(is_removed(&["app.log"]));
}

#[test]
fn each_entry_is_listed_as_what_it_is() {
    let base = base();
    base.put("file", "12345");
    let (mut entries, unnamed) = closed(&base).list(Path::new("")).unwrap();
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!((entries.len(), unnamed), (2, 0));
    assert_eq!(entries[0].kind, EntryKind::Folder);
    assert!(matches!(entries[1].kind, EntryKind::File(version) if version.bytes == 5));
    assert_eq!(closed(&base).kind(Path::new("none")).unwrap(), None);
}

#[test]
fn only_the_version_that_was_looked_at_is_removed() {
    let base = base();
    let closed = closed(&base);
    let seen = version(&*closed, LOG);
    let mut file = File::options().append(true).open(base.path(LOG)).unwrap();
    file.write_all(b"late\n").unwrap();
    drop(file);
    assert!(!closed.remove_file(Path::new(LOG), seen).unwrap());
    assert_eq!(base.text(LOG), "line\nlate\n");
    let seen = version(&*closed, LOG);
    assert!(closed.remove_file(Path::new(LOG), seen).unwrap());
    assert!(!closed.remove_file(Path::new(LOG), seen).unwrap());
    assert!(closed.remove_folder(Path::new(FOLDER)).unwrap());
    assert!(!closed.remove_folder(Path::new(FOLDER)).unwrap());
}

#[test]
fn a_removal_waits_for_those_that_read() {
    let base = base();
    let closed = closed(&base);
    let seen = version(&*closed, LOG);
    // One that does not let others remove the file.
    let selfish = File::options()
        .read(true)
        .share_mode(3)
        .open(base.path(LOG))
        .unwrap();
    closed.remove_file(Path::new(LOG), seen).unwrap_err();
    drop(selfish);
    let tailer = File::open(base.path(LOG)).unwrap();
    assert!(closed.remove_file(Path::new(LOG), seen).unwrap());
    // Where the name stays until the file is closed, so does the folder.
    let was_at_once = closed.remove_folder(Path::new(FOLDER)).unwrap();
    drop(tailer);
    assert!(was_at_once || closed.remove_folder(Path::new(FOLDER)).unwrap());
    assert!(!base.path(FOLDER).exists());
}

#[test]
fn an_archive_takes_the_name_of_nothing_else() {
    let base = base();
    let closed = closed(&base);
    closed.create_new(Path::new("new"), 0).unwrap();
    let error = closed.create_new(Path::new("new"), 0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    let error = closed.rename(Path::new("new"), Path::new(LOG)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    closed
        .rename(Path::new("new"), Path::new("2025-05-04/new"))
        .unwrap();
    assert!(base.path("2025-05-04/new").exists());
}

#[test]
fn a_tree_may_be_deeper_than_the_old_limit_of_paths() {
    let folder = Base::new();
    let deep = (0..8).fold(folder.path(""), |path, _| path.join("x".repeat(40)));
    assert!(deep.as_os_str().len() > 300);
    let config = Config::new().base_log_dir(&deep).timestamp_format("%Y");
    let logger = config.start_blocking().unwrap();
    let stream = logger.stream("all").unwrap();
    stream
        .log(format_args!("deep"))
        .wait()
        .into_result()
        .unwrap();
    logger.stop_blocking().unwrap();
    let current = fs::read_to_string(deep.join("current.txt")).unwrap();
    let text = fs::read_to_string(deep.join(current).join("all.log")).unwrap();
    assert!(text.ends_with("] deep\n"), "{text}");
}

#[test]
fn a_small_file_is_replaced_under_its_readers() {
    let base = base();
    let _reader = File::open(base.path(LOG)).unwrap();
    OsFs::default().replace(&base.path(LOG), "new", 0).unwrap();
    assert_eq!(OsFs::default().read(&base.path(LOG)).unwrap(), "new");
}

/// Sets the link to the folder in use, and returns whether there are junctions here.
fn set_current(base: &Base, target: &str) -> bool {
    let set = OsFs::default().set_symlink(&base.path("current"), target);
    // The text names it in any case.
    assert_eq!(base.text("current.txt"), target);
    set.is_ok()
}

#[test]
fn the_link_to_the_folder_in_use_is_a_junction() {
    let base = base();
    fs::create_dir(base.path("2025-05-05")).unwrap();
    base.put("2025-05-05/all.log", "next day");
    if !set_current(&base, "2025-05-04") {
        eprintln!("SKIPPED: there are no junctions here");
        assert!(!base.path("current").exists());
        return;
    }
    assert_eq!(
        fs::read_link(base.path("current")).unwrap(),
        base.path("2025-05-04")
    );
    assert_eq!(base.text("current/all.log"), base.text(LOG));
    // It is replaced in its place, also where the folder that it leads to is gone.
    assert!(set_current(&base, "2025-05-06") && set_current(&base, "2025-05-05"));
    assert_eq!(base.text("current/all.log"), "next day");
    // It is no folder of the tree.
    let entries = closed(&base).list(Path::new("")).unwrap().0;
    let current = entries
        .iter()
        .find(|entry| entry.name == "current")
        .unwrap();
    assert_eq!(current.kind, EntryKind::Other);
}

#[test]
fn what_has_the_name_of_the_link_is_left_alone() {
    let base = base();
    base.put("current", "mine");
    assert!(!set_current(&base, "2025-05-04"));
    assert_eq!(base.text("current"), "mine");
    fs::remove_file(base.path("current")).unwrap();
    fs::create_dir(base.path("current")).unwrap();
    base.put("current/file", "mine");
    assert!(!set_current(&base, "2025-05-04"));
    assert_eq!(base.text("current/file"), "mine");
}

#[test]
fn a_system_without_junctions_is_asked_once() {
    let base = base();
    let fs = OsFs::default();
    let set = || fs.set_symlink(&base.path("current"), "2025-05-04");
    if set().is_err() {
        set().unwrap();
        assert!(!base.path("current").exists());
    }
}
