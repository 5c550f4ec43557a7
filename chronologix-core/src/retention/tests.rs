//! Retention of a whole logger: when it works, when it ends, and where its errors are reported.

use std::{
    io::ErrorKind,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, ShippedMark};

use super::{runs_in, worker::RunReport};
use crate::{
    Config, Incident, Logger, ManualClock,
    config::tests::samples::config,
    fs::tests::sim::{FsOp, SimFs},
    logger::start_on,
    queue::block_on::block_on,
};

const HOUR: Duration = Duration::from_secs(3600);

/// A disk with the logs of some hours before half past two.
fn fs() -> SimFs {
    let fs = SimFs::with_folder("/base");
    for hour in 9..14 {
        fs.put(
            &format!("/base/2025-05-04__{hour:02}-00/app.log"),
            b"line\n",
        );
    }
    fs
}

fn start(fs: &SimFs, config: Config) -> (Logger, ManualClock) {
    let now = "2025-05-04T14:30:00Z".parse::<DateTime<Utc>>().unwrap();
    let clock = ManualClock::at(now);
    let config = config.base_log_dir("/base").clock(clock.clone());
    let logger = block_on(start_on(config, Box::new(fs.clone()))).unwrap();
    (logger, clock)
}

/// The hours that still have a folder, up to the current one.
fn hours(fs: &SimFs) -> Vec<u32> {
    let hour = |name: String| name.strip_prefix("2025-05-04__")?.get(..2)?.parse().ok();
    fs.list("/base").into_iter().filter_map(hour).collect()
}

fn wait_until(what: impl Fn() -> bool) {
    while !what() {
        std::thread::yield_now();
    }
}

#[test]
fn closed_folders_are_looked_after_at_the_start_and_after_each_rollover() {
    let fs = fs();
    let (logger, clock) = start(&fs, config().retain("3h"));
    wait_until(|| logger.stats().folders_removed == 2);
    assert_eq!(hours(&fs), [11, 12, 13, 14, 15]);
    for hours_later in 1..4 {
        clock.advance(HOUR);
        wait_until(|| logger.stats().folders_removed == 2 + hours_later);
    }
    assert_eq!(hours(&fs), [14, 15, 16, 17, 18]);
    logger.stop_blocking().unwrap();
}

#[cfg(feature = "gzip")]
#[test]
fn folders_of_the_logger_itself_are_compressed_when_they_are_old_enough() {
    let fs = SimFs::with_folder("/base");
    let (logger, clock) = start(&fs, config().compress("gz"));
    let app = logger.stream("app").unwrap();
    for hour in 14..17 {
        app.log(format_args!("{hour}")).written().wait().unwrap();
        clock.advance(HOUR);
        block_on(logger.flush());
    }
    wait_until(|| logger.stats().files_compressed == 1);
    wait_until(|| fs.text("/base/2025-05-04__14-00/app.log").is_none());
    assert!(
        fs.list("/base/2025-05-04__14-00")
            .contains(&"app.log.gz".to_owned())
    );
    assert!(fs.text("/base/2025-05-04__15-00/app.log").is_some());
    logger.stop_blocking().unwrap();
}

#[test]
fn the_next_run_is_soon_where_what_is_in_the_way_may_end() {
    let report = |is_done_by_another, seals_in: Option<u64>| RunReport {
        is_done_by_another,
        seals_in: seals_in.map(Duration::from_secs),
        ..RunReport::default()
    };
    for (report, failures, has_size_limit, expected) in [
        (report(false, None), 0, false, None),
        (report(false, None), 0, true, Some(600)),
        (report(true, None), 0, false, Some(10)),
        (report(true, Some(3)), 0, true, Some(3)),
        (report(false, Some(700)), 0, true, Some(600)),
        (report(false, Some(700)), 0, false, Some(700)),
        (report(false, None), 1, false, Some(10)),
        (report(false, None), 2, true, Some(20)),
        (report(true, None), 2, true, Some(10)),
        (report(false, Some(3)), 2, true, Some(3)),
        (report(false, None), 6, false, Some(320)),
        (report(false, None), 7, false, Some(600)),
        (report(false, None), u32::MAX, false, Some(600)),
    ] {
        let expected = expected.map(Duration::from_secs);
        let found = runs_in(&report, failures, has_size_limit);
        assert_eq!(found, expected, "{failures} failures, {report:?}");
    }
}

#[test]
fn nothing_is_looked_after_unless_it_is_asked_for() {
    let fs = fs();
    let (logger, clock) = start(&fs, config().max_file_size("1MiB"));
    clock.advance(HOUR);
    block_on(logger.flush());
    logger.stop_blocking().unwrap();
    assert_eq!(hours(&fs), [9, 10, 11, 12, 13, 14, 15]);
}

#[test]
fn trouble_is_told_once_an_episode_and_stops_nothing() {
    let fs = fs();
    fs.fail(
        FsOp::Remove,
        "09-00/app.log",
        2,
        ErrorKind::PermissionDenied,
    );
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let config = config()
        .retain("3h")
        .on_error(move |incident: &Incident| tell.lock().unwrap().push(incident.to_string()));
    let (logger, clock) = start(&fs, config);
    // Refused: the file, and then the folder, which is not empty.
    wait_until(|| logger.stats().disk_errors == 1);
    clock.advance(HOUR);
    wait_until(|| logger.stats().disk_errors == 2);
    clock.advance(HOUR);
    wait_until(|| !hours(&fs).contains(&9));
    let app = logger.stream("app").unwrap();
    app.log(format_args!("goes on")).written().wait().unwrap();
    logger.stop_blocking().unwrap();
    let path = std::path::absolute("/base/2025-05-04__09-00/app.log").unwrap();
    let expected = [format!("cannot remove {}", path.display())];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[test]
fn what_goes_wrong_in_upkeep_is_no_reason_for_a_stop_to_fail() {
    let fs = fs();
    fs.fail(FsOp::Remove, "app.log", usize::MAX, ErrorKind::Other);
    let (logger, _clock) = start(&fs, config().retain("1h").on_error(|_| {}));
    wait_until(|| logger.stats().disk_errors > 0);
    logger.stop_blocking().unwrap();
}

/// Steps the clock a month ahead, and lets the retention thread look at the tree.
fn step_a_month(logger: &Logger, clock: &ManualClock) {
    clock.step_to(clock.now() + TimeDelta::days(30));
    // The writer has seen it, and has woken the thread.
    block_on(logger.flush());
}

#[test]
fn a_clock_that_is_a_month_ahead_for_a_minute_removes_nothing() {
    let fs = fs();
    let (logger, clock) = start(&fs, config().retain("3d").retain("6"));
    let before = hours(&fs);
    for _ in 0..5 {
        step_a_month(&logger, &clock);
        clock.advance(Duration::from_secs(60));
        block_on(logger.flush());
        clock.step_to(clock.now() - TimeDelta::days(30));
        block_on(logger.flush());
    }
    assert_eq!(hours(&fs), before);
    logger.stop_blocking().unwrap();
    assert_eq!(logger.stats().folders_removed, 0);
}

#[test]
fn a_month_that_has_passed_removes() {
    let fs = fs();
    let (logger, clock) = start(&fs, config().retain("3d"));
    clock.advance(HOUR * 24 * 30);
    wait_until(|| logger.stats().folders_removed >= 5);
    logger.stop_blocking().unwrap();
}

#[test]
fn a_machine_that_was_suspended_for_a_month_removes() {
    let fs = fs();
    let (logger, clock) = start(&fs, config().retain("3d"));
    clock.suspend(HOUR * 24 * 30);
    wait_until(|| logger.stats().folders_removed >= 5);
    logger.stop_blocking().unwrap();
}

#[test]
fn a_clock_that_stays_ahead_removes_after_two_intervals_and_for_the_size_at_once() {
    let fs = fs();
    let (logger, clock) = start(&fs, config().retain("3d"));
    step_a_month(&logger, &clock);
    clock.advance(HOUR);
    block_on(logger.flush());
    assert_eq!(logger.stats().folders_removed, 0);
    // The thread has the lowest priority, and may see the step late.
    wait_until(|| {
        clock.advance(HOUR);
        logger.stats().folders_removed >= 5
    });
    logger.stop_blocking().unwrap();

    let fs = self::fs();
    let (logger, clock) = start(&fs, config().retain("3d").retain("10B"));
    wait_until(|| logger.stats().folders_removed == 3);
    step_a_month(&logger, &clock);
    wait_until(|| logger.stats().folders_removed == 3);
    logger.stop_blocking().unwrap();
}

#[test]
fn a_folder_that_is_to_be_shipped_stays_until_it_is_marked() {
    let fs = fs();
    let (logger, clock) = start(&fs, config().retain("1h").retain_after("shipped"));
    let mark = |hour: u32, bytes: u64| {
        let folder = Folder::parse(&format!("2025-05-04__{hour:02}-00")).unwrap();
        let mut mark = ShippedMark::default();
        mark.files.insert("app.log".to_owned(), bytes);
        let path = format!("/base/{}", ShippedMark::path_of(folder));
        fs.put(&path, mark.to_json().as_bytes());
    };
    mark(9, 5);
    mark(10, 4);
    fs.put(
        "/base/.chronologix.shipped/2025-05-04__11-00.json",
        b"{\"chro",
    );
    clock.advance(HOUR);
    wait_until(|| logger.stats().folders_removed == 1);
    // The writer creates the next folder meanwhile.
    wait_until(|| hours(&fs) == [10, 11, 12, 13, 14, 15, 16]);
    mark(11, 5);
    clock.advance(HOUR);
    wait_until(|| logger.stats().folders_removed == 2);
    wait_until(|| hours(&fs) == [10, 12, 13, 14, 15, 16, 17]);
    logger.stop_blocking().unwrap();
}

#[cfg(feature = "seal")]
#[test]
fn a_logger_seals_what_was_closed_and_at_its_end_what_it_has_written() {
    let fs = fs();
    let sections = |hour: u32| {
        let sums = fs.text(&format!("/base/2025-05-04__{hour:02}-00/.sums"));
        sums.unwrap_or_default().matches("sums 1 ").count()
    };
    for start_number in 1..3 {
        let (logger, clock) = start(&fs, config().seal(true));
        let app = logger.stream("app").unwrap();
        app.log(format_args!("one more")).written().wait().unwrap();
        wait_until(|| (9..14).all(|hour| sections(hour) == 1));
        assert_eq!(sections(14), start_number - 1);
        // The folder in use, and the next one, which is empty and removed.
        logger.stop_blocking().unwrap();
        assert_eq!((sections(14), sections(15)), (start_number, 0));
        drop(clock);
    }
    let sums = fs.text("/base/2025-05-04__14-00/.sums").unwrap();
    let last = sums.lines().rfind(|line| line.ends_with(" app.log"));
    assert!(last.unwrap().contains(" 2 0 app.log"), "{sums}");
    let head = fs.text("/base/.chronologix.json").unwrap();
    assert!(head.contains(r#""number": 7"#), "{head}");
}
