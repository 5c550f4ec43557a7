//! A disk that refuses, and what is left when it no longer does.

use std::{io::ErrorKind, sync::Arc, time::Duration};

use super::{APP, AUDIT, Desk, HALF_PAST_TWO, Round, config, pending, poll_once, ready};
use chronologix_schema::layout::Interval;

use crate::{Config, LogError, StreamConfig, fs::tests::sim::FsOp};

#[test]
fn a_line_given_up_half_way_is_ended_before_the_next() {
    let mut desk = Desk::new();
    desk.fs.write_short(7);
    desk.fs.fail(FsOp::Sync, "audit.log", 1, ErrorKind::Other);
    desk.fs
        .fail_after(1, FsOp::Append, "audit.1.log", 1, ErrorKind::StorageFull);
    let first = pending(desk.log("audit", "first").synced());
    desk.settle();
    assert!(ready(first).is_err());
    let second = pending(desk.log("audit", "second").synced());
    desk.settle();
    ready(second).unwrap();
    assert_eq!(
        desk.text("2025-05-04__14-00/audit.1.log").as_deref(),
        Some("[14:30:\n[14:30:00] second\n")
    );
}

#[test]
fn a_line_stopped_half_way_goes_on_where_it_stopped() {
    let mut desk = Desk::new();
    desk.fs.write_short(7);
    desk.fs
        .fail_after(1, FsOp::Append, "app.log", 3, ErrorKind::StorageFull);
    desk.log("app", "first").detach();
    while desk.round() == Round::Blocked {}
    desk.log("app", "second").detach();
    desk.settle();
    assert_eq!(desk.messages(APP), ["first", "second"]);
    assert_eq!(desk.shared.counters.snapshot().disk_errors, 3);
}

#[test]
fn a_line_stopped_half_way_is_written_whole_into_a_file_that_was_put_in_place() {
    let mut desk = Desk::new();
    desk.fs.write_short(7);
    desk.fs
        .fail_after(1, FsOp::Append, "app.log", 1, ErrorKind::StorageFull);
    desk.log("app", "first").detach();
    assert_eq!(desk.round(), Round::Blocked);
    desk.fs.put(&format!("/base/{APP}"), b"");
    desk.clock.advance(Duration::from_secs(1));
    desk.settle();
    assert_eq!(desk.messages(APP), ["first"]);
}

#[test]
fn nothing_more_is_taken_while_lines_are_unwritten() {
    let config = config().queue_capacity(4096);
    let mut desk = Desk::with(config);
    desk.fs
        .fail(FsOp::Append, "app.log", usize::MAX, ErrorKind::StorageFull);
    desk.log("app", "first").detach();
    for _ in 0..5 {
        assert_eq!(desk.round(), Round::Blocked);
    }
    let mut queued = 0;
    let mut parked = loop {
        let mut record = desk.log("app", "x").queued();
        match poll_once(&mut record) {
            Some(outcome) => outcome.unwrap(),
            None => break record,
        }
        queued += 1;
        assert!(queued < 4096, "there is no bound");
        assert_eq!(desk.round(), Round::Blocked);
    };
    assert!(poll_once(&mut parked).is_none());
    desk.fs.heal();
    desk.settle();
    assert!(matches!(poll_once(&mut parked), Some(Ok(()))));
    assert_eq!(desk.messages(APP).len(), queued + 2);
}

#[test]
fn after_days_without_a_disk_all_folders_are_written_with_few_open_files() {
    let config = Config::new()
        .base_log_dir("/base")
        .interval(Interval::Minute5)
        .timestamp_format("rfc3339")
        .stream("app")
        .stream(StreamConfig::new("audit").durability("synced"));
    let mut desk = Desk::with(config.mirror("audit", "app"));
    desk.fs
        .fail(FsOp::Append, "app.log", usize::MAX, ErrorKind::StorageFull);
    desk.fs.limit_open(12);
    let step = Duration::from_secs(300);
    let mut records = Vec::new();
    for at in 0..400 {
        records.push(desk.log("audit", &at.to_string()));
        if at % 100 == 0 {
            assert_eq!(desk.round(), Round::Blocked);
        }
        desk.clock.advance(step);
    }
    desk.fs.heal();
    desk.settle();
    for record in records {
        ready(record.synced()).unwrap();
    }
    desk.fs.crash();
    for at in 0..400 {
        let stamp = chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO + at * 300_000_000_000);
        let folder = stamp.format("%Y-%m-%d__%H-%M").to_string();
        for file in ["app.log", "audit.log"] {
            assert_eq!(desk.messages(&format!("{folder}/{file}")), [at.to_string()]);
        }
    }
}

#[test]
fn what_is_given_up_at_the_stop_is_told_and_what_was_written_is_not_denied() {
    let mut desk = Desk::new();
    let early = desk.log("app", "early");
    desk.settle();
    desk.fs
        .fail(FsOp::Append, "app.log", usize::MAX, ErrorKind::StorageFull);
    let late = desk.log("app", "late");
    assert_eq!(desk.round(), Round::Blocked);
    let in_queue = desk.log("audit", "in the queue");
    // As `finish` does once its time is over.
    desk.shared.queues.close();
    desk.writer.give_up();
    // A caller that has got its error logs once more, before the writer has ended.
    let after = desk.log("app", "after");
    desk.writer.group_commit.finish(&desk.shared);
    drop(desk.shared.end());
    ready(early.written()).unwrap();
    for record in [late, in_queue] {
        let outcome = ready(record.written());
        assert!(matches!(outcome, Err(LogError::Failed(_))), "{outcome:?}");
    }
    let outcome = ready(after.written());
    assert!(matches!(outcome, Err(LogError::Stopped)), "{outcome:?}");
    let stats = desk.shared.stats();
    let counts = (stats.queued, stats.written, stats.records_failed);
    assert_eq!(counts, (3, 1, 2));
}

#[test]
fn a_request_the_writer_takes_with_it_is_not_acknowledged() {
    let mut desk = Desk::new();
    let record = desk.log("app", "x");
    desk.settle();
    let asked = pending(record.synced());
    desk.writer.take_commands();
    // As happens first when a panic unwinds its thread.
    drop(desk.writer);
    assert!(matches!(ready(asked), Err(LogError::Stopped)));
}

#[test]
fn a_writer_that_breaks_down_acknowledges_nothing_more() {
    let mut desk = Desk::new();
    let [early, also_early] = ["early", "also early"].map(|text| desk.log("app", text));
    let audit = pending(desk.log("audit", "x").synced());
    desk.settle();
    let late = desk.log("app", "late");
    let shared = Arc::clone(&desk.shared);
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        /// What the writer's thread holds.
        struct EndOnDrop(Arc<super::SharedState>);
        impl Drop for EndOnDrop {
            fn drop(&mut self) {
                drop(self.0.end());
            }
        }
        let _end = EndOnDrop(shared);
        std::panic::resume_unwind(Box::new("a waker that panics"));
    }));
    assert!(broken.is_err());
    ready(early.written()).unwrap();
    assert!(matches!(ready(also_early.synced()), Err(LogError::Stopped)));
    assert!(matches!(ready(late.written()), Err(LogError::Stopped)));
    drop(audit);
    assert_eq!(desk.messages(AUDIT), ["x"]);
}
