//! One at a time.

use std::{
    io::ErrorKind,
    os::unix::fs::symlink,
    sync::{
        Arc, Barrier,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use super::{NAME, lock};
use chronologix_schema::layout::Manifest;

use crate::Config;

#[test]
fn a_tree_has_one_lock_whichever_process_takes_it() {
    let base = tempfile::tempdir().unwrap();
    let first = lock(base.path(), Duration::ZERO).unwrap();
    assert_eq!(
        lock(base.path(), Duration::ZERO).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    drop(first);
    lock(base.path(), Duration::ZERO).unwrap();
}

#[test]
fn something_planted_in_its_place_is_left_alone() {
    let base = tempfile::tempdir().unwrap();
    symlink("elsewhere", base.path().join(NAME)).unwrap();
    lock(base.path(), Duration::ZERO).unwrap_err();
    assert!(!base.path().join("elsewhere").exists());
    // A logger goes on without it.
    let reports = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&reports);
    let config = Config::new().base_log_dir(base.path());
    let config = config.on_error(move |_| _ = count.fetch_add(1, Ordering::Relaxed));
    let logger = config.start_blocking().unwrap();
    logger.stop_blocking().unwrap();
    assert_eq!(reports.load(Ordering::Relaxed), 1);
    assert!(base.path().join("current").exists());
}

#[test]
fn loggers_that_start_at_once_all_stand_in_the_description() {
    let base = tempfile::tempdir().unwrap();
    let names = (0..8).map(|at| format!("stream{at}")).collect::<Vec<_>>();
    let begin = Barrier::new(names.len());
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| {
                let config = Config::new()
                    .base_log_dir(base.path())
                    .stream(name.as_str());
                begin.wait();
                config.start_blocking().unwrap().stop_blocking().unwrap();
            });
        }
    });
    let text = std::fs::read_to_string(base.path().join(".chronologix.json")).unwrap();
    let streams = Manifest::from_json(&text).unwrap().streams;
    let mut described = streams
        .into_iter()
        .map(|stream| stream.name)
        .collect::<Vec<_>>();
    described.sort();
    assert_eq!(described, names);
}

#[test]
fn a_forked_child_keeps_no_lock_of_its_parent() {
    use std::io::{Read as _, Write as _};

    use crate::libc_hooks::{exit_at_once, fork, wait_for};

    let base = tempfile::tempdir().unwrap();
    let ours = lock(base.path(), Duration::ZERO).unwrap();
    let (mut here, mut there) = std::os::unix::net::UnixStream::pair().unwrap();
    let Some(child) = fork().unwrap() else {
        // It has the file open until its parent says so.
        let ended = there.read(&mut [0]);
        exit_at_once(i32::from(ended.is_err()));
    };
    drop(ours);
    lock(base.path(), Duration::ZERO).unwrap();
    here.write_all(b"!").unwrap();
    assert_eq!(wait_for(child).unwrap(), 0);
}
