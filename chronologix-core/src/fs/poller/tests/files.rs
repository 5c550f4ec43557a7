//! Which changes to files end a wait, and which do not.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::{FILES, FilesChanged, Other, Scene};
use crate::fs::{os::OsFs, traits::FileSystem};

/// Changes the tree, and checks that the next wait reports it once.
#[track_caller]
fn changes(what: &str, act: impl FnOnce(&Scene)) {
    let mut scene = Scene::new();
    act(&scene);
    assert_eq!(scene.look(), FilesChanged, "{what}");
    assert_eq!(scene.look(), Other, "{what}, reported once");
}

#[test]
fn files_that_are_deleted_renamed_or_replaced() {
    changes("deleted", |scene| {
        fs::remove_file(scene.path("current/app.log")).unwrap();
    });
    changes("deleted while it is open", |scene| {
        let _open = File::open(scene.path("next/errors.log")).unwrap();
        fs::remove_file(scene.path("next/errors.log")).unwrap();
        assert_eq!(Scene::new().look(), Other);
    });
    changes("renamed", |scene| {
        fs::rename(scene.path("current/app.log"), scene.path("current/old.log")).unwrap();
    });
    changes("moved away", |scene| {
        fs::rename(scene.path("current/app.log"), scene.path("old.log")).unwrap();
    });
    changes("replaced", |scene| {
        File::create(scene.path("new.log")).unwrap();
        fs::rename(scene.path("new.log"), scene.path("current/app.log")).unwrap();
    });
    changes("deleted and made again", |scene| {
        fs::remove_file(scene.path("current/app.log")).unwrap();
        File::create(scene.path("current/app.log")).unwrap();
    });
}

#[test]
fn folders_that_are_deleted_renamed_or_replaced() {
    changes("deleted", |scene| {
        fs::remove_dir_all(scene.path("current")).unwrap();
    });
    changes("renamed", |scene| {
        fs::rename(scene.path("next"), scene.path("old")).unwrap();
    });
    changes("replaced", |scene| {
        fs::rename(scene.path("next"), scene.path("old")).unwrap();
        fs::create_dir(scene.path("next")).unwrap();
    });
    changes("exchanged", |scene| {
        use rustix::fs::{CWD, RenameFlags, renameat_with};

        fs::create_dir(scene.path("other")).unwrap();
        let (ours, other) = (scene.path("next"), scene.path("other"));
        renameat_with(CWD, ours, CWD, other, RenameFlags::EXCHANGE).unwrap();
    });
    changes("the link", |scene| {
        fs::remove_file(scene.path("link")).unwrap();
    });
}

#[test]
fn an_empty_folder_that_is_open() {
    let mut scene = Scene::new();
    let _held = OsFs::default().lock_folder(&scene.path("next")).unwrap();
    fs::remove_file(scene.path("next/app.log")).unwrap();
    fs::remove_file(scene.path("next/errors.log")).unwrap();
    assert_eq!(scene.look(), FilesChanged);
    fs::remove_dir(scene.path("next")).unwrap();
    assert_eq!(scene.look(), FilesChanged);
}

#[test]
fn the_base_and_what_is_above_it() {
    changes("the base deleted", |scene| {
        fs::remove_dir_all(&scene.base).unwrap();
    });
    changes("the base renamed", |scene| {
        fs::rename(&scene.base, scene.dir.path().join("elsewhere")).unwrap();
    });
    changes("the folder above renamed", |scene| {
        let dir = scene.dir.path();
        fs::rename(dir.join("above"), dir.join("elsewhere")).unwrap();
    });
}

#[test]
fn a_symlink_on_the_way_to_the_base_and_what_is_behind_it() {
    let reached_by_link = || {
        let mut scene = Scene::new();
        symlink("above", scene.dir.path().join("way")).unwrap();
        scene.base = scene.dir.path().join("way/logs");
        scene.watch();
        assert_eq!(scene.look(), Other);
        scene
    };

    let mut scene = reached_by_link();
    let dir = scene.dir.path();
    symlink("elsewhere", dir.join("new")).unwrap();
    fs::rename(dir.join("new"), dir.join("way")).unwrap();
    assert_eq!(scene.look(), FilesChanged);

    let mut scene = reached_by_link();
    fs::remove_file(scene.dir.path().join("way")).unwrap();
    assert_eq!(scene.look(), FilesChanged);

    let mut scene = reached_by_link();
    let dir = scene.dir.path();
    fs::rename(dir.join("above"), dir.join("elsewhere")).unwrap();
    assert_eq!(scene.look(), FilesChanged);
}

#[test]
fn a_wait_is_ended_by_a_change_alone() {
    let mut scene = Scene::new();
    let file = scene.path("current/app.log");
    thread::scope(|scope| {
        scope.spawn(|| fs::remove_file(file).unwrap());
        scene.wait_for_a_change();
    });
}

#[test]
fn what_is_written_and_made_ends_no_wait() {
    let mut scene = Scene::new();
    let mut file = File::options()
        .append(true)
        .open(scene.path("current/app.log"))
        .unwrap();
    file.write_all(b"[14:00:00] line\n").unwrap();
    file.sync_data().unwrap();
    file.set_len(0).unwrap();
    drop(file);
    scene.make().unwrap();
    OsFs::default()
        .replace(&scene.path(".chronologix.json"), "{}", 0o600)
        .unwrap();
    OsFs::default()
        .open_new(&scene.path("current/app.1.log"), 0o600)
        .unwrap();
    OsFs::default()
        .create_folders(&scene.path("later"), 0o700)
        .unwrap();
    // As two loggers do to each other that share a tree, but not the interval.
    for target in ["next", "current"] {
        OsFs::default()
            .set_symlink(&scene.path("link"), target)
            .unwrap();
    }
    assert_eq!(scene.look(), Other);
}

#[test]
fn what_others_do_beside_the_folders_ends_no_wait() {
    let mut scene = Scene::new();
    fs::create_dir(scene.path("2001-01-01")).unwrap();
    fs::remove_dir(scene.path("2001-01-01")).unwrap();
    for name in ["notes", "above.txt"] {
        for folder in [scene.dir.path(), &scene.base] {
            File::create(folder.join(name)).unwrap();
            fs::remove_file(folder.join(name)).unwrap();
        }
    }
    assert_eq!(scene.look(), Other);
}

#[test]
fn what_happened_before_the_watch_is_not_reported() {
    let mut scene = Scene::new();
    fs::remove_file(scene.path("next/app.log")).unwrap();
    scene.make().unwrap();
    scene.watch();
    assert_eq!(scene.look(), Other);
    fs::remove_dir_all(&scene.base).unwrap();
    scene.make().unwrap();
    scene.watch();
    assert_eq!(scene.look(), Other);
    // But what is new is watched.
    fs::remove_file(scene.path("next/app.log")).unwrap();
    assert_eq!(scene.look(), FilesChanged);
}

#[test]
fn a_folder_left_behind_is_watched_no_more() {
    let mut scene = Scene::new();
    let (next, link) = (scene.path("next"), scene.path("link"));
    scene.poller.watch(&[&next], &link);
    fs::remove_dir_all(scene.path("current")).unwrap();
    assert_eq!(scene.look(), Other);
    fs::remove_dir_all(next).unwrap();
    assert_eq!(scene.look(), FilesChanged);
}

/// One thread destroys, and goes on as soon as everything is there again, so that it strikes at any
/// moment of what the other does.
#[test]
fn watching_then_looking_then_waiting_misses_nothing() {
    let mut scene = Scene::new();
    let waker = scene.poller.waker();
    let (base, dir) = (scene.base.clone(), scene.dir.path().to_owned());
    let is_over = AtomicBool::new(false);
    let destroy = |round: u32| {
        // In no order.
        let dice = round.wrapping_mul(2_654_435_769) >> 16;
        (0..dice % 64).for_each(|_| thread::yield_now());
        let aside = |path: &Path| fs::rename(path, dir.join(format!("aside-{round}")));
        match dice % 12 {
            0 => fs::remove_dir_all(&base),
            1 => aside(&base),
            2 => aside(&dir.join("above")),
            3 | 4 => fs::remove_dir_all(base.join("current")),
            5 | 6 => aside(&base.join("next")),
            other => fs::remove_file(base.join(FILES[other as usize % FILES.len()])),
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..300 {
                // It may fail: the other thread makes what is being deleted.
                let _ = destroy(round);
                while !FILES.iter().all(|file| base.join(file).exists()) {
                    thread::yield_now();
                }
            }
            is_over.store(true, Ordering::Release);
            waker.wake_by_ref();
        });
        while !is_over.load(Ordering::Acquire) {
            let _ = scene.make();
            scene.watch();
            if scene.make().is_ok() && scene.poller.watches.are_complete() {
                let _ = scene.poller.wait(i64::MAX);
            }
        }
    });
}
