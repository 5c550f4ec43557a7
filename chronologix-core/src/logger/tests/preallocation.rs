//! Threads that have their queue before their first record.

use std::thread;

use super::{Bench, config};
use crate::{
    frontend::{callsite::Callsite, submit::submit},
    fs::tests::sim::SimFs,
    stream::tests::declared,
};

static CALLSITE: Callsite = Callsite::new(None, "fixed");

fn count_queues(bench: &Bench) -> usize {
    let mut queues = 0;
    bench.logger.shared.queues.for_each(|_| queues += 1);
    queues
}

#[test]
fn a_thread_has_one_queue_for_handles_and_declared_streams() {
    declared!(app);
    let fs = SimFs::with_folder("/base");
    let config = app.declaration().config();
    let config = config.stream("app").stream("extra");
    let bench = Bench::on(&fs, config.base_log_dir("/base").interval("1h")).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let before = count_queues(&bench);
            bench.logger.preallocate();
            assert_eq!(count_queues(&bench), before + 1);
            bench.logger.preallocate();
            submit(app, &CALLSITE, ()).written().wait().unwrap();
            bench.log("extra", "by a handle").written().wait().unwrap();
            bench.logger.preallocate();
            assert_eq!(count_queues(&bench), before + 1, "all go through that one");
        });
    });
    bench.logger.stop_blocking().unwrap();
}

#[test]
fn a_logger_that_was_stopped_has_no_queue_to_give() {
    let bench = Bench::with(config());
    bench.logger.stop_blocking().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let before = count_queues(&bench);
            bench.logger.preallocate();
            assert_eq!(count_queues(&bench), before);
        });
    });
}
