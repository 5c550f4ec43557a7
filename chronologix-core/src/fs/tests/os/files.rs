//! Single files: opened, replaced, pointed to.

use std::{fs, io::ErrorKind, os::unix::fs::symlink, sync::Barrier};

use super::{Base, inode, is_fifo, mode};
use crate::fs::{os::OsFs, traits::FileSystem};

#[test]
fn a_file_is_private_and_only_appended_to() {
    let base = Base::new();
    let path = base.path("app.log");
    let mut file = OsFs::default().open(&path, 0o600).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(file.append(b"one\n").unwrap(), 4);
    let mut same = OsFs::default().open(&path, 0o600).unwrap();
    same.append(b"two\n").unwrap();
    file.append(b"three\n").unwrap();
    file.sync().unwrap();
    assert_eq!(base.text("app.log"), "one\ntwo\nthree\n");
    // As `copytruncate` does.
    fs::write(&path, "").unwrap();
    file.append(b"four\n").unwrap();
    assert_eq!(base.text("app.log"), "four\n");
    assert_eq!(
        file.id().unwrap(),
        OsFs::default().file_id(&path).unwrap().unwrap()
    );
}

#[test]
fn the_last_byte_is_that_of_the_file_as_it_is_now() {
    let base = Base::new();
    let mut file = OsFs::default().open(&base.path("app.log"), 0o600).unwrap();
    assert_eq!(file.last_byte().unwrap(), None);
    file.append(b"half a li").unwrap();
    assert_eq!(file.last_byte().unwrap(), Some(b'i'));
    file.append(b"ne\n").unwrap();
    assert_eq!(file.last_byte().unwrap(), Some(b'\n'));
    assert_eq!(base.text("app.log"), "half a line\n");
}

#[test]
fn only_a_plain_file_of_ones_own_is_opened() {
    let base = Base::new();
    base.put("elsewhere", "not a log\n");
    symlink("elsewhere", base.path("link")).unwrap();
    symlink("nowhere", base.path("dangling")).unwrap();
    fs::hard_link(base.path("elsewhere"), base.path("second name")).unwrap();
    fs::create_dir(base.path("folder")).unwrap();
    base.fifo("fifo");
    let _socket = std::os::unix::net::UnixListener::bind(base.path("socket")).unwrap();
    for name in [
        "link",
        "dangling",
        "second name",
        "folder",
        "fifo",
        "socket",
    ] {
        let error = OsFs::default().open(&base.path(name), 0o600).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}: {error}");
    }
    assert_eq!(base.text("elsewhere"), "not a log\n");
    assert!(!base.path("nowhere").exists());
    let open_device = OsFs::default().open(std::path::Path::new("/dev/null"), 0o600);
    assert_eq!(open_device.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_file_of_another_user_is_not_written_to() {
    let base = Base::new();
    base.put("theirs", "");
    // Only root can make one.
    if std::os::unix::fs::chown(base.path("theirs"), Some(12_345), None).is_ok() {
        let error = OsFs::default()
            .open(&base.path("theirs"), 0o600)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn a_file_in_a_folder_that_is_a_symlink_is_not_reached() {
    let base = Base::new();
    fs::create_dir(base.path("elsewhere")).unwrap();
    base.put("elsewhere/app.log", "untouched");
    symlink("elsewhere", base.path("2025-05-04")).unwrap();
    for name in ["app.log", "new.log"] {
        let path = base.path("2025-05-04").join(name);
        OsFs::default().open(&path, 0o600).unwrap_err();
        OsFs::default().open_new(&path, 0o600).unwrap_err();
    }
    OsFs::default()
        .create_folders(&base.path("2025-05-04"), 0o700)
        .unwrap_err();
    OsFs::default()
        .lock_folder(&base.path("2025-05-04"))
        .unwrap_err();
    let files = ["app.log", "new.log"];
    let removed = OsFs::default().remove_if_empty(&base.path("2025-05-04"), &files);
    removed.unwrap_err();
    assert_eq!(base.text("elsewhere/app.log"), "untouched");
    assert_eq!(fs::read_dir(base.path("elsewhere")).unwrap().count(), 1);
    // The way to the base is the user's own.
    symlink(base.0.path(), base.path("way")).unwrap();
    let folder = base.path("way").join("2025-05-05");
    OsFs::default().create_folders(&folder, 0o700).unwrap();
    OsFs::default()
        .open(&folder.join("app.log"), 0o600)
        .unwrap();
    assert!(base.path("2025-05-05/app.log").exists());
}

#[test]
fn a_new_file_must_not_be_there_yet() {
    let base = Base::new();
    symlink("nowhere", base.path("link")).unwrap();
    base.put("there", "");
    for name in ["link", "there"] {
        let error = OsFs::default()
            .open_new(&base.path(name), 0o600)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{name}");
    }
    OsFs::default().open_new(&base.path("new"), 0o640).unwrap();
    assert_eq!(mode(&base.path("new")), 0o640 & !umask(&base));
}

/// What the umask of this process takes away from a file.
fn umask(base: &Base) -> u32 {
    let path = base.path("umask");
    OsFs::default().open_new(&path, 0o777).unwrap();
    0o777 & !mode(&path)
}

#[test]
fn replacing_swaps_whole_files() {
    let base = Base::new();
    let path = base.path(".chronologix.json");
    OsFs::default().replace(&path, "old", 0o600).unwrap();
    let old = inode(&path);
    assert_eq!(mode(&path), 0o600);
    OsFs::default().replace(&path, "new", 0o600).unwrap();
    assert_eq!(base.text(".chronologix.json"), "new");
    assert_ne!(inode(&path), old, "the old file was not written to");
    assert_eq!(base.names(), [".chronologix.json"]);
}

#[test]
fn replacing_goes_through_no_symlink() {
    let base = Base::new();
    base.put("elsewhere", "untouched");
    symlink("elsewhere", base.path("file")).unwrap();
    OsFs::default()
        .replace(&base.path("file"), "new", 0o600)
        .unwrap();
    assert_eq!(base.text("elsewhere"), "untouched");
    assert_eq!(base.text("file"), "new");
}

#[test]
fn a_reader_while_others_replace_sees_one_of_the_contents_whole() {
    let base = Base::new();
    let path = base.path("file");
    let contents = ["a".repeat(1000), "b".repeat(3000)];
    OsFs::default().replace(&path, &contents[0], 0o600).unwrap();
    let barrier = Barrier::new(3);
    std::thread::scope(|scope| {
        for content in &contents {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..100 {
                    OsFs::default().replace(&path, content, 0o600).unwrap();
                }
            });
        }
        barrier.wait();
        for _ in 0..200 {
            let seen = OsFs::default().read(&path).unwrap();
            assert!(contents.contains(&seen), "{} bytes", seen.len());
        }
    });
    assert_eq!(base.names(), ["file"]);
}

#[test]
fn pointing_swaps_whole_links_also_when_several_do_it() {
    let base = Base::new();
    let link = base.path("current");
    let targets = ["2025-05-04", "2025-05-05"];
    OsFs::default().set_symlink(&link, targets[0]).unwrap();
    let barrier = Barrier::new(3);
    std::thread::scope(|scope| {
        for target in targets {
            let (link, barrier) = (&link, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for _ in 0..200 {
                    OsFs::default().set_symlink(link, target).unwrap();
                }
            });
        }
        barrier.wait();
        for _ in 0..500 {
            let seen = fs::read_link(&link).unwrap();
            assert!(
                targets
                    .iter()
                    .any(|target| seen == std::path::Path::new(target)),
                "{seen:?}"
            );
        }
    });
    assert_eq!(base.names(), [".chronologix.lock", "current"]);
}

#[test]
fn pointing_again_to_the_same_changes_nothing() {
    let base = Base::new();
    let link = base.path("current");
    OsFs::default().set_symlink(&link, "2025-05-04").unwrap();
    let before = inode(&link);
    OsFs::default().set_symlink(&link, "2025-05-04").unwrap();
    assert_eq!(inode(&link), before);
}

#[test]
fn pointing_replaces_nothing_but_a_link() {
    let base = Base::new();
    base.put("current", "notes of a user");
    OsFs::default()
        .set_symlink(&base.path("current"), "2025-05-04")
        .unwrap_err();
    assert_eq!(base.text("current"), "notes of a user");
    fs::create_dir(base.path("folder")).unwrap();
    OsFs::default()
        .set_symlink(&base.path("folder"), "2025-05-04")
        .unwrap_err();
    base.fifo("fifo");
    OsFs::default()
        .set_symlink(&base.path("fifo"), "2025-05-04")
        .unwrap_err();
    assert!(is_fifo(&base.path("fifo")));
    assert_eq!(base.names(), ["current", "fifo", "folder"]);
}

#[test]
fn reading_never_waits_and_has_a_bound() {
    let base = Base::new();
    base.fifo("fifo");
    OsFs::default().read(&base.path("fifo")).unwrap_err();
    base.put("long", &"x".repeat(2 << 20));
    OsFs::default().read(&base.path("long")).unwrap_err();
    symlink("long", base.path("link")).unwrap();
    OsFs::default().read(&base.path("link")).unwrap_err();
    assert_eq!(
        OsFs::default().read(&base.path("none")).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn what_stands_at_a_path_is_told_apart() {
    let base = Base::new();
    let path = base.path("app.log");
    assert_eq!(OsFs::default().file_id(&path).unwrap(), None);
    let file = OsFs::default().open(&path, 0o600).unwrap();
    let ours = Some(file.id().unwrap());
    assert_eq!(OsFs::default().file_id(&path).unwrap(), ours);
    fs::rename(&path, base.path("app.log.1")).unwrap();
    assert_eq!(OsFs::default().file_id(&path).unwrap(), None);
    symlink("app.log.1", &path).unwrap();
    assert_ne!(
        OsFs::default().file_id(&path).unwrap(),
        ours,
        "a link is not what it points to"
    );
    assert_eq!(
        OsFs::default().file_id(&path.join("below a file")).unwrap(),
        None
    );
}
