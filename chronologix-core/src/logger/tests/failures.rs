//! A disk that refuses, for a while or for good.

use std::io::ErrorKind;

use super::{Bench, HOUR, config, poll_once};
use crate::{
    Error, LogError,
    fs::tests::sim::{FsOp, SimFs},
};

const APP: &str = "2025-05-04__14-00/app.log";

#[test]
fn a_full_disk_costs_no_line_and_doubles_none() {
    let bench = Bench::new();
    bench.fs.write_short(7);
    bench.log("app", "before").written().wait().unwrap();
    bench
        .fs
        .fail(FsOp::Append, "app.log", 3, ErrorKind::StorageFull);
    let records = (0..20)
        .map(|at| bench.log("app", &at.to_string()))
        .collect::<Vec<_>>();
    for record in records {
        record.written().wait().unwrap();
    }
    let expected = (0..20).map(|at| at.to_string());
    let expected = std::iter::once("before".to_owned())
        .chain(expected)
        .collect::<Vec<_>>();
    assert_eq!(bench.messages(APP), expected);
    assert_eq!(bench.logger.stats().disk_errors, 3);
    bench.stop();
}

#[test]
fn one_failing_file_does_not_keep_its_batch_from_the_others() {
    let bench = Bench::new();
    bench
        .fs
        .fail(FsOp::Append, "app.log", usize::MAX, ErrorKind::Other);
    let mut record = bench.log("errors", "boom").written();
    while bench
        .fs
        .text("/base/2025-05-04__14-00/errors.log")
        .is_none_or(|text| text.is_empty())
    {
        std::thread::yield_now();
    }
    assert!(
        poll_once(&mut record).is_pending(),
        "its mirror is not written"
    );
    bench.fs.heal();
    record.wait().unwrap();
    assert_eq!(bench.messages("2025-05-04__14-00/errors.log"), ["boom"]);
    assert_eq!(bench.messages(APP), ["boom"]);
}

#[test]
fn a_folder_that_cannot_be_made_at_the_rollover_is_made_later() {
    let bench = Bench::new();
    bench
        .fs
        .fail(FsOp::Open, "16-00", 2, ErrorKind::QuotaExceeded);
    bench.clock.advance(HOUR);
    bench.log("app", "three").written().wait().unwrap();
    bench.clock.advance(HOUR);
    bench.log("app", "four").written().wait().unwrap();
    assert_eq!(bench.messages("2025-05-04__15-00/app.log"), ["three"]);
    assert_eq!(bench.messages("2025-05-04__16-00/app.log"), ["four"]);
}

#[test]
fn a_start_that_fails_leaves_nothing_behind() {
    let fs = SimFs::with_folder("/");
    fs.fail(
        FsOp::Open,
        "15-00/errors.log",
        1,
        ErrorKind::PermissionDenied,
    );
    let outcome = Bench::on(&fs, config());
    let Err(Error::Config(error)) = outcome.map(|_| ()) else {
        panic!("started")
    };
    assert_eq!(error.problems()[0].key(), "base_log_dir");
    let base = std::path::absolute("/base").unwrap();
    assert_eq!(error.problems()[0].value(), base.to_str().unwrap());
    assert!(error.to_string().contains("errors.log"), "{error}");
    assert_eq!(fs.list("/"), Vec::<String>::new());
}

#[test]
fn a_half_line_left_by_a_crash_is_ended_before_the_first_new_one() {
    for (left, expected) in [
        (
            "[14:00:00] whole\n[14:00:01] ha",
            "[14:00:00] whole\n[14:00:01] ha\n[14:30:00] new\n",
        ),
        (
            "[14:00:00] whole\n\0\0\0",
            "[14:00:00] whole\n\0\0\0\n[14:30:00] new\n",
        ),
        ("[14:00:00] whole\n", "[14:00:00] whole\n[14:30:00] new\n"),
        ("", "[14:30:00] new\n"),
    ] {
        let fs = SimFs::with_folder("/base");
        fs.put("/base/2025-05-04__14-00/app.log", left.as_bytes());
        let bench = Bench::on(&fs, config()).unwrap();
        bench.log("app", "new").written().wait().unwrap();
        assert_eq!(
            fs.text("/base/2025-05-04__14-00/app.log").as_deref(),
            Some(expected)
        );
    }
}

#[test]
fn a_deleted_folder_is_made_again() {
    let bench = Bench::new();
    bench.log("app", "one").written().wait().unwrap();
    bench.fs.delete("/base/2025-05-04__14-00");
    bench.clock.advance(std::time::Duration::from_secs(1));
    bench.flush();
    bench.log("errors", "two").synced().wait().unwrap();
    bench.fs.crash();
    assert_eq!(bench.messages(APP), ["two"]);
    assert_eq!(bench.messages("2025-05-04__14-00/errors.log"), ["two"]);
}

#[test]
fn a_replaced_file_is_left_for_the_new_one() {
    let bench = Bench::new();
    bench.log("app", "one").written().wait().unwrap();
    bench.fs.put("/base/2025-05-04__14-00/app.log", b"");
    block_on_reopen(&bench);
    bench.log("app", "two").written().wait().unwrap();
    assert_eq!(bench.messages(APP), ["two"]);
}

fn block_on_reopen(bench: &Bench) {
    crate::queue::block_on::block_on(bench.logger.reopen());
    bench.flush();
}

#[test]
fn stop_gives_up_in_the_end_and_tells_each_caller() {
    // The disk refuses for good; the time-out is real time, a few seconds.
    let bench = Bench::new();
    bench
        .fs
        .fail(FsOp::Append, "app.log", usize::MAX, ErrorKind::Other);
    let record = bench.log("app", "lost").written();
    let outcome = bench.logger.stop_blocking();
    assert!(matches!(outcome, Err(Error::Disk(_))), "{outcome:?}");
    assert!(matches!(record.wait(), Err(LogError::Failed(_))));
    assert_eq!(bench.logger.stats().records_failed, 1);
}
