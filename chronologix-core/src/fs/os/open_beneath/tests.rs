//! What is opened below a base, and what is not.

use std::{fs, io::Read as _, os::unix::fs::symlink, path::Path};

use rustix::{
    fs::{CWD, Mode, OFlags, openat},
    io::Errno,
};

use super::{FOLDER, open, step_by_step};

const APPEND: OFlags = OFlags::RDWR.union(OFlags::APPEND).union(OFlags::CREATE);

#[test]
fn both_ways_open_the_same_and_refuse_the_same() {
    let place = tempfile::tempdir().unwrap();
    let base = place.path().join("base");
    let elsewhere = place.path().join("elsewhere");
    fs::create_dir_all(base.join("folder")).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    fs::write(base.join("folder/there"), "text").unwrap();
    fs::write(elsewhere.join("there"), "not ours").unwrap();
    symlink(&elsewhere, base.join("link")).unwrap();
    symlink("there", base.join("folder/link")).unwrap();
    // The user's own way to the base is none of this.
    symlink(&base, place.path().join("way")).unwrap();

    for (folder, file, expected) in [
        ("folder", "there", Ok("text")),
        ("folder", "new", Ok("")),
        ("folder", "link", Err(Errno::LOOP)),
        ("folder", "none/there", Err(Errno::NOENT)),
        ("link", "there", Err(Errno::LOOP)),
        ("link", "new", Err(Errno::LOOP)),
        ("none", "there", Err(Errno::NOENT)),
        ("..", "elsewhere/there", Err(Errno::XDEV)),
        ("folder", "../../elsewhere/there", Err(Errno::XDEV)),
    ] {
        let ours = Path::new(folder).join(file);
        let at = openat(CWD, place.path().join("way"), FOLDER, Mode::empty()).unwrap();
        let stepwise = step_by_step(at, &ours, APPEND | OFlags::NOFOLLOW, Mode::RUSR);
        let path = place.path().join("way").join(&ours);
        let depth = 1 + file.split('/').count();
        let at_once = open(&path, depth, APPEND, 0o600);
        let read = |mut file: fs::File| {
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            text
        };
        let expected = expected.map(str::to_owned).map_err(Errno::raw_os_error);
        let at_once = at_once
            .map(read)
            .map_err(|error| error.raw_os_error().unwrap());
        let stepwise = stepwise.map(|file| read(file.into()));
        let stepwise = stepwise.map_err(|error| error.raw_os_error().unwrap());
        // A symlink in the way is no folder to the one, and a loop to the other. Without `openat2`
        // there is only the one.
        let is_expected = at_once == expected || at_once == stepwise;
        assert!(is_expected, "{folder}/{file}: {at_once:?}");
        assert_eq!(stepwise.is_ok(), expected.is_ok(), "{folder}/{file}");
    }
    assert_eq!(
        fs::read_to_string(elsewhere.join("there")).unwrap(),
        "not ours"
    );
    assert!(!elsewhere.join("new").exists());
}
