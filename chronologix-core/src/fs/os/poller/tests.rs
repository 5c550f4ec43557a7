//! A lookout on a real file system. The kernel tells of a change before the call that makes it returns; so whoever rings after
//! a change finds both told at once, and no test waits for something that may not come.

mod files;

use std::{
    fs, io,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use rustix::io::{FdFlags, fcntl_getfd};
use tempfile::TempDir;

use super::{LOOK_EVERY, OsLookout};
use crate::{
    clock::Clock,
    fs::{
        os::OsFs,
        poller::{Lookout, WakeReason},
        traits::FileSystem,
    },
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

const FILES_CHANGED: WakeReason = WakeReason {
    files_changed: true,
};
const NOTHING_CHANGED: WakeReason = WakeReason {
    files_changed: false,
};

/// A tree as the writer makes it, and a lookout on it.
struct Scene {
    dir: TempDir,
    base: PathBuf,
    lookout: OsLookout,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("above/logs");
        let lookout = OsLookout::open(LOOK_EVERY).unwrap();
        let mut scene = Self { dir, base, lookout };
        scene.make().unwrap();
        scene.watch();
        scene
    }

    /// What the writer does at its start and whenever something is missing.
    fn make(&self) -> io::Result<()> {
        for folder in FOLDERS {
            OsFs.create_folders(&self.path(folder), 0o700)?;
        }
        for file in FILES {
            OsFs.open(&self.path(file), 0o600)?;
        }
        OsFs.point(&self.path("link"), "current")
    }

    fn watch(&mut self) {
        let folders = FOLDERS.map(|folder| self.path(folder));
        let folders = folders.each_ref().map(PathBuf::as_path);
        let link = self.path("link");
        self.lookout.watch(&folders, &link);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.base.join(name)
    }

    /// Although nobody rings. A wait may end for nothing: should somebody set the clock, for one.
    fn wait_for_a_change(&mut self) {
        while self.lookout.wait(NEVER) != FILES_CHANGED {}
    }

    /// What a wait tells that ends in any case.
    fn look(&mut self) -> WakeReason {
        self.lookout.bell().ring();
        self.lookout.wait(NEVER)
    }
}

#[test]
fn a_bell_rung_before_the_wait_ends_it_once() {
    let mut scene = Scene::new();
    let bell = scene.lookout.bell();
    bell.ring();
    bell.ring();
    assert_eq!(scene.lookout.wait(NEVER), NOTHING_CHANGED);
    assert_eq!(scene.lookout.bell.answer(), Ok(false));
}

#[test]
fn a_bell_rung_from_another_thread_ends_each_wait() {
    let mut scene = Scene::new();
    let bell = scene.lookout.bell();
    let waits = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for ring in 0..1000 {
                bell.ring();
                while waits.load(Ordering::Acquire) <= ring {
                    thread::yield_now();
                }
            }
            is_over.store(true, Ordering::Release);
            bell.ring();
        });
        while !is_over.load(Ordering::Acquire) {
            assert_eq!(scene.lookout.wait(NEVER), NOTHING_CHANGED);
            waits.fetch_add(1, Ordering::Release);
        }
    });
}

#[test]
fn the_wall_clock_ends_a_wait() {
    let mut scene = Scene::new();
    let clock = Clock::default();
    let until = clock.read().wall + 3_000_000;
    // Unless somebody sets the clock meanwhile, one wait is enough.
    while clock.read().wall < until {
        assert_eq!(scene.lookout.wait(until), NOTHING_CHANGED);
    }
}

#[test]
fn a_time_that_is_past_ends_every_wait_at_once() {
    let mut scene = Scene::new();
    for past in [i64::MIN, -1, 0, 1, 1] {
        assert_eq!(scene.lookout.wait(past), NOTHING_CHANGED);
    }
}

#[test]
fn what_cannot_be_watched_is_to_be_looked_at() {
    let mut scene = Scene::new();
    scene.lookout.look_every = Duration::from_millis(1);
    fs::remove_dir_all(scene.path("next")).unwrap();
    scene.watch();
    assert!(!scene.lookout.eyes.see_all());
    scene.wait_for_a_change();
    scene.wait_for_a_change();
    scene.make().unwrap();
    scene.watch();
    assert!(scene.lookout.eyes.see_all());
    assert_eq!(scene.look(), NOTHING_CHANGED);
}

#[test]
fn whoever_never_watched_is_to_look() {
    let mut lookout = OsLookout::open(Duration::ZERO).unwrap();
    assert_eq!(lookout.wait(NEVER), FILES_CHANGED);
}

#[test]
fn no_descriptor_survives_an_exec() {
    use rustix::fd::AsFd;

    let lookout = OsLookout::open(LOOK_EVERY).unwrap();
    for descriptor in [
        lookout.bell.as_fd(),
        lookout.alarm.as_fd(),
        lookout.eyes.as_fd(),
    ] {
        assert_eq!(fcntl_getfd(descriptor), Ok(FdFlags::CLOEXEC));
    }
}

#[test]
fn the_disk_has_one() {
    let mut lookout = OsFs.lookout().unwrap();
    lookout.bell().ring();
    assert_eq!(lookout.wait(NEVER), NOTHING_CHANGED);
}
