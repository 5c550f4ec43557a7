//! The poller on a real file system. The kernel reports a change before the call that makes it
//! returns. So a notification after a change finds both reported at once, and no test waits for
//! something that may not come.

mod files;

use std::{
    fs, io,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use rustix::{
    fd::AsFd,
    io::{FdFlags, fcntl_getfd},
};
use tempfile::TempDir;

use super::{
    Poller,
    WakeReason::{self, FilesChanged, Other},
};
use crate::{
    clock::Clock,
    fs::{os::OsFs, traits::FileSystem},
};

/// No test waits for it.
const NEVER: i64 = i64::MAX;

const FOLDERS: [&str; 2] = ["current", "next"];
const FILES: [&str; 4] = [
    "current/app.log",
    "current/errors.log",
    "next/app.log",
    "next/errors.log",
];

/// A tree as the writer makes it, and a poller that watches it.
struct Scene {
    dir: TempDir,
    base: PathBuf,
    poller: Poller,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("above/logs");
        let poller = Poller::open().unwrap();
        let mut scene = Self { dir, base, poller };
        scene.make().unwrap();
        scene.watch();
        scene
    }

    /// What the writer does at its start and whenever something is missing.
    fn make(&self) -> io::Result<()> {
        for folder in FOLDERS {
            OsFs::default().create_folders(&self.path(folder), 0o700)?;
        }
        for file in FILES {
            OsFs::default().open(&self.path(file), 0o600)?;
        }
        OsFs::default().set_symlink(&self.path("link"), "current")
    }

    fn watch(&mut self) {
        let folders = FOLDERS.map(|folder| self.path(folder));
        let folders = folders.each_ref().map(PathBuf::as_path);
        let link = self.path("link");
        self.poller.watch(&folders, &link);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.base.join(name)
    }

    /// Without a notification. A wait may end for no reason, such as a clock that was set.
    fn wait_for_a_change(&mut self) {
        while self.poller.wait(NEVER) != FilesChanged {}
    }

    /// The outcome of a wait that ends in any case.
    fn look(&mut self) -> WakeReason {
        self.poller.waker().wake();
        self.poller.wait(NEVER)
    }
}

#[test]
fn a_notification_before_the_wait_ends_it_once() {
    let mut scene = Scene::new();
    let waker = scene.poller.waker();
    waker.wake_by_ref();
    waker.wake_by_ref();
    assert_eq!(scene.poller.wait(NEVER), Other);
    assert_eq!(scene.poller.eventfd.take(), Ok(false));
}

#[test]
fn a_notification_from_another_thread_ends_each_wait() {
    let mut scene = Scene::new();
    let waker = scene.poller.waker();
    let waits = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for call in 0..1000 {
                waker.wake_by_ref();
                while waits.load(Ordering::Acquire) <= call {
                    thread::yield_now();
                }
            }
            is_over.store(true, Ordering::Release);
            waker.wake_by_ref();
        });
        while !is_over.load(Ordering::Acquire) {
            assert_eq!(scene.poller.wait(NEVER), Other);
            waits.fetch_add(1, Ordering::Release);
        }
    });
}

#[test]
fn the_wall_clock_ends_a_wait() {
    let mut scene = Scene::new();
    let clock = Clock::default();
    let until = clock.read().wall + 3_000_000;
    // One wait is enough, unless the clock is set meanwhile.
    while clock.read().wall < until {
        assert_eq!(scene.poller.wait(until), Other);
    }
}

#[test]
fn a_time_that_is_past_ends_every_wait_at_once() {
    let mut scene = Scene::new();
    for past in [i64::MIN, -1, 0, 1, 1] {
        assert_eq!(scene.poller.wait(past), Other);
    }
}

#[test]
fn what_cannot_be_watched_is_to_be_looked_at() {
    let mut scene = Scene::new();
    scene.poller.verify_every = Duration::from_millis(1);
    fs::remove_dir_all(scene.path("next")).unwrap();
    scene.watch();
    assert!(!scene.poller.watches.are_complete());
    scene.wait_for_a_change();
    scene.wait_for_a_change();
    scene.make().unwrap();
    scene.watch();
    assert!(scene.poller.watches.are_complete());
    assert_eq!(scene.look(), Other);
}

#[test]
fn a_poller_that_never_watched_asks_for_a_look() {
    let mut poller = Poller::open().unwrap();
    poller.verify_every = Duration::ZERO;
    assert_eq!(poller.wait(NEVER), FilesChanged);
}

#[test]
fn no_descriptor_survives_an_exec() {
    let poller = Poller::open().unwrap();
    for descriptor in [
        poller.eventfd.as_fd(),
        poller.timerfd.as_fd(),
        poller.watches.as_fd(),
    ] {
        assert_eq!(fcntl_getfd(descriptor), Ok(FdFlags::CLOEXEC));
    }
}

#[test]
fn the_file_system_has_one() {
    let mut poller = OsFs::default().poller().unwrap();
    poller.waker().wake();
    assert_eq!(poller.wait(NEVER), Other);
}
