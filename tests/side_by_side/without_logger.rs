//! What a test without a logger gets: what a program gets that has started none.

use std::thread;

use chronologix::{LogError, LogFuture, Secret, error, in_context, log, log_enabled, warn};

use crate::{ROUNDS, program};

fn is_refused(record: LogFuture) {
    let result = record.wait().into_result();
    assert!(matches!(result, Err(LogError::NotStarted)), "{result:?}");
}

macro_rules! tests {
    ($($name:ident: $round:ident => $does:expr;)*) => {$(
        #[test]
        fn $name() {
            for $round in 0..ROUNDS {
                $does;
                thread::yield_now();
            }
        }
    )*};
}

tests! {
    an_order: round => program::order(round);
    another_order: round => program::order(round * 2);
    no_order: _round => program::order(0);
    a_refused_record: round => is_refused(log!(app, "stray <>", round));
    a_refused_warning: round => is_refused(warn!(audit, round; "stray"));
    a_refused_error: _round => is_refused(error!(errors, "stray <>", Secret::new("text")));
    a_throttled_one: _round => log!(app(every = "5s"), "stray").detach();
    a_thread: round => thread::spawn(move || program::order(round)).join().unwrap();
    a_level: _round => assert!(log_enabled!(audit, chronologix::Level::Trace));
}

#[tokio::test]
async fn a_task() {
    for round in 0..ROUNDS {
        let task = tokio::spawn(async move { log!(app, "stray <>", round).await });
        assert!(!task.await.unwrap().is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_in_workers() {
    for round in 0..ROUNDS {
        let task = tokio::spawn(in_context([("round", round)], async move {
            tokio::task::spawn_blocking(move || is_refused(log!(app, "stray"))).await
        }));
        task.await.unwrap().unwrap();
    }
}

#[test]
#[should_panic(expected = "the program is wrong")]
fn a_panic() {
    program::order(7);
    panic!("the program is wrong");
}
