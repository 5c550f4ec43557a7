//! Which events matter, where the kernel cannot be made to send them.

use rustix::fs::inotify::ReadFlags;

use super::FileWatches;

fn eyes() -> FileWatches {
    let mut eyes = FileWatches::new().unwrap();
    eyes.watched = vec![1, 2];
    eyes.inside = vec![2];
    eyes.names = vec!["2025-05-04".into()];
    eyes
}

#[test]
fn events_that_got_lost_may_have_mattered() {
    assert!(eyes().matters(-1, ReadFlags::QUEUE_OVERFLOW, None));
}

#[test]
fn a_watch_that_ends_matters_unless_it_was_given_up() {
    assert!(eyes().matters(1, ReadFlags::IGNORED, None));
    assert!(eyes().matters(2, ReadFlags::UNMOUNT, None));
    assert!(!eyes().matters(3, ReadFlags::IGNORED, None));
}

#[test]
fn names_matter_in_the_folders_in_use_and_elsewhere_if_they_are_ours() {
    assert!(eyes().matters(2, ReadFlags::DELETE, Some(c"any")));
    assert!(eyes().matters(1, ReadFlags::DELETE, Some(c"2025-05-04")));
    assert!(!eyes().matters(1, ReadFlags::DELETE, Some(c"2025-05-03")));
    assert!(!eyes().matters(3, ReadFlags::DELETE, Some(c"2025-05-04")));
}

#[test]
fn nothing_is_seen_before_anything_is_watched() {
    assert!(!FileWatches::new().unwrap().see_all());
}
