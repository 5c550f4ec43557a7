//! Folders: created, locked, removed.

use std::{fs, os::unix::fs::symlink, sync::Barrier};

use super::{Base, mode};
use crate::fs::{os::OsFs, traits::FileSystem};

const FILES: [&str; 2] = ["app.log", "errors.log"];

/// A folder with the two empty files in it.
fn empty_folder(base: &Base, name: &str) -> std::path::PathBuf {
    let folder = base.path(name);
    OsFs::default().create_folders(&folder, 0o700).unwrap();
    for file in FILES {
        OsFs::default().open(&folder.join(file), 0o600).unwrap();
    }
    folder
}

#[test]
fn folders_are_private_and_named_outermost_first() {
    let base = Base::new();
    let paths = ["a", "a/b", "a/b/c"].map(|name| base.path(name));
    assert_eq!(
        OsFs::default().create_folders(&paths[2], 0o700).unwrap(),
        paths
    );
    for path in &paths {
        assert_eq!(mode(path), 0o700);
    }
    assert_eq!(
        OsFs::default().create_folders(&paths[2], 0o700).unwrap(),
        [""; 0].map(std::path::PathBuf::from)
    );
    OsFs::default().sync_folder(&paths[2]).unwrap();
    OsFs::default().remove_folders(&paths);
    assert_eq!(base.names(), [""; 0]);
}

#[test]
fn a_folder_below_a_file_is_refused_and_nothing_is_left_behind() {
    let base = Base::new();
    base.put("file", "x");
    OsFs::default()
        .create_folders(&base.path("file/a/b"), 0o700)
        .unwrap_err();
    assert_eq!(base.text("file"), "x");
    assert_eq!(base.names(), ["file"]);
}

#[test]
fn an_empty_folder_goes_with_its_empty_files() {
    let base = Base::new();
    let folder = empty_folder(&base, "2025-05-04");
    assert!(OsFs::default().remove_if_empty(&folder, &FILES).unwrap());
    assert_eq!(base.names(), [""; 0]);
}

#[test]
fn a_folder_with_anything_else_in_it_stays_as_it_is() {
    type Put = fn(&std::path::Path);
    let put: [(&str, Put); 6] = [
        ("a line in a file", |folder| {
            fs::write(folder.join("app.log"), "x").unwrap();
        }),
        ("a file of a user", |folder| {
            fs::write(folder.join("notes"), "").unwrap();
        }),
        ("a numbered file", |folder| {
            fs::write(folder.join("app.1.log"), "").unwrap();
        }),
        ("a folder", |folder| {
            fs::create_dir(folder.join("sub")).unwrap();
        }),
        ("a folder with our name", |folder| {
            fs::remove_file(folder.join("app.log")).unwrap();
            fs::create_dir(folder.join("app.log")).unwrap();
        }),
        ("a link with our name", |folder| {
            fs::remove_file(folder.join("app.log")).unwrap();
            symlink("errors.log", folder.join("app.log")).unwrap();
        }),
    ];
    for (what, put) in put {
        let base = Base::new();
        let folder = empty_folder(&base, "2025-05-04");
        put(&folder);
        let names = || fs::read_dir(&folder).unwrap().count();
        let before = names();
        assert!(
            !OsFs::default().remove_if_empty(&folder, &FILES).unwrap(),
            "{what}"
        );
        assert_eq!(names(), before, "{what}");
    }
}

#[test]
fn a_locked_folder_stays() {
    let base = Base::new();
    let folder = empty_folder(&base, "2025-05-04");
    let [first, second] = [0, 1].map(|_| OsFs::default().lock_folder(&folder).unwrap());
    assert!(!OsFs::default().remove_if_empty(&folder, &FILES).unwrap());
    drop(first);
    assert!(!OsFs::default().remove_if_empty(&folder, &FILES).unwrap());
    drop(second);
    assert!(OsFs::default().remove_if_empty(&folder, &FILES).unwrap());
}

#[test]
fn only_a_folder_is_locked() {
    let base = Base::new();
    base.put("file", "");
    empty_folder(&base, "folder");
    symlink("folder", base.path("link")).unwrap();
    for name in ["file", "link", "none"] {
        OsFs::default().lock_folder(&base.path(name)).unwrap_err();
    }
}

#[test]
fn a_folder_is_removed_or_locked_and_never_both() {
    let base = Base::new();
    let barrier = Barrier::new(2);
    for _ in 0..200 {
        let folder = empty_folder(&base, "2025-05-04");
        std::thread::scope(|scope| {
            let remover = scope.spawn(|| {
                barrier.wait();
                OsFs::default().remove_if_empty(&folder, &FILES).unwrap()
            });
            barrier.wait();
            let lock = OsFs::default().lock_folder(&folder);
            let is_removed = remover.join().unwrap();
            assert_eq!(lock.is_err(), is_removed);
            assert_eq!(folder.exists(), !is_removed);
        });
    }
}
