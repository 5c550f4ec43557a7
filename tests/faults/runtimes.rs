//! A runtime is dropped while its tasks wait for records.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use chronologix::{Config, StreamConfig};

use crate::{
    lines::Found,
    rounds::{self, Dice},
    tally::Tally,
};

const TASKS: u64 = 64;

#[test]
fn what_was_acknowledged_is_there_and_the_logger_goes_on() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(6, 60), 2, drop_a_runtime);
    let shown = [
        "runtimes dropped",
        "acknowledged",
        "dropped in the queue",
        "missing",
        "doubled",
        "torn",
    ];
    tally.report("runtimes dropped while 64 tasks wait", &shown, begun);
}

fn drop_a_runtime(round: u64) -> Tally {
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().unwrap();
    let durability = ["queued", "written", "synced"][usize::try_from(round % 3).unwrap()];
    let config = Config::new()
        .base_log_dir(dir.path())
        .stream(StreamConfig::new("app").durability(durability))
        .queue_capacity(4 << 10);
    let logger = config.start_blocking().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let acknowledged = (0..TASKS).map(|_| Arc::new(AtomicU64::new(0)));
    let acknowledged = acknowledged.collect::<Vec<_>>();
    for (task, done) in (0..TASKS).zip(&acknowledged) {
        let (app, done) = (logger.stream("app").unwrap(), Arc::clone(done));
        runtime.spawn(async move {
            for number in 1.. {
                let record = app.log(format_args!("{task} {number} 0 ."));
                if record.await.is_ok() {
                    done.store(number, Ordering::Relaxed);
                }
                tokio::task::yield_now().await;
            }
        });
    }
    let total = || -> u64 {
        acknowledged
            .iter()
            .map(|done| done.load(Ordering::Relaxed))
            .sum()
    };
    let enough = Dice::new(round + 1).below(500);
    assert!(rounds::until(|| total() >= enough));
    if round % 2 == 0 {
        drop(runtime);
    } else {
        runtime.shutdown_background();
    }
    // From a plain thread, and from another runtime.
    let app = logger.stream("app").unwrap();
    app.log(format_args!("{TASKS} 1 0 ."))
        .synced()
        .wait()
        .unwrap();
    let other = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let record = app.log(format_args!("{TASKS} 2 0 ."));
    other.block_on(record.synced()).unwrap();
    logger.stop_blocking().unwrap();

    let mut found = Found::read(dir.path(), "app");
    // Those that waited for room, and that nobody waits for any more.
    let dropped = std::mem::take(&mut found.dropped);
    tally.add("dropped in the queue", dropped);
    let counted = logger.stats().dropped;
    tally.expect(dropped == counted, || {
        format!("{counted} dropped, {dropped} told")
    });
    found.check_whole("app.log", &mut tally);
    for (task, done) in (0..TASKS).zip(&acknowledged) {
        found.check("app.log", task, done.load(Ordering::Relaxed), &mut tally);
    }
    found.check("app.log", TASKS, 2, &mut tally);
    tally.add("runtimes dropped", 1);
    tally.add("acknowledged", total());
    tally
}
