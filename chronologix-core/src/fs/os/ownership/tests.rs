//! What is taken for a file of ours, on mounts as they usually are. Mounts that map users take a
//! process of their own: see `tests/faults/places.rs`.

use std::{
    fs::{self, File},
    os::unix::fs::chown,
    path::Path,
};

use super::{Look, opened};
use crate::fs::tests::os::Base;

fn refused(path: &Path) -> String {
    opened(path, 1, File::open(path), |_| false)
        .unwrap_err()
        .to_string()
}

#[test]
fn a_refusal_says_why_and_leaves_nothing_behind() {
    let base = Base::new();
    base.put("ours", "");
    let ours = base.path("ours");
    opened(&ours, 1, File::open(&ours), |_| false).unwrap();
    fs::create_dir(base.path("folder")).unwrap();
    assert_eq!(
        refused(&base.path("folder")),
        "it is not a regular file; move it away"
    );
    fs::hard_link(base.path("ours"), base.path("second")).unwrap();
    let text = "it has 2 names, and may be a file somewhere else as well; move it away";
    assert_eq!(refused(&base.path("second")), text);
    let is_empty = |found: &fs::Metadata| found.len() == 0;
    opened(&ours, 1, File::open(&ours), is_empty).unwrap();
    base.put("theirs", "");
    // Only root can make one.
    if chown(base.path("theirs"), Some(12_345), None).is_ok() {
        let text = "it belongs to user 12345, and not to this user (0); move it away";
        assert_eq!(refused(&base.path("theirs")), text);
    }
    let names = fs::read_dir(base.0.path()).unwrap();
    assert!(names.count() <= 4, "a sample was left behind");
}

#[test]
fn the_users_and_the_counts_of_a_mount_are_those_of_a_file_just_made_there() {
    let user = Look::usual().user;

    for (look, fits) in [
        (Look { user, names: 1 }, true),
        // Some file systems count no names, and some give every file the same number.
        (Look { user, names: 0 }, true),
        (Look { user, names: 7 }, true),
        (
            Look {
                user: user + 1,
                names: 1,
            },
            false,
        ),
    ] {
        assert_eq!(look.fits(user, 1), fits, "{} {}", look.user, look.names);
    }
    for (names, fits) in [(0, false), (1, false), (2, true)] {
        assert_eq!(Look { user, names }.fits(user, 2), fits, "{names}");
    }
}

#[test]
fn what_cannot_be_found_out_is_no_refusal() {
    let base = Base::new();
    base.put("theirs", "");
    if chown(base.path("theirs"), Some(12_345), None).is_err() {
        return;
    }
    // The sample would be made where there is no folder.
    let gone = base.path("gone/theirs");
    let theirs = File::open(base.path("theirs"));
    let error = opened(&gone, 1, theirs, |_| false).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}
