//! Folders that change, and what is reported of them.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::PathBuf,
    time::Duration,
};

use super::FolderEvents;

/// Watches a folder, with what happened before taken.
fn watching(folder: &std::path::Path) -> FolderEvents {
    let mut events = FolderEvents::open();
    assert!(events.are_relied_on());
    events.aim(&[folder.to_owned()]);
    assert!(events.begin_look());
    assert!(!events.has_happened());
    events
}

#[test]
fn what_happens_in_a_folder_is_reported_until_the_next_look() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut events = watching(dir.path());
    let changes: [(&str, &dyn Fn()); 6] = [
        ("created", &|| drop(File::create(path("app.log")).unwrap())),
        ("written", &|| {
            let mut file = OpenOptions::new()
                .append(true)
                .open(path("app.log"))
                .unwrap();
            file.write_all(b"line\n").unwrap();
        }),
        ("cut", &|| {
            let file = OpenOptions::new()
                .write(true)
                .open(path("app.log"))
                .unwrap();
            file.set_len(2).unwrap();
        }),
        ("renamed", &|| {
            fs::rename(path("app.log"), path("b.log")).unwrap();
        }),
        ("removed", &|| fs::remove_file(path("b.log")).unwrap()),
        ("a folder", &|| fs::create_dir(path("c")).unwrap()),
    ];
    for (what, change) in changes {
        change();
        assert!(events.has_happened() && events.has_happened(), "{what}");
        assert!(events.begin_look(), "{what}");
        assert!(!events.has_happened(), "{what}");
    }
    // Reading is no change.
    fs::write(path("d"), "x").unwrap();
    assert!(events.begin_look());
    fs::read(path("d")).unwrap();
    fs::read_dir(dir.path()).unwrap().count();
    assert!(!events.has_happened());
}

#[test]
fn a_folder_that_is_made_again_is_watched_again() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("2025-05-04");
    fs::create_dir(&folder).unwrap();
    let mut events = watching(&folder);
    fs::remove_dir(&folder).unwrap();
    assert!(events.begin_look());
    fs::create_dir(&folder).unwrap();
    events.aim(std::slice::from_ref(&folder));
    assert!(
        events.begin_look(),
        "what happened before the watch is not known"
    );
    fs::write(folder.join("app.log"), "line\n").unwrap();
    assert!(events.has_happened());
    // One that is not there is no obstacle, and not watched any more.
    fs::remove_dir_all(&folder).unwrap();
    events.aim(&[folder, PathBuf::from("/nowhere/at/all")]);
    assert!(events.are_relied_on());
    events.begin_look();
    events.aim(&[]);
    assert!(!events.has_happened());
}

#[test]
fn changes_that_are_not_reported_end_the_reliance_on_reports() {
    let dir = tempfile::tempdir().unwrap();
    let mut events = watching(dir.path());
    events.note_unreported();
    assert!(events.are_relied_on());
    // The report came a moment after the change.
    fs::write(dir.path().join("a"), "").unwrap();
    assert!(events.begin_look());
    events.note_unreported();
    assert!(events.are_relied_on());
    events.note_unreported();
    assert!(!events.are_relied_on());
    // There is nothing to wait for any more.
    events.wait(Duration::from_secs(3_600));
}

#[test]
fn a_wait_ends_with_a_report() {
    let dir = tempfile::tempdir().unwrap();
    let mut events = watching(dir.path());
    fs::write(dir.path().join("a"), "").unwrap();
    events.wait(Duration::from_secs(3_600));
    assert!(events.has_happened());
}
