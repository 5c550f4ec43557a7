//! Compression, step by step, where something stands in the way.

use std::{io::ErrorKind, path::Path, sync::atomic::AtomicBool};

use super::{OLD, config, later, names, now, run, standing, worker};
use crate::fs::{
    tests::sim::{FsOp, SimFs},
    traits::FileSystem,
};
use crate::retention::file_names::unfinished;

fn fs() -> SimFs {
    let fs = SimFs::with_folder("/base");
    fs.put(&format!("/base/{OLD}/app.log"), b"one\ntwo\n");
    fs.put(&format!("/base/{OLD}/errors.log"), b"");
    fs
}

#[test]
fn a_file_becomes_its_archive_and_an_empty_one_stays() {
    let fs = fs();
    let report = run(&fs, config().compress("gz"));
    assert_eq!((report.compressed, report.errors.len()), (1, 0));
    let expected = [
        format!("/{OLD}"),
        format!("/{OLD}/app.log.gz"),
        format!("/{OLD}/errors.log"),
    ];
    assert_eq!(names(&fs), expected);
    assert_eq!(run(&fs, config().compress("gz")).compressed, 0);
}

#[test]
fn late_records_stay_beside_the_archive_that_lacks_them() {
    let fs = fs();
    run(&fs, config().compress("gz"));
    fs.put(&format!("/base/{OLD}/app.log"), b"late\n");
    let before = standing(&fs);
    let mut worker = worker(&fs, config().compress("gz"));
    for _ in 0..2 {
        let report = worker.run(now(), &AtomicBool::new(false));
        assert_eq!((report.compressed, report.errors.len()), (0, 0));
        assert_eq!(standing(&fs), before);
    }
    // It knows by now, and does not look into the archive again.
    fs.fail(FsOp::Read, "app.log.gz", usize::MAX, ErrorKind::Other);
    assert!(worker.run(now(), &AtomicBool::new(false)).errors.is_empty());
}

#[test]
fn half_an_archive_under_the_final_name_costs_nothing() {
    // Not made by us: ours have that name only when they are whole.
    let fs = fs();
    fs.put(&format!("/base/{OLD}/app.log.gz"), b"\x1f\x8b");
    let before = standing(&fs);
    let report = run(&fs, config().compress("gz"));
    let told = report.errors[0].to_string();
    assert!(told.starts_with("cannot look into "), "{told}");
    assert_eq!(standing(&fs), before);
}

#[test]
fn something_else_in_place_of_the_archive_stays_and_is_told() {
    let fs = fs();
    let planted = format!("/base/{OLD}/app.log.gz");
    fs.set_symlink(Path::new(&planted), "elsewhere").unwrap();
    let before = standing(&fs);
    let report = run(&fs, config().compress("gz"));
    assert_eq!(
        report.errors[0].to_string(),
        format!(
            "cannot create {}",
            std::path::absolute(&planted).unwrap().display()
        )
    );
    assert_eq!(report.errors[0].kind(), ErrorKind::AlreadyExists);
    assert_eq!(standing(&fs), before);
}

#[test]
fn a_run_that_is_told_to_stop_leaves_nothing_behind() {
    let fs = fs();
    let before = standing(&fs);
    let report = worker(&fs, config().compress("gz")).run(now(), &AtomicBool::new(true));
    assert_eq!((report.compressed, report.errors.len()), (0, 0));
    assert_eq!(standing(&fs), before);
}

#[test]
fn a_folder_that_a_logger_is_in_is_not_compressed() {
    let fs = fs();
    let folder = format!("/base/{OLD}");
    let held = FileSystem::lock_folder(&fs, Path::new(&folder)).unwrap();
    let before = standing(&fs);
    let report = run(&fs, config().compress("gz"));
    assert_eq!((report.compressed, report.errors.len()), (0, 0));
    assert_eq!(standing(&fs), before);
    drop(held);
    run(&fs, config().compress("gz"));
    assert!(!names(&fs).contains(&format!("/{OLD}/app.log")));
}

#[test]
fn what_is_young_in_use_or_yet_to_come_is_not_compressed() {
    let fs = SimFs::with_folder("/base");
    for hour in [12, 13, 14, 15, 16, 23] {
        fs.put(&format!("/base/2025-05-04__{hour}-00/app.log"), b"line\n");
    }
    let before = standing(&fs);
    assert_eq!(run(&fs, config().compress("gz")).compressed, 0);
    assert_eq!(standing(&fs), before);
}

#[test]
fn without_a_lock_an_archive_that_another_logger_makes_is_left_alone_until_it_is_abandoned() {
    let fs = fs();
    let others = format!("/base/{OLD}/{}", unfinished("app.log.gz"));
    fs.put(&others, b"\x1f\x8b");
    let mut worker = worker(&fs, config().compress("gz"));
    let mut run = |minutes: u64| {
        fs.fail(FsOp::Lock, "/base", 1, ErrorKind::Unsupported);
        worker.run(later(minutes), &AtomicBool::new(false))
    };
    for (minutes, text) in [
        (0, "half"),
        (9, "half a"),
        (12, "half an archive"),
        (21, ""),
    ] {
        if !text.is_empty() {
            fs.put(&others, text.as_bytes());
        }
        let report = run(minutes);
        assert_eq!(
            (report.compressed, report.errors.len()),
            (0, 0),
            "{minutes}"
        );
        assert!(report.is_done_by_another);
        assert!(names(&fs).contains(&format!("/{OLD}/app.log")));
    }
    // Ten minutes after it was last written to.
    let report = run(22);
    assert_eq!((report.compressed, report.errors.len()), (1, 0));
    assert!(!names(&fs).contains(&format!("/{OLD}/app.log")));
    // With the lock, there is nothing to wait for.
    let fs = self::fs();
    fs.put(&others, b"\x1f\x8b");
    assert_eq!(super::run(&fs, config().compress("gz")).compressed, 1);
}
