//! A library with streams of its own, and a program whose logger runs them.

use chronologix::{Error, Level, LogError, error, info, log, testing::TestLogger, warn};

use crate::tree::{lines_of, message};

/// Of a library.
mod shop {
    #[chronologix::streams(orders(min_level = "info"), refunds -> orders)]
    pub(crate) struct Logs;
}

/// Of the program.
mod program {
    #[chronologix::streams(main, trail(durability = "synced"))]
    pub(crate) struct Logs;
}

use program::Logs as Program;
use shop::Logs as Shop;

fn messages(base: &std::path::Path, file: &str) -> Vec<String> {
    let lines = lines_of(base, file);
    lines
        .iter()
        .map(|(_, line)| message(line).to_owned())
        .collect()
}

#[test]
fn the_streams_of_a_library_are_in_the_tree_of_the_program() {
    let base = tempfile::tempdir().unwrap();
    let config = Program::config().base_log_dir(base.path());
    let config = config.include(Shop::config()).mirror("orders", "main");
    let logger = config.start_blocking().unwrap();
    // In the order in which a thread has made them, by whichever declaration or handle.
    let orders = logger.stream("orders").unwrap();
    for number in 0..100 {
        log!(Program::main, "<>", number * 3).detach();
        info!(Shop::orders, "<>", number * 3 + 1).detach();
        log!(&orders, "<>", number * 3 + 2).detach();
    }
    log!(Shop::refunds, "back").synced().wait().unwrap();
    log!(Program::trail, "first").wait().into_result().unwrap();
    // Levels are those of the library's streams, and can be set by their names.
    chronologix::debug!(Shop::orders, "too low").detach();
    logger.set_level(Shop::orders, Level::Error).unwrap();
    warn!(Shop::orders, "too low as well").detach();
    warn!(Shop::refunds, "another stream").detach();
    error!(Shop::orders, "high").detach();
    // It is taken, as is the program's own.
    let second = Shop::config().base_log_dir(base.path()).start_blocking();
    assert!(matches!(second, Err(Error::AlreadyStarted)));
    logger.stop_blocking().unwrap();
    let stopped = log!(Shop::orders, "late").wait().into_result();
    assert!(matches!(stopped, Err(LogError::Stopped)));

    let main = messages(base.path(), "main.log");
    let numbers = main
        .iter()
        .filter_map(|line| line.rsplit(' ').next()?.parse::<i32>().ok());
    assert!(numbers.eq(0..300), "{main:?}");
    assert_eq!(main.last().unwrap(), "[ERROR] high");
    assert_eq!(messages(base.path(), "orders.log").len(), 203);
    assert_eq!(
        messages(base.path(), "refunds.log"),
        ["back", "[WARN] another stream"]
    );
    assert_eq!(messages(base.path(), "trail.log"), ["first"]);

    // Afterwards the library can have a logger of its own, with indexes of its own.
    let own = tempfile::tempdir().unwrap();
    let logger = Shop::config()
        .base_log_dir(own.path())
        .start_blocking()
        .unwrap();
    log!(Shop::refunds, "alone").detach();
    let none = log!(Program::main, "no logger").wait().into_result();
    assert!(matches!(none, Err(LogError::Stopped)));
    logger.stop_blocking().unwrap();
    assert_eq!(messages(own.path(), "refunds.log"), ["alone"]);
    assert_eq!(messages(own.path(), "orders.log"), ["alone"]);
}

#[test]
fn a_test_logger_gets_the_records_of_what_is_included() {
    let config = Program::config().include(Shop::config());
    let logger = TestLogger::start(config).unwrap();
    info!(Shop::refunds, "back").detach();
    chronologix::debug!(Shop::orders, "too low").detach();
    log!(Program::trail, "first").detach();
    assert_eq!(logger.lines("refunds"), ["[00:00:00] [INFO] back"]);
    assert_eq!(logger.lines("orders"), ["[00:00:00] [INFO] back"]);
    assert_eq!(logger.lines("trail"), ["[00:00:00] first"]);
}

#[test]
fn a_name_that_both_have_is_an_error_and_so_are_streams_that_replace_the_included() {
    mod other {
        #[chronologix::streams(app, trail)]
        pub(crate) struct Logs;
    }
    let config = || Program::config().include(other::Logs::config());
    let error = config().validate().unwrap_err().to_string();
    assert!(error.contains("trail"), "{error}");
    let config = Program::config().include(Shop::config());
    let error = config
        .streams(["main", "trail", "orders"])
        .validate()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("after the first 2, in this order"),
        "{error}"
    );
}
