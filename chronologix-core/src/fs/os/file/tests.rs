//! Files whose names go away.

use std::{fs, io::Write as _};

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
