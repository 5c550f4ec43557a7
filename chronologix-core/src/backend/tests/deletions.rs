//! Files that are deleted under the writer, and files for which there is no descriptor.

use std::{io::ErrorKind, time::Duration};

use super::{APP, AUDIT, Desk, ERRORS, Round, pending, ready};
use crate::{Config, fs::tests::sim::FsOp};

#[test]
fn lines_written_to_a_deleted_file_are_written_again_to_a_new_one() {
    let mut desk = Desk::new();
    desk.log("app", "before").detach();
    desk.settle();
    for path in [APP, "2025-05-04__14-00", ""] {
        desk.fs.delete(&format!("/base/{path}"));
        let record = pending(desk.log("app", "after").written());
        assert_eq!(desk.round(), Round::Worked);
        ready(record).unwrap();
        assert_eq!(desk.messages(APP), ["after"], "{path:?} was deleted");
    }
    assert_eq!(desk.shared.counters.snapshot().disk_errors, 0);
}

#[test]
fn what_was_synced_after_a_deletion_survives_a_crash() {
    let mut desk = Desk::new();
    desk.log("audit", "before").detach();
    desk.settle();
    desk.fs.delete("/base/2025-05-04__14-00");
    let record = pending(desk.log("audit", "after").synced());
    desk.settle();
    ready(record).unwrap();
    desk.fs.crash();
    assert_eq!(desk.messages(AUDIT), ["after"]);
}

#[test]
fn a_file_made_anew_survives_a_crash_though_the_system_could_not_tell_that_it_was_missing() {
    for (after, times) in (0..6).flat_map(|after| (1..4).map(move |times| (after, times))) {
        let mut desk = Desk::new();
        // The names of all files are durable with the first sync in their folder.
        let other = pending(desk.log("errors", "before").synced());
        desk.settle();
        ready(other).unwrap();
        desk.fs.delete(&format!("/base/{AUDIT}"));
        desk.fs
            .fail_after(after, FsOp::Look, "/audit.", times, ErrorKind::StorageFull);
        desk.clock.advance(Duration::from_secs(1));
        desk.log("errors", "makes the writer look at its files")
            .detach();
        assert_eq!(desk.round(), Round::Worked);
        let record = pending(desk.log("audit", "after").synced());
        desk.settle();
        ready(record).unwrap();
        desk.fs.crash();
        let messages = desk.messages(AUDIT);
        assert_eq!(messages, ["after"], "{times} looks failed after {after}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_again_keeps_its_lines_waiting() {
    let mut desk = Desk::new();
    desk.log("app", "before").detach();
    desk.settle();
    desk.fs.delete("/base/2025-05-04__14-00");
    desk.fs
        .fail(FsOp::Open, "app.log", 2, ErrorKind::PermissionDenied);
    desk.log("errors", "after").detach();
    assert_eq!(desk.round(), Round::Blocked);
    desk.settle();
    assert_eq!(desk.messages(APP), ["after"]);
    assert_eq!(desk.messages(ERRORS), ["after"]);
}

#[test]
fn more_streams_than_descriptors_are_all_written_and_synced() {
    let streams = (0..40).map(|at| format!("stream{at}")).collect::<Vec<_>>();
    let config = Config::new()
        .base_log_dir("/base")
        .interval("1h")
        .streams(streams.clone());
    let mut desk = Desk::with(config);
    desk.fs.limit_open(3);
    for _ in 0..2 {
        let records = streams
            .iter()
            .map(|name| pending(desk.log(name, "line").synced()));
        let records = records.collect::<Vec<_>>();
        desk.settle();
        for record in records {
            ready(record).unwrap();
        }
    }
    assert_eq!(desk.shared.counters.snapshot().disk_errors, 0);
    desk.fs.crash();
    for name in streams {
        let path = format!("2025-05-04__14-00/{name}.log");
        assert_eq!(desk.messages(&path), ["line", "line"], "{name}");
    }
}

/// A batch of two lines is stopped in the middle of the second, and goes on after its file was
/// taken away like this.
fn stopped_and_taken_away(take: impl FnOnce(&Desk)) -> Desk {
    let mut desk = Desk::new();
    desk.fs.write_short("[14:30:00] first\n[14".len());
    desk.fs
        .fail_after(1, FsOp::Append, "app.log", 1, ErrorKind::StorageFull);
    desk.log("app", "first").detach();
    desk.log("app", "second").detach();
    assert_eq!(desk.round(), Round::Blocked);
    take(&desk);
    desk.clock.advance(Duration::from_secs(1));
    desk.settle();
    desk
}

#[test]
fn what_of_a_batch_stood_in_a_file_that_was_deleted_is_written_again() {
    let desk = stopped_and_taken_away(|desk| desk.fs.delete(&format!("/base/{APP}")));
    assert_eq!(desk.messages(APP), ["first", "second"]);
}

#[test]
fn what_of_a_batch_stands_in_a_file_that_was_renamed_stays_there_and_the_line_is_whole_in_the_next()
{
    let aside = "2025-05-04__14-00/app.log.1";
    let rename = |desk: &Desk| {
        let [from, to] = [APP, aside].map(|path| format!("/base/{path}"));
        desk.fs.rename(&from, &to);
    };
    let desk = stopped_and_taken_away(rename);
    let text = desk.text(aside);
    assert_eq!(text.as_deref(), Some("[14:30:00] first\n[14"));
    assert_eq!(desk.text(APP).as_deref(), Some("[14:30:00] second\n"));
}
