//! Which events matter, where the kernel cannot be made to send them.

use rustix::fs::inotify::ReadFlags;

use super::FileWatches;

fn watches() -> FileWatches {
    let mut watches = FileWatches::new().unwrap();
    watches.watched = vec![1, 2];
    watches.inside = vec![2];
    watches.names = vec!["2025-05-04".into()];
    watches
}

#[test]
fn events_that_got_lost_may_have_mattered() {
    assert!(watches().is_relevant(-1, ReadFlags::QUEUE_OVERFLOW, None));
}

#[test]
fn a_watch_that_ends_matters_unless_it_was_given_up() {
    assert!(watches().is_relevant(1, ReadFlags::IGNORED, None));
    assert!(watches().is_relevant(2, ReadFlags::UNMOUNT, None));
    assert!(!watches().is_relevant(3, ReadFlags::IGNORED, None));
}

#[test]
fn names_matter_in_the_folders_in_use_and_elsewhere_if_they_are_ours() {
    assert!(watches().is_relevant(2, ReadFlags::DELETE, Some(c"any")));
    assert!(watches().is_relevant(1, ReadFlags::DELETE, Some(c"2025-05-04")));
    assert!(!watches().is_relevant(1, ReadFlags::DELETE, Some(c"2025-05-03")));
    assert!(!watches().is_relevant(3, ReadFlags::DELETE, Some(c"2025-05-04")));
}

#[test]
fn nothing_is_complete_before_anything_is_watched() {
    assert!(!FileWatches::new().unwrap().are_complete());
}
