//! What `queued`, `written` and `synced` promise.

use std::{io::ErrorKind, time::Duration};

use super::{Bench, config, messages};
use crate::{
    Durability, LogError,
    fs::tests::sim::{FsOp, SimFs},
    queue::block_on::block_on,
};

/// However busy the machine is.
const LONG: Duration = Duration::from_secs(3600);

const AUDIT: &str = "2025-05-04__14-00/audit.log";
const APP: &str = "2025-05-04__14-00/app.log";
const ERRORS: &str = "2025-05-04__14-00/errors.log";

#[test]
fn synced_records_survive_a_crash_with_all_names_up_to_the_first_old_folder() {
    let fs = SimFs::with_folder("/");
    let bench = Bench::on(&fs, config().base_log_dir("/base/deep/er")).unwrap();
    bench.log("audit", "kept").wait().into_result().unwrap();
    bench.log("app", "lost").written().wait().unwrap();
    fs.crash();
    let text = fs.text("/base/deep/er/2025-05-04__14-00/audit.log");
    assert_eq!(text.as_deref(), Some("[14:30:00] kept\n"));
}

#[test]
fn a_call_may_ask_for_more_than_its_stream() {
    let bench = Bench::new();
    bench.log("app", "not asked for").written().wait().unwrap();
    bench.log("errors", "asked for").synced().wait().unwrap();
    bench.fs.crash();
    assert_eq!(bench.messages(ERRORS), ["asked for"]);
    // The mirror is part of the promise, and what was in it before comes along.
    assert_eq!(bench.messages(APP), ["not asked for", "asked for"]);
}

#[test]
fn written_is_in_the_file() {
    let bench = Bench::new();
    bench.log("errors", "one").written().wait().unwrap();
    assert_eq!(bench.messages(ERRORS), ["one"]);
    assert_eq!(bench.messages(APP), ["one"]);
    assert_eq!(bench.logger.stats().written, 1);
}

#[test]
fn a_synced_record_of_long_ago_needs_no_second_sync() {
    let bench = Bench::new();
    let record = bench.log("app", "one");
    bench.flush();
    record.synced().wait().unwrap();
    bench.fs.crash();
    assert_eq!(bench.messages(APP), ["one"]);
}

#[test]
fn after_a_failed_sync_the_record_is_acknowledged_from_another_file() {
    let bench = Bench::new();
    bench.fs.fail(FsOp::Sync, "audit.log", 1, ErrorKind::Other);
    bench.log("audit", "first").wait().into_result().unwrap();
    bench.log("audit", "second").wait().into_result().unwrap();
    bench.fs.crash();
    assert_eq!(
        bench.messages("2025-05-04__14-00/audit.1.log"),
        ["first", "second"]
    );
}

#[test]
fn a_sync_that_fails_twice_is_never_acknowledged() {
    let bench = Bench::new();
    bench.fs.fail(FsOp::Sync, "audit", 2, ErrorKind::Other);
    let outcome = bench.log("audit", "first").wait().into_result();
    assert!(matches!(outcome, Err(LogError::Failed(_))), "{outcome:?}");
    bench.log("audit", "second").wait().into_result().unwrap();
    bench.fs.crash();
    assert_eq!(bench.messages("2025-05-04__14-00/audit.2.log"), ["second"]);
    assert!(
        bench.logger.stop_blocking().is_err(),
        "the caller of stop hears of it"
    );
}

#[test]
fn a_failed_sync_of_a_folder_is_not_acknowledged() {
    let bench = Bench::new();
    bench
        .fs
        .fail(FsOp::SyncFolder, "/base", 1, ErrorKind::Other);
    let outcome = bench.log("audit", "first").wait().into_result();
    assert!(matches!(outcome, Err(LogError::Failed(_))), "{outcome:?}");
}

#[test]
fn records_written_before_a_failed_sync_are_not_acknowledged_after_it() {
    let bench = Bench::new();
    let early = bench.log("app", "early");
    bench.flush();
    bench.fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    bench.log_and_ask("app", "late").wait().unwrap();
    assert!(early.synced().wait().is_err());
    bench.fs.crash();
    assert_eq!(bench.messages("2025-05-04__14-00/app.1.log"), ["late"]);
}

#[test]
fn a_record_of_a_folder_long_left_is_not_acknowledged_if_that_folder_could_not_be_synced() {
    let bench = Bench::new();
    let [lost, kept] = ["errors", "audit"].map(|stream| bench.log(stream, "early"));
    bench.flush();
    bench
        .fs
        .fail(FsOp::Sync, "14-00/app.log", 1, ErrorKind::Other);
    for _ in 0..3 {
        bench.clock.advance(super::HOUR);
        bench.flush();
    }
    assert!(lost.synced().wait().is_err(), "its mirror is lost");
    kept.synced().wait().unwrap();
    bench.log("errors", "late").synced().wait().unwrap();
}

#[test]
fn a_failed_sync_says_nothing_about_written() {
    let bench = Bench::new();
    let early = bench.log("app", "early");
    bench.flush();
    bench.fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    bench.log_and_ask("app", "late").wait().unwrap();
    early.written().wait().unwrap();
}

#[test]
fn records_that_wait_at_one_moment_share_a_sync() {
    let bench = Bench::new();
    bench.fs.hold();
    let first = bench.log("audit", "first");
    let records = (0..100)
        .map(|at| bench.log("audit", &at.to_string()))
        .collect::<Vec<_>>();
    bench.fs.release();
    first.wait().into_result().unwrap();
    for record in records {
        record.wait().into_result().unwrap();
    }
    // The first may have been alone; the others came while the disk was held.
    assert!(
        bench.logger.stats().syncs <= 2,
        "{:?}",
        bench.logger.stats()
    );
    assert!(bench.fs.appends() <= 2, "and a write");
}

#[test]
fn stop_makes_everything_durable() {
    let bench = Bench::new();
    bench.log("app", "queued only").detach();
    bench.stop();
    bench.fs.crash();
    assert_eq!(messages(&bench.fs, APP), ["queued only"]);
    assert_eq!(bench.messages(AUDIT), Vec::<String>::new());
    let stats = bench.logger.stats();
    assert_eq!((stats.synced, stats.syncs), (1, 1));
}

#[test]
fn a_sync_that_fails_at_the_stop_is_not_acknowledged() {
    let bench = Bench::new();
    let record = bench.log("app", "x");
    bench.flush();
    bench.fs.fail(FsOp::Sync, "app", 2, ErrorKind::Other);
    assert!(bench.logger.stop_blocking().is_err());
    assert!(record.synced().wait().is_err());
    assert_eq!(bench.logger.stats().synced, 0);
}

#[test]
fn a_record_kept_over_the_stop_knows_its_end() {
    let bench = Bench::new();
    let [queued, written, synced] = [Durability::Queued, Durability::Written, Durability::Synced]
        .map(|durability| {
            let record = bench.log("app", "x");
            match durability {
                Durability::Queued => record.queued(),
                Durability::Written => record.written(),
                _ => record.synced(),
            }
        });
    bench.stop();
    queued.wait().unwrap();
    written.wait().unwrap();
    synced.wait().unwrap();
}

#[test]
fn sync_puts_everything_queued_before_on_disk_whatever_its_stream() {
    let fs = SimFs::with_folder("/");
    let bench = Bench::on(&fs, config().base_log_dir("/base/deep/er")).unwrap();
    for number in 0..500 {
        bench.log("app", &format!("app {number}")).detach();
        bench.log("errors", &format!("error {number}")).detach();
    }
    let report = block_on(bench.logger.sync());
    assert_eq!(report.remaining, 0);
    assert!(report.error.is_none());
    // Some were written before the call, and are not in the report.
    let stats = bench.logger.stats();
    assert_eq!((stats.written, stats.synced), (1000, 1000));
    // All that a crash could take is what came after the sync.
    bench.log("app", "late").written().wait().unwrap();
    fs.crash();
    let text = |path: &str| fs.text(&format!("/base/deep/er/{path}")).unwrap();
    assert_eq!(text(ERRORS).lines().count(), 500);
    let app = text(APP);
    assert_eq!(app.lines().count(), 1000);
    assert!(app.contains("app 499\n") && !app.contains("late"), "{app}");
}

#[test]
fn sync_reports_a_failed_sync_once_and_also_one_of_the_time_before() {
    let bench = Bench::new();
    bench.fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    bench.log("app", "early").written().wait().unwrap();
    let report = block_on(bench.logger.sync());
    let error = report.error.unwrap();
    assert!(error.path().ends_with(APP), "{error:?}");
    assert_eq!(report.remaining, 1);
    bench.log("app", "late").detach();
    let report = block_on(bench.logger.sync());
    assert!(report.error.is_none(), "{report:?}");
    // It may have been written before the call, and then is not in the report.
    assert!(
        (0..=1).contains(&report.written) && report.remaining == 0,
        "{report:?}"
    );
    bench.fs.crash();
    assert_eq!(bench.messages("2025-05-04__14-00/app.1.log"), ["late"]);

    // The sync of a folder that is left fails, and nobody waits for it.
    let bench = Bench::new();
    bench.log("errors", "early").written().wait().unwrap();
    bench
        .fs
        .fail(FsOp::Sync, "14-00/errors.log", 1, ErrorKind::Other);
    for _ in 0..3 {
        bench.clock.advance(super::HOUR);
        bench.flush();
    }
    assert!(block_on(bench.logger.sync()).error.is_some());
    assert!(block_on(bench.logger.sync()).error.is_none());
}

#[test]
fn a_blocking_sync_waits_no_longer_than_it_is_told() {
    let bench = Bench::new();
    bench.fs.hold();
    bench.log("app", "held").detach();
    bench.fs.wait_until_held();
    let report = bench.logger.sync_blocking(Duration::from_millis(20));
    assert_eq!(report.remaining, 1);
    bench.fs.release();
    let report = bench.logger.sync_blocking(LONG);
    assert_eq!(report.remaining, 0);
    assert!(report.error.is_none());
    bench.stop();
    assert_eq!(bench.logger.sync_blocking(LONG).remaining, 0);
    bench.fs.crash();
    assert_eq!(bench.messages(APP), ["held"]);
}
