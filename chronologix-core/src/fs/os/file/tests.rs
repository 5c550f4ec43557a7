//! Files whose names go away, their first line, and what is cut back.

use std::{fs, io::Write as _, thread};

use rustix::fs::{FlockOperation, flock};

use super::OsFile;
use crate::fs::traits::LogFile as _;

#[test]
fn a_file_that_was_deleted_as_soon_as_it_was_opened_is_known_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let opened = fs::File::create(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let file = OsFile::new(opened.try_clone().unwrap(), &path);
    assert!(file.is_deleted().unwrap());
    // Also if another took its place at once.
    fs::File::create(&path)
        .unwrap()
        .write_all(b"other")
        .unwrap();
    assert!(OsFile::new(opened, &path).is_deleted().unwrap());
}

#[test]
fn a_file_is_deleted_when_its_name_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let file = OsFile::new(fs::File::create(&path).unwrap(), &path);
    assert!(!file.is_deleted().unwrap());
    fs::rename(&path, folder.path().join("app.log.1")).unwrap();
    assert!(!file.is_deleted().unwrap());
    fs::remove_file(folder.path().join("app.log.1")).unwrap();
    assert!(file.is_deleted().unwrap());
}

#[test]
fn of_all_that_open_an_empty_file_one_writes_the_first_line() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..50 {
        let path = folder.path().join(format!("{round}.log"));
        fs::File::create(&path).unwrap();
        let write = || {
            let opened = fs::OpenOptions::new().append(true).open(&path).unwrap();
            let mut file = OsFile::new(opened, &path);
            let taken = file.append_first(b"first\n").unwrap();
            file.append(b"line\n").unwrap();
            usize::from(taken.is_some())
        };
        let writers = thread::scope(|scope| {
            let threads = (0..4).map(|_| scope.spawn(write));
            let threads = threads.collect::<Vec<_>>();
            threads
                .into_iter()
                .map(|it| it.join().unwrap())
                .sum::<usize>()
        });
        assert_eq!(writers, 1);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("first\n{}", "line\n".repeat(4)));
    }
}

#[test]
fn a_lock_that_another_process_keeps_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let keeps = fs::File::create(&path).unwrap();
    flock(&keeps, FlockOperation::NonBlockingLockExclusive).unwrap();
    let mut file = OsFile::new(fs::File::create(&path).unwrap(), &path);
    assert_eq!(file.append_first(b"first\n").unwrap(), Some(6));
}

#[test]
fn only_the_bytes_that_were_meant_are_cut_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    fs::write(&path, b"one\ntwo\n").unwrap();
    let mut options = fs::OpenOptions::new();
    let opened = options.read(true).append(true).open(&path).unwrap();
    let mut file = OsFile::new(opened, &path);
    for (tail, left) in [
        (&b"owt\n"[..], "one\ntwo\n"),
        (b"more than there is\n", "one\ntwo\n"),
        (b"two\n", "one\n"),
    ] {
        file.cut_back(tail).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), left);
    }
}
