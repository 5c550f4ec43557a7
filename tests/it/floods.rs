//! Call sites that log at most once in a while, and streams that collapse what is repeated.

use std::{
    cell::Cell,
    path::Path,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use chronologix::{error, fields, in_context_sync, log};
use chronologix_core::ManualClock;

use crate::{chronologix_streams, tree::turn};

const HALF_PAST_TWO: i64 = 1_746_369_000 * 1_000_000_000;

fn messages(base: &Path, file: &str) -> Vec<String> {
    let lines = crate::tree::lines_of(base, file);
    let message = |line: String| line.split_once("] ").unwrap().1.to_owned();
    lines.into_iter().map(|(_, line)| message(line)).collect()
}

#[test]
fn a_site_logs_once_in_a_while_and_tells_how_many_it_left_out() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.clock(clock.clone()).start_blocking().unwrap();
    let evaluated = Cell::new(0);
    let count = || evaluated.replace(evaluated.get() + 1);
    let flood = |times: u32| {
        for _ in 0..times {
            log!(app(every = "5s"), at = count(); "flood <>", count())
                .wait()
                .into_result()
                .unwrap();
        }
    };
    flood(1_000);
    assert_eq!(
        evaluated.get(),
        2,
        "arguments of what is left out are not evaluated"
    );
    clock.advance(Duration::from_millis(4_999));
    flood(235);
    clock.advance(Duration::from_millis(1));
    // Another site has a pause of its own.
    error!(errors(every = "1h"), "other").wait();
    in_context_sync(fields! { request = 17 }, || flood(2));
    clock.advance(Duration::from_secs(60));
    flood(1);
    clock.advance(Duration::from_secs(5));
    flood(1);
    logger.stop_blocking().unwrap();
    assert_eq!(
        messages(base.path(), "app.log"),
        [
            "flood 1 at=0",
            "[ERROR] other",
            "flood 3 at=2 left_out=1234 request=17",
            "flood 5 at=4 left_out=1",
            "flood 7 at=6",
        ]
    );
}

#[test]
fn in_json_the_number_of_those_left_out_is_a_number() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.clock(clock.clone()).start_blocking().unwrap();
    for _ in 0..3 {
        for _ in 0..10 {
            log!(json(every = "100ms"), "flood").detach();
        }
        clock.advance(Duration::from_millis(100));
    }
    logger.stop_blocking().unwrap();
    let lines = crate::tree::lines_of(base.path(), "json.log");
    let left_out = |(_, line): &(String, String)| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["left_out"].as_u64()
    };
    assert_eq!(
        lines.iter().map(left_out).collect::<Vec<_>>(),
        [None, Some(9), Some(9)]
    );
}

#[test]
fn with_many_threads_and_a_real_clock_every_record_is_there_or_told_of() {
    const THREADS: u64 = 4;
    const EACH: u64 = 100_000;
    fn site(passed: &AtomicU64) {
        log!(
            json(every = "1ms"),
            "flood <>",
            passed.fetch_add(1, Relaxed)
        )
        .detach();
    }
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.start_blocking().unwrap();
    let passed = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..EACH).for_each(|_| site(&passed)));
        }
    });
    // Until a last one passes, which tells of all before it.
    let (before, mut extra) = (passed.load(Relaxed), 0);
    while passed.load(Relaxed) == before {
        site(&passed);
        extra += 1;
    }
    logger.stop_blocking().unwrap();
    let lines = crate::tree::lines_of(base.path(), "json.log");
    let told = lines.iter().map(|(_, line)| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        1 + line["left_out"].as_u64().unwrap_or(0)
    });
    assert_eq!(told.sum::<u64>(), THREADS * EACH + extra);
}

#[test]
fn a_stream_collapses_what_is_repeated() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config()
        .base_log_dir(base.path())
        .configure_stream("errors", |errors| errors.dedup("10s"));
    let logger = config.start_blocking().unwrap();
    for _ in 0..1_000 {
        error!(errors, "disk <> is full", "sda").detach();
    }
    error!(errors, "disk <> is full", "sdb").detach();
    logger.stop_blocking().unwrap();
    for file in ["errors.log", "app.log"] {
        assert_eq!(
            messages(base.path(), file),
            [
                "[ERROR] disk sda is full",
                "[ERROR] chronologix: last message of errors repeated 999 times",
                "[ERROR] disk sdb is full",
            ]
        );
    }
}
