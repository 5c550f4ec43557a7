//! Compression, step by step, where something stands in the way.

use std::{io::ErrorKind, path::Path, sync::atomic::AtomicBool};

use super::{OLD, config, keeper, names, now, run, standing};
use crate::fs::{
    sim::{MemDisk, Op},
    traits::Disk,
};

fn disk() -> MemDisk {
    let disk = MemDisk::with_folder("/base");
    disk.put(&format!("/base/{OLD}/app.log"), b"one\ntwo\n");
    disk.put(&format!("/base/{OLD}/errors.log"), b"");
    disk
}

#[test]
fn a_file_becomes_its_archive_and_an_empty_one_stays() {
    let disk = disk();
    let done = run(&disk, config().compress("gz"));
    assert_eq!((done.compressed, done.errors.len()), (1, 0));
    let expected = [
        format!("/{OLD}"),
        format!("/{OLD}/app.log.gz"),
        format!("/{OLD}/errors.log"),
    ];
    assert_eq!(names(&disk), expected);
    assert_eq!(run(&disk, config().compress("gz")).compressed, 0);
}

#[test]
fn late_records_stay_beside_the_archive_that_lacks_them() {
    let disk = disk();
    run(&disk, config().compress("gz"));
    disk.put(&format!("/base/{OLD}/app.log"), b"late\n");
    let before = standing(&disk);
    let mut keeper = keeper(&disk, config().compress("gz"));
    for _ in 0..2 {
        let done = keeper.run(now(), &AtomicBool::new(false));
        assert_eq!((done.compressed, done.errors.len()), (0, 0));
        assert_eq!(standing(&disk), before);
    }
    // It knows by now, and does not look into the archive again.
    disk.fail(Op::Read, "app.log.gz", usize::MAX, ErrorKind::Other);
    assert!(keeper.run(now(), &AtomicBool::new(false)).errors.is_empty());
}

#[test]
fn half_an_archive_under_the_final_name_costs_nothing() {
    // Not made by us: ours have that name only when they are whole.
    let disk = disk();
    disk.put(&format!("/base/{OLD}/app.log.gz"), b"\x1f\x8b");
    let before = standing(&disk);
    let done = run(&disk, config().compress("gz"));
    assert!(
        done.errors[0]
            .to_string()
            .starts_with("cannot look into /base"),
        "{:?}",
        done.errors
    );
    assert_eq!(standing(&disk), before);
}

#[test]
fn something_else_in_place_of_the_archive_stays_and_is_told() {
    let disk = disk();
    let planted = format!("/base/{OLD}/app.log.gz");
    disk.point(Path::new(&planted), "elsewhere").unwrap();
    let before = standing(&disk);
    let done = run(&disk, config().compress("gz"));
    assert_eq!(done.errors[0].to_string(), format!("cannot make {planted}"));
    assert_eq!(done.errors[0].kind(), ErrorKind::AlreadyExists);
    assert_eq!(standing(&disk), before);
}

#[test]
fn a_run_that_is_told_to_stop_leaves_nothing_behind() {
    let disk = disk();
    let before = standing(&disk);
    let done = keeper(&disk, config().compress("gz")).run(now(), &AtomicBool::new(true));
    assert_eq!((done.compressed, done.errors.len()), (0, 0));
    assert_eq!(standing(&disk), before);
}

#[test]
fn a_folder_that_a_logger_is_in_is_not_compressed() {
    let disk = disk();
    let folder = format!("/base/{OLD}");
    let held = Disk::hold(&disk, Path::new(&folder)).unwrap();
    let before = standing(&disk);
    let done = run(&disk, config().compress("gz"));
    assert_eq!((done.compressed, done.errors.len()), (0, 0));
    assert_eq!(standing(&disk), before);
    drop(held);
    run(&disk, config().compress("gz"));
    assert!(!names(&disk).contains(&format!("/{OLD}/app.log")));
}

#[test]
fn what_is_young_in_use_or_yet_to_come_is_not_compressed() {
    let disk = MemDisk::with_folder("/base");
    for hour in [12, 13, 14, 15, 16, 23] {
        disk.put(&format!("/base/2025-05-04__{hour}-00/app.log"), b"line\n");
    }
    let before = standing(&disk);
    assert_eq!(run(&disk, config().compress("gz")).compressed, 0);
    assert_eq!(standing(&disk), before);
}
