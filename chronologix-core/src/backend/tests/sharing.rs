//! Several loggers on one tree.

use std::io::ErrorKind;

use super::{APP, AUDIT, Desk, HOUR, config, pending, ready};
use crate::{
    Config,
    fs::tests::sim::{FsOp, SimFs},
};

fn desks() -> [Desk; 2] {
    let first = Desk::new();
    let second = Desk::on(&first.fs, Box::new(first.fs.clone()), config());
    [first, second]
}

fn stop(desk: &mut Desk) {
    desk.writer.finish().unwrap();
    drop(desk.shared.end());
}

#[test]
fn a_next_folder_that_another_logger_has_made_ready_is_not_removed() {
    let [mut first, mut second] = desks();
    let both = ["2025-05-04__14-00", "2025-05-04__15-00"];
    stop(&mut first);
    assert_eq!(second.folders(), both);
    second.clock.advance(HOUR);
    second.log("app", "goes on").detach();
    second.settle();
    assert_eq!(second.messages("2025-05-04__15-00/app.log"), ["goes on"]);
    assert_eq!(second.shared.counters.snapshot().disk_errors, 0);
    stop(&mut second);
    assert_eq!(second.folders(), both, "16-00 was the next, and is gone");
}

#[test]
fn a_next_folder_of_several_loggers_goes_with_the_last_of_them() {
    let mut first = Desk::new();
    let other = Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .stream("other");
    let mut second = Desk::on(&first.fs, Box::new(first.fs.clone()), other);
    stop(&mut second);
    let names = first.fs.list("/base/2025-05-04__15-00");
    assert_eq!(names, ["app.log", "audit.log", "errors.log", "other.log"]);
    stop(&mut first);
    assert_eq!(first.folders(), ["2025-05-04__14-00"]);
}

#[test]
fn a_next_folder_with_something_else_in_it_stays() {
    let mut desk = Desk::new();
    desk.fs.put("/base/2025-05-04__15-00/notes.txt", b"");
    stop(&mut desk);
    assert_eq!(desk.folders().len(), 2);
}

/// Two loggers on `/made/base`. The first has created every folder, and has synced none.
fn desks_in_new_folders() -> [Desk; 2] {
    let fs = SimFs::with_folder("/");
    [(); 2].map(|()| {
        Desk::on(
            &fs,
            Box::new(fs.clone()),
            config().base_log_dir("/made/base"),
        )
    })
}

#[test]
fn synced_covers_the_names_that_another_logger_has_created() {
    let [first, mut second] = desks_in_new_folders();
    for round in 0..200 {
        let receipt = pending(second.log("audit", &format!("record {round}")).synced());
        second.settle();
        ready(receipt).unwrap();
    }
    drop(first);
    let fs = second.fs.clone();
    drop(second);
    fs.crash();
    let text = fs.text(&format!("/made/base/{AUDIT}")).unwrap();
    assert_eq!(text.lines().count(), 200, "acknowledged records are gone");
}

#[test]
fn folders_above_the_tree_that_another_process_has_removed_need_no_sync() {
    let [_first, mut second] = desks_in_new_folders();
    // Each fault hits the first folder whose path contains it: that of the tree, and those above.
    second
        .fs
        .fail_after(2, FsOp::SyncFolder, "/", 1, ErrorKind::NotFound);
    let receipt = pending(second.log("audit", "one").synced());
    second.settle();
    ready(receipt).unwrap();
    assert_eq!(second.shared.counters.snapshot().disk_errors, 0);
}

#[test]
fn two_loggers_write_to_the_same_files() {
    let [mut first, mut second] = desks();
    first.log("app", "one").detach();
    first.settle();
    second.log("app", "two").detach();
    second.settle();
    first.log("app", "three").detach();
    first.settle();
    assert_eq!(first.messages(APP), ["one", "two", "three"]);
}

#[test]
fn the_description_keeps_the_streams_of_both() {
    let first = Desk::new();
    let other = Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .stream("other");
    let _second = Desk::on(&first.fs, Box::new(first.fs.clone()), other);
    let text = first.text(".chronologix.json").unwrap();
    let description = chronologix_schema::layout::Manifest::from_json(&text).unwrap();
    let mut names = description
        .streams
        .iter()
        .map(|stream| stream.name.as_str())
        .collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["app", "audit", "errors", "other"]);
}
