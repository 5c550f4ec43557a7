//! What is left out of a program, and what comes and goes while it runs.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use chronologix::{Level, critical, debug, info, log, log_enabled, trace};

use crate::{
    chronologix_streams,
    tree::{lines_of, turn},
};

#[test]
fn below_the_floor_no_argument_is_evaluated_whatever_the_level_is_set_to() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.start_blocking().unwrap();
    logger.set_level(chronologix_streams::json, None).unwrap();
    let evaluated = Cell::new(0);
    let count = || evaluated.replace(evaluated.get() + 1);
    trace!(json, "<>", count()).detach();
    trace!(json, count = count(); "<> {}", count(), count()).wait();
    assert_eq!(evaluated.get(), 0);
    debug!(json, "<>", count()).detach();
    log!(json, "<>", count()).detach();
    assert_eq!(evaluated.get(), 2);
    logger.set_level("json", Level::Info).unwrap();
    debug!(json, "<>", count()).detach();
    assert_eq!(evaluated.get(), 2);
    logger.stop_blocking().unwrap();
    assert_eq!(lines_of(base.path(), "json.log").len(), 2);
}

#[test]
fn below_the_floor_nothing_gets_into_the_program() {
    // Never called: what matters is what the compiler makes of it.
    fn records() {
        trace!(json, "a herring called <>", std::process::id()).detach();
        debug!(json, "a halibut called <>", std::process::id()).detach();
    }
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let holds = |fish: &str| {
        let template = ["a ", fish, " called "].concat();
        program
            .windows(template.len())
            .any(|window| window == template.as_bytes())
    };
    assert!(holds("halibut"));
    assert!(!holds("herring"));
    std::hint::black_box(records as fn());
}

#[test]
fn an_idle_logger_gets_up_when_a_level_is_to_go_back() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    // Nothing is logged, and the next folder is a day away.
    let config = chronologix_streams::config().base_log_dir(base.path());
    let logger = config.start_blocking().unwrap();
    let moment = Duration::from_millis(20);
    let begun = Instant::now();
    logger
        .set_level_for("app", Level::Critical, moment)
        .unwrap();
    info!(app, "too early").detach();
    while logger.level("app").unwrap().is_some() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never");
        std::thread::yield_now();
    }
    assert!(begun.elapsed() >= moment);
    info!(app, "in time").detach();
    critical!(app, "at any time").detach();
    logger.stop_blocking().unwrap();
    assert_eq!(lines_of(base.path(), "app.log").len(), 2);
}

mod db {
    pub(super) fn connect(evaluated: &std::cell::Cell<u32>) {
        let count = || evaluated.replace(evaluated.get() + 1);
        chronologix::debug!(app, "connects <>", count()).detach();
        chronologix::debug!(errors, "connects <>", count()).detach();
        assert!(chronologix::log_enabled!(app, chronologix::Level::Debug));
    }
}

#[test]
fn a_filter_of_modules_lets_pass_what_the_stream_would_not_and_evaluates_nothing_else() {
    let _turn = turn();
    let base = tempfile::tempdir().unwrap();
    let config = chronologix_streams::config().base_log_dir(base.path());
    let db = concat!(module_path!(), "::db");
    let config = config.filter(&format!("warn,errors=off,{db}=debug"));
    let logger = config.start_blocking().unwrap();
    let evaluated = Cell::new(0);
    let count = || evaluated.replace(evaluated.get() + 1);
    db::connect(&evaluated);
    assert_eq!(evaluated.get(), 2);
    debug!(app, "<>", count()).detach();
    critical!(errors, "<>", count()).detach();
    log!(errors, "unheard").detach();
    assert!(!log_enabled!(errors, Level::Critical));
    assert_eq!(evaluated.get(), 2);
    logger.set_filter("").unwrap();
    log!(errors, "<>", count()).detach();
    assert_eq!(evaluated.get(), 3);
    logger.stop_blocking().unwrap();
    assert_eq!(lines_of(base.path(), "errors.log").len(), 2);
    assert_eq!(lines_of(base.path(), "app.log").len(), 3);
}
