//! Many tasks and threads over several rollovers: everything once, in order, in the right folder.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chronologix::{Interval, Logger, log};
use chronologix_core::ManualClock;

use crate::{
    chronologix_streams,
    tree::{folders, lines_of, message, turn},
};

const TASKS: u64 = 64;
/// Under Wine each takes many times as long.
const RECORDS: u64 = if cfg!(windows) { 2_000 } else { 20_000 };
const ROLLOVERS: u64 = 5;

/// 2025-05-04 14:57:30 UTC, half an interval before a boundary.
const BEGIN: i64 = 1_746_370_650 * 1_000_000_000;

/// A logger whose clock passes five boundaries while all records are made.
struct Crowd {
    clock: ManualClock,
    made: Arc<AtomicU64>,
    base: tempfile::TempDir,
}

impl Crowd {
    fn new() -> Self {
        let base = tempfile::tempdir().unwrap();
        Self {
            clock: ManualClock::at(chrono::DateTime::from_timestamp_nanos(BEGIN)),
            made: Arc::default(),
            base,
        }
    }

    fn config(&self) -> chronologix::Config {
        chronologix_streams::config()
            .base_log_dir(self.base.path())
            .interval(Interval::Minute5)
            .timestamp_format("rfc3339")
            .configure_stream("audit", |audit| audit.durability("queued"))
            .clock(self.clock.clone())
    }

    /// The clock goes on with the records, so that boundaries fall wherever they fall.
    fn tick(&self) {
        tick(&self.clock, &self.made);
    }

    fn check(&self, logger: &Logger) {
        let base = self.base.path();
        assert_eq!(logger.stats().queued, TASKS * RECORDS);
        assert_eq!(logger.stats().dropped, 0);
        let [app, errors, audit] =
            ["app.log", "errors.log", "audit.log"].map(|file| numbers(base, file));
        let own = |at: u64| at % 3;
        for task in 0..TASKS {
            let expected = |streams: &[u64]| {
                (0..RECORDS)
                    .filter(|at| streams.contains(&own(*at)))
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                app[&task],
                expected(&[0, 1]),
                "app, with the mirrored errors, task {task}"
            );
            assert_eq!(errors[&task], expected(&[1]), "errors, task {task}");
            assert_eq!(audit[&task], expected(&[2]), "audit, task {task}");
        }
        assert_eq!(
            folders(base).len() as u64,
            ROLLOVERS + 1,
            "{:?}",
            folders(base)
        );
    }
}

fn tick(clock: &ManualClock, made: &AtomicU64) {
    let step = ROLLOVERS * 300 * 1_000_000_000 / (TASKS * RECORDS);
    made.fetch_add(1, Ordering::Relaxed);
    clock.advance(Duration::from_nanos(step));
}

/// By task: the numbers of its records in the order of the files. Checks stamps and folders on the
/// way.
fn numbers(base: &Path, file: &str) -> HashMap<u64, Vec<u64>> {
    let mut numbers = HashMap::<u64, Vec<u64>>::new();
    let mut newest = HashMap::<u64, String>::new();
    for (folder, line) in lines_of(base, file) {
        let stamp = &line[1..line.find(']').unwrap()];
        // 2025-05-04T14:57:30.000000+00:00
        let minute = stamp[14..16].parse::<u32>().unwrap() / 5 * 5;
        assert_eq!(
            folder,
            format!("{}__{}-{minute:02}", &stamp[..10], &stamp[11..13]),
            "{line}"
        );
        let (task, at) = message(&line).split_once(' ').unwrap();
        let task = task.parse().unwrap();
        // Among several tasks it may go back, by the time for which one was held between its stamp
        // and the queue.
        let newest = newest.entry(task).or_default();
        assert!(*stamp >= **newest, "{line} after {newest}");
        stamp.clone_into(newest);
        numbers.entry(task).or_default().push(at.parse().unwrap());
    }
    numbers
}

async fn make_records(task: u64, clock: ManualClock, made: Arc<AtomicU64>) {
    for at in 0..RECORDS {
        tick(&clock, &made);
        match at % 3 {
            0 => log!(app, "{} {}", task, at).await,
            1 => log!(errors, "<> <>", task, at).await,
            _ => log!(audit, "{task} {at}").await,
        }
        .into_result()
        .unwrap();
    }
}

async fn spawn_all(crowd: &Crowd, tasks: std::ops::Range<u64>) {
    let spawn = |task| {
        tokio::spawn(make_records(
            task,
            crowd.clock.clone(),
            Arc::clone(&crowd.made),
        ))
    };
    let handles = tasks.map(spawn).collect::<Vec<_>>();
    for handle in handles {
        handle.await.unwrap();
    }
}

#[test]
fn tasks_on_a_runtime_of_many_threads() {
    let _turn = turn();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let crowd = Crowd::new();
        let logger = crowd.config().start().await.unwrap();
        spawn_all(&crowd, 0..TASKS).await;
        logger.stop().await.unwrap();
        crowd.check(&logger);
    });
}

#[test]
fn tasks_on_one_thread() {
    let _turn = turn();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let crowd = Crowd::new();
        let logger = crowd.config().start().await.unwrap();
        spawn_all(&crowd, 0..TASKS).await;
        logger.stop().await.unwrap();
        crowd.check(&logger);
    });
}

#[test]
fn tasks_on_two_runtimes_at_once() {
    let _turn = turn();
    let crowd = Crowd::new();
    let logger = crowd.config().start_blocking().unwrap();
    std::thread::scope(|scope| {
        for tasks in [0..TASKS / 2, TASKS / 2..TASKS] {
            let crowd = &crowd;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .build()
                    .unwrap();
                runtime.block_on(spawn_all(crowd, tasks));
            });
        }
    });
    logger.stop_blocking().unwrap();
    crowd.check(&logger);
}

#[test]
fn plain_threads() {
    let _turn = turn();
    let crowd = Crowd::new();
    let logger = crowd.config().start_blocking().unwrap();
    std::thread::scope(|scope| {
        for task in 0..TASKS {
            let crowd = &crowd;
            scope.spawn(move || {
                for at in 0..RECORDS {
                    crowd.tick();
                    match at % 3 {
                        0 => log!(app, "{task} {at}").wait(),
                        1 => log!(errors, "{task} {at}").wait(),
                        _ => log!(audit, "{task} {at}").wait(),
                    }
                    .into_result()
                    .unwrap();
                }
            });
        }
    });
    logger.stop_blocking().unwrap();
    crowd.check(&logger);
}
