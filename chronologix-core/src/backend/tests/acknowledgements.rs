//! Nothing is acknowledged before it is true, and nothing true is denied.

use std::io::ErrorKind;

use super::{APP, AUDIT, Desk, HOUR, Round, config, pending, ready};
use crate::{StreamConfig, fs::tests::sim::FsOp};

#[test]
fn a_sync_asked_for_while_the_disk_refuses_waits_for_its_own_record() {
    let mut desk = Desk::new();
    desk.fs
        .fail(FsOp::Append, "app.log", 1, ErrorKind::StorageFull);
    desk.log("app", "first").detach();
    assert_eq!(desk.round(), Round::Blocked);
    let second = pending(desk.log("app", "second").synced());
    assert_eq!(desk.round(), Round::Worked);
    assert_eq!(desk.messages(APP), ["first"]);
    let second = pending(second);
    desk.settle();
    ready(second).unwrap();
    desk.fs.crash();
    assert_eq!(desk.messages(APP), ["first", "second"]);
}

#[test]
fn a_flush_asked_for_while_the_disk_refuses_waits_for_what_was_queued_before_it() {
    let mut desk = Desk::new();
    desk.fs
        .fail(FsOp::Append, "app.log", 1, ErrorKind::StorageFull);
    desk.log("app", "first").detach();
    assert_eq!(desk.round(), Round::Blocked);
    desk.log("app", "second").detach();
    let mut is_flushed = desk.flush();
    assert_eq!(desk.round(), Round::Worked);
    assert!(!is_flushed(), "the second record is in no file yet");
    desk.settle();
    assert!(is_flushed());
    assert_eq!(desk.messages(APP), ["first", "second"]);
}

#[test]
fn a_failed_sync_counts_for_every_stream_in_the_file() {
    let mut desk = Desk::new();
    let early = desk.log("app", "early");
    desk.settle();
    desk.fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    let late = pending(desk.log("errors", "late").synced());
    desk.settle();
    ready(late).unwrap();
    let early = pending(early.synced());
    desk.settle();
    assert!(
        ready(early).is_err(),
        "it was in the file that could not be synced, which is not trusted any more"
    );
}

#[test]
fn a_mirror_that_cannot_be_synced_fails_all_the_records_in_it() {
    let synced = |name| StreamConfig::new(name).durability("synced");
    let config = config().stream(synced("a")).stream(synced("b"));
    let mut desk = Desk::with(config.mirror("b", "a"));
    desk.fs.fail(FsOp::Sync, "/a.", 2, ErrorKind::Other);
    let [in_a, in_both] = ["a", "b"].map(|stream| pending(desk.log(stream, "x").synced()));
    desk.settle();
    assert!(ready(in_a).is_err());
    assert!(ready(in_both).is_err(), "its mirror is not on disk");
    assert_eq!(desk.shared.counters.snapshot().records_failed, 2);
    assert_eq!(desk.shared.counters.snapshot().synced, 0);
}

#[test]
fn a_record_synced_with_its_own_batch_is_not_failed_by_a_later_one() {
    let mut desk = Desk::new();
    let first = desk.log("audit", "first");
    desk.settle();
    desk.fs.fail(FsOp::Sync, "audit", 2, ErrorKind::Other);
    let second = desk.log("audit", "second");
    desk.settle();
    ready(first.synced()).unwrap();
    assert!(ready(second.synced()).is_err());
    desk.fs.crash();
    assert_eq!(desk.messages(AUDIT), ["first"]);
}

#[test]
fn a_name_that_cannot_be_synced_is_tried_again_with_the_next_record() {
    let mut desk = Desk::new();
    desk.fs.fail(FsOp::SyncFolder, "14-00", 1, ErrorKind::Other);
    let first = pending(desk.log("audit", "first").synced());
    desk.settle();
    assert!(ready(first).is_err());
    // Its file has nothing new; the name of the file is still not on disk.
    desk.fs.fail(FsOp::SyncFolder, "14-00", 1, ErrorKind::Other);
    let asked = desk.log("app", "x");
    desk.settle();
    let asked = pending(asked.synced());
    desk.settle();
    assert!(ready(asked).is_err());
    let last = pending(desk.log("audit", "last").synced());
    desk.settle();
    ready(last).unwrap();
    desk.fs.crash();
    assert_eq!(desk.messages(AUDIT), ["first", "last"]);
}

#[test]
fn a_name_that_could_not_be_synced_is_not_forgotten_by_a_stream_with_nothing_new() {
    // `b` has nothing to sync in its own file; the mirror in `a.log` is what could not be named.
    let config = config().stream("a").stream("b").mirror("b", "a");
    let mut desk = Desk::with(config);
    let mirrored = desk.log("b", "x");
    desk.settle();
    let own = pending(desk.log("b", "y").synced());
    desk.settle();
    ready(own).unwrap();
    desk.fs.fail(FsOp::Sync, "/a.log", 1, ErrorKind::Other);
    desk.fs.fail(FsOp::SyncFolder, "14-00", 1, ErrorKind::Other);
    let first = pending(desk.log("a", "z").synced());
    desk.settle();
    assert!(ready(first).is_err(), "`a.1.log` has no durable name");
    let mirrored = pending(mirrored.synced());
    let in_new_file = pending(desk.log("b", "w").synced());
    desk.settle();
    assert!(ready(mirrored).is_err());
    ready(in_new_file).unwrap();
    desk.fs.crash();
    assert_eq!(desk.messages("2025-05-04__14-00/a.1.log"), ["z", "w"]);
}

#[test]
fn the_name_of_every_numbered_file_is_synced() {
    let mut desk = Desk::new();
    desk.log("audit", "first").detach();
    desk.settle();
    desk.fs.fail(FsOp::Sync, "audit", 2, ErrorKind::Other);
    desk.log("audit", "second").detach();
    desk.settle();
    let third = pending(desk.log("audit", "third").synced());
    desk.settle();
    ready(third).unwrap();
    desk.fs.crash();
    assert_eq!(desk.messages("2025-05-04__14-00/audit.2.log"), ["third"]);
}

#[test]
fn what_the_last_sync_loses_is_not_acknowledged_after_the_stop() {
    let mut desk = Desk::new();
    let lost = desk.log("errors", "x");
    desk.settle();
    desk.fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    assert!(desk.writer.finish().is_err());
    drop(desk.shared.end());
    assert!(ready(lost.synced()).is_err());
}

#[test]
fn a_folder_that_was_left_and_a_file_that_was_replaced_at_once_are_both_noted() {
    let mut desk = Desk::new();
    let lost = desk.log("app", "x");
    desk.settle();
    desk.fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    desk.fs.fail(FsOp::Open, "14-00", 1, ErrorKind::Other);
    desk.fs.delete("/base/2025-05-04__14-00");
    desk.clock.advance(std::time::Duration::from_secs(1));
    desk.settle();
    let lost = pending(lost.synced());
    desk.settle();
    assert!(ready(lost).is_err());
}

#[test]
fn records_of_several_folders_are_synced_in_each() {
    let mut desk = Desk::new();
    desk.clock.advance(
        (HOUR / 2)
            .checked_sub(std::time::Duration::from_nanos(1))
            .unwrap(),
    );
    let before = pending(desk.log("audit", "before").synced());
    desk.clock.advance(HOUR / 2);
    let after = pending(desk.log("audit", "after").synced());
    desk.settle();
    ready(before).unwrap();
    ready(after).unwrap();
    desk.fs.crash();
    assert_eq!(desk.messages(AUDIT), ["before"]);
    assert_eq!(desk.messages("2025-05-04__15-00/audit.log"), ["after"]);
}

#[test]
fn of_files_that_are_synced_side_by_side_each_has_its_own_outcome() {
    let synced = |name| StreamConfig::new(name).durability("synced");
    let config = config().stream(synced("a")).stream(synced("b"));
    let mut desk = Desk::with(config.mirror("b", "a"));
    let log = |desk: &mut Desk| {
        let logged = ["a", "b", "audit"].map(|stream| pending(desk.log(stream, "x").synced()));
        desk.settle();
        logged.map(|record| ready(record).is_ok())
    };
    assert_eq!(log(&mut desk), [true; 3]);
    // What fails once is synced in the next file.
    desk.fs.fail(FsOp::Sync, "/b.log", 1, ErrorKind::Other);
    assert_eq!(log(&mut desk), [true; 3]);
    assert_eq!(desk.messages("2025-05-04__14-00/b.1.log"), ["x"]);
    desk.fs.fail(FsOp::Sync, "/a.", 2, ErrorKind::Other);
    assert_eq!(log(&mut desk), [false, false, true]);
    desk.fs.heal();
    assert!(log(&mut desk)[2]);
    assert_eq!(log(&mut desk), [true; 3]);
    desk.fs.crash();
    assert_eq!(desk.messages(AUDIT), ["x"; 5]);
}
