//! Which folders there are, and when.

use std::{io::ErrorKind, time::Duration};

use super::{APP, Desk, HALF_PAST_TWO, HOUR, Round, config, pending, ready};
use crate::fs::tests::sim::{FsOp, SimFs};

#[test]
fn a_rollover_makes_the_next_folder_and_points_to_the_current_one() {
    let mut desk = Desk::new();
    assert_eq!(desk.folders(), ["2025-05-04__14-00", "2025-05-04__15-00"]);
    desk.clock
        .advance((HOUR / 2).checked_sub(Duration::from_nanos(1)).unwrap());
    desk.settle();
    assert_eq!(desk.folders().len(), 2);
    desk.clock.advance(Duration::from_nanos(1));
    desk.settle();
    assert_eq!(
        desk.folders(),
        [
            "2025-05-04__14-00",
            "2025-05-04__15-00",
            "2025-05-04__16-00"
        ]
    );
    let links = desk.fs.list("/base");
    assert!(
        links.contains(&"current -> 2025-05-04__15-00".to_owned()),
        "{links:?}"
    );
    let files = desk.fs.list("/base/2025-05-04__16-00");
    assert_eq!(files, ["app.log", "audit.log", "errors.log"]);
    assert_eq!(desk.shared.counters.snapshot().rollovers, 1);
}

#[test]
fn the_writer_is_due_at_the_rollover_and_not_before_it() {
    let desk = Desk::new();
    assert_eq!(
        desk.writer.folders.next_rollover(),
        HALF_PAST_TWO + 1_800_000_000_000
    );
}

#[test]
fn an_old_folder_that_cannot_be_synced_keeps_no_new_one_from_being_made() {
    let mut desk = Desk::new();
    desk.log("app", "x").detach();
    desk.settle();
    desk.fs
        .fail(FsOp::Sync, "14-00/app.log", 1, ErrorKind::Other);
    for _ in 0..2 {
        desk.clock.advance(HOUR);
        desk.settle();
    }
    assert!(desk.folders().contains(&"2025-05-04__17-00".to_owned()));
    desk.log("app", "goes on").detach();
    desk.settle();
    assert_eq!(desk.messages("2025-05-04__16-00/app.log"), ["goes on"]);
}

#[test]
fn a_folder_that_could_not_be_made_ahead_is_made_with_the_next_look() {
    let mut desk = Desk::new();
    desk.fs
        .fail(FsOp::Open, "16-00", 2, ErrorKind::QuotaExceeded);
    desk.clock.advance(HOUR);
    assert_eq!(desk.round(), Round::Idle);
    assert_eq!(desk.fs.list("/base/2025-05-04__16-00"), [""; 0]);
    desk.clock.advance(Duration::from_millis(500));
    desk.settle();
    assert_eq!(desk.fs.list("/base/2025-05-04__16-00").len(), 3);
    assert!(desk.writer.finish().is_ok(), "it cost no line");
}

#[test]
fn a_record_for_a_folder_long_left_goes_there_and_is_synced_there() {
    let mut desk = Desk::new();
    desk.fs
        .fail(FsOp::Append, "14-00/app.log", 1, ErrorKind::StorageFull);
    desk.log("app", "first").detach();
    assert_eq!(desk.round(), Round::Blocked);
    let second = desk.log("app", "second");
    desk.clock.advance(3 * HOUR);
    desk.settle();
    assert_eq!(desk.messages(APP), ["first", "second"]);
    let second = pending(second.synced());
    desk.settle();
    ready(second).unwrap();
    desk.fs.crash();
    assert_eq!(desk.messages(APP), ["first", "second"]);
}

#[test]
fn a_step_back_of_the_clock_comes_back_to_the_same_files() {
    let mut desk = Desk::new();
    desk.log("app", "one").detach();
    desk.settle();
    desk.clock.step_to(chrono::DateTime::from_timestamp_nanos(
        HALF_PAST_TWO + 7_200_000_000_000,
    ));
    desk.log("app", "ahead").detach();
    desk.settle();
    desk.clock
        .step_to(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    desk.log("app", "two").detach();
    desk.settle();
    assert_eq!(desk.messages(APP), ["one", "two"]);
    assert_eq!(desk.messages("2025-05-04__16-00/app.log"), ["ahead"]);
}

#[test]
fn what_is_deleted_is_made_again_within_half_a_second() {
    for path in ["2025-05-04__14-00", APP, ""] {
        let mut desk = Desk::new();
        desk.log("app", "one").detach();
        desk.settle();
        desk.fs.delete(&format!("/base/{path}"));
        desk.clock.advance(Duration::from_millis(500));
        desk.settle();
        let record = pending(desk.log("app", "two").synced());
        desk.settle();
        ready(record).unwrap();
        desk.fs.crash();
        assert_eq!(desk.messages(APP), ["two"], "{path:?}");
        assert!(
            desk.folders().contains(&"2025-05-04__15-00".to_owned()),
            "{path:?}"
        );
    }
}

#[test]
fn a_start_that_fails_takes_back_what_it_made_and_nothing_else() {
    for (op, name) in [
        (FsOp::Open, "14-00/app.log"),
        (FsOp::Open, "14-00/errors.log"),
        (FsOp::Open, "15-00/app.log"),
        (FsOp::Open, "15-00/audit.log"),
    ] {
        let fs = SimFs::with_folder("/base");
        fs.put("/base/2025-05-04__14-00/mine.txt", b"");
        fs.fail(op, name, 1, ErrorKind::PermissionDenied);
        let config = config().clock(crate::ManualClock::at(
            chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO),
        ));
        let shared = crate::logger::share(config.check().unwrap(), &config);
        let writer = super::Writer::open(shared.into(), Box::new(fs.clone()));
        assert!(writer.is_err());
        assert_eq!(fs.list("/base"), ["2025-05-04__14-00"], "{name}");
        let left = fs.list("/base/2025-05-04__14-00");
        assert!(left.contains(&"mine.txt".to_owned()), "{name}: {left:?}");
    }
}
