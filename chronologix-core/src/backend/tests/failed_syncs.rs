//! Syncs that fail: few files are made, and each record stands in one of them.

use std::io::ErrorKind;

use super::{AUDIT, Desk, config, pending, poll_once, ready};
use crate::{backend::writer::Round, fs::tests::sim::FsOp};

const FOLDER: &str = "/base/2025-05-04__14-00";

/// Logs a record that is to be synced. Returns whether it was.
fn is_synced(desk: &mut Desk, message: &str) -> bool {
    let receipt = pending(desk.log("audit", message).synced());
    desk.settle();
    ready(receipt).is_ok()
}

/// The files of the stream, and the messages in all of them.
fn found(desk: &Desk) -> (Vec<String>, Vec<String>) {
    let files = desk.fs.list(FOLDER).into_iter();
    let files = files.filter(|name| name.starts_with("audit"));
    let files = files.collect::<Vec<_>>();
    let messages = files.iter();
    let messages = messages.flat_map(|file| desk.messages(&format!("2025-05-04__14-00/{file}")));
    let messages = messages.collect();
    (files, messages)
}

#[test]
fn a_disk_that_fails_every_sync_gets_two_files_and_each_record_once() {
    let mut desk = Desk::new();
    desk.fs
        .fail(FsOp::Sync, "audit", usize::MAX, ErrorKind::Other);
    let logged = (0..400).map(|number| number.to_string());
    let logged = logged.collect::<Vec<_>>();
    for message in &logged {
        assert!(!is_synced(&mut desk, message));
    }
    let (files, messages) = found(&desk);
    assert_eq!(files, ["audit.1.log", "audit.log"]);
    assert_eq!(messages, logged);
    desk.fs.heal();
    assert!(is_synced(&mut desk, "healed"));
    desk.fs.crash();
    assert_eq!(desk.messages("2025-05-04__14-00/audit.2.log"), ["healed"]);
}

#[test]
fn a_sync_that_fails_once_leaves_the_record_in_the_next_file_alone() {
    let mut desk = Desk::new();
    assert!(is_synced(&mut desk, "before"));
    desk.fs.fail(FsOp::Sync, "audit", 1, ErrorKind::Other);
    assert!(is_synced(&mut desk, "again"));
    assert_eq!(desk.messages(AUDIT), ["before"]);
    assert_eq!(desk.messages("2025-05-04__14-00/audit.1.log"), ["again"]);
}

#[test]
fn syncs_that_fail_now_and_then_make_few_files() {
    let mut desk = Desk::new();
    for round in 0..400 {
        desk.fs.fail(FsOp::Sync, "audit", 1, ErrorKind::Other);
        let _ = is_synced(&mut desk, &format!("{round} fails"));
        let _ = is_synced(&mut desk, &format!("{round} succeeds"));
    }
    let (files, messages) = found(&desk);
    assert!(files.len() <= 4, "{files:?}");
    assert_eq!(messages.len(), 800);
}

#[test]
fn a_file_is_left_again_after_a_time_without_failures() {
    let mut desk = Desk::new();
    for fails in [true, false, true] {
        for number in 0..20 {
            if fails && number == 0 {
                desk.fs.fail(FsOp::Sync, "audit", 1, ErrorKind::Other);
            }
            assert!(is_synced(&mut desk, &number.to_string()));
        }
    }
    assert_eq!(found(&desk).0.len(), 3);
}

#[test]
fn a_line_in_the_next_file_is_cut_back_also_if_those_behind_it_are_given_up() {
    let mut desk = Desk::with(config().max_file_size("4KiB"));
    desk.fs
        .fail(FsOp::Sync, "audit.log", 1, ErrorKind::StorageFull);
    desk.fs.fail(
        FsOp::Open,
        "audit.2.log",
        usize::MAX,
        ErrorKind::StorageFull,
    );
    let [kept, given_up] = ["kept", "given up"].map(|word| word.repeat(700));
    desk.log("audit", &kept).detach();
    desk.log("audit", &given_up).detach();
    assert_eq!(desk.round(), Round::Blocked);
    desk.writer.give_up();
    desk.writer.close();
    let (files, messages) = found(&desk);
    assert_eq!(files, ["audit.1.log", "audit.log"]);
    assert!(messages == [kept], "{} messages", messages.len());
}

#[test]
fn no_line_of_another_logger_is_cut_back() {
    let mut first = Desk::new();
    let mut second = Desk::on(&first.fs, Box::new(first.fs.clone()), config());
    first.fs.fail(FsOp::Sync, "audit.log", 1, ErrorKind::Other);
    let receipt = pending(first.log("audit", "first").synced());
    let mut other = second.log("audit", "second").written();
    assert!(poll_once(&mut other).is_none());
    second.settle();
    first.settle();
    ready(receipt).unwrap();
    ready(other).unwrap();
    let messages = found(&first).1;
    for message in ["first", "second"] {
        assert!(
            messages.iter().any(|found| found == message),
            "{messages:?}"
        );
    }
}

const MARK: &str = "[WARN] chronologix: bytes 18 to 35 of audit.log are repeated here, \
                    its sync failed";

#[test]
fn lines_that_stand_twice_beside_other_loggers_are_marked() {
    let mut first = Desk::new();
    let mut second = Desk::on(&first.fs, Box::new(first.fs.clone()), config());
    second.log("audit", "before").detach();
    second.settle();
    first.fs.fail(FsOp::Sync, "audit.log", 1, ErrorKind::Other);
    assert!(is_synced(&mut first, "again"));
    second.log("audit", "after").detach();
    second.settle();
    assert_eq!(first.messages(AUDIT), ["before", "again", "after"]);
    let next = "2025-05-04__14-00/audit.1.log";
    assert_eq!(first.messages(next), [MARK, "again"]);
    let (old, new) = (first.text(AUDIT).unwrap(), first.text(next).unwrap());
    let begin = new.find('\n').unwrap() + 1;
    let mark = chronologix_schema::layout::Repeat::of_line(&new[..begin - 1]).unwrap();
    let bytes =
        usize::try_from(mark.bytes.start).unwrap()..usize::try_from(mark.bytes.end).unwrap();
    assert_eq!(old[bytes], new[begin..]);
    // Later records follow, and nothing of them is marked.
    assert!(is_synced(&mut first, "later"));
    assert_eq!(first.messages(next), [MARK, "again", "later"]);
}

#[test]
fn what_a_deleted_file_has_failed_is_no_failure_of_the_next() {
    let mut desk = Desk::new();
    desk.fs.fail(FsOp::Sync, "audit", 2, ErrorKind::Other);
    assert!(!is_synced(&mut desk, "lost"));
    desk.fs.delete("/base/2025-05-04__14-00/audit.1.log");
    assert!(is_synced(&mut desk, "safe"));
    let (files, messages) = found(&desk);
    assert_eq!((files.len(), messages), (2, vec!["safe".to_owned()]));
}
