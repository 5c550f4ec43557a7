//! Levels that follow a settings file while the logger runs.

use std::{
    fs,
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use chronologix::{Config, Incident, Level, Logger};

/// How long a change may take on the slowest of machines.
const DEADLINE: Duration = Duration::from_secs(60);

fn write(path: &Path, base: &Path, level: &str) {
    let base = base.display();
    let text = format!("base_log_dir = '{base}'\n[streams.app]\nmin_level = {level:?}\n");
    // Aside first, as editors do.
    let aside = path.with_extension("new");
    fs::write(&aside, text).unwrap();
    fs::rename(aside, path).unwrap();
}

/// Whether the stream takes a record of this level. A record that is filtered out is never queued.
fn takes(logger: &Logger, level: Level) -> bool {
    let before = logger.stats().queued;
    logger
        .stream("app")
        .unwrap()
        .log_at(level, format_args!("x"))
        .wait();
    logger.stats().queued > before
}

#[track_caller]
fn wait_until(mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < deadline, "it did not come to be");
        thread::yield_now();
    }
}

#[test]
fn a_changed_file_sets_the_levels_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (path, base) = (dir.path().join("c.toml"), dir.path().join("logs"));
    write(&path, &base, "warn");
    let (errors, told) = mpsc::channel();
    let config = Config::from_toml_path(&path).unwrap().reload_levels(true);
    let config = config.on_error(move |error| errors.send(error.clone()).unwrap());
    let logger = config.start_blocking().unwrap();
    assert!(takes(&logger, Level::Warn) && !takes(&logger, Level::Info));
    write(&path, &base, "debug");
    wait_until(|| takes(&logger, Level::Info));
    assert!(!takes(&logger, Level::Trace));
    // A mistake is told, once, and changes nothing.
    write(&path, &base, "loud");
    let error = told.recv_timeout(DEADLINE).unwrap();
    let Incident::Config(error) = error else {
        panic!("{error:?}")
    };
    let problem = &error.problems()[0];
    assert_eq!((problem.line(), problem.column()), (Some(3), Some(13)));
    assert!(takes(&logger, Level::Debug) && !takes(&logger, Level::Trace));
    write(&path, &base, "error");
    wait_until(|| !takes(&logger, Level::Warn));
    assert!(told.try_recv().is_err());
    logger.stop_blocking().unwrap();
}

#[test]
fn levels_are_read_again_when_the_program_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (path, base) = (dir.path().join("c.toml"), dir.path().join("logs"));
    write(&path, &base, "warn");
    let logger = Config::from_toml_path(&path)
        .unwrap()
        .start_blocking()
        .unwrap();
    write(&path, &base, "trace");
    assert!(!takes(&logger, Level::Info), "nobody has looked");
    logger.reload_levels().unwrap();
    assert!(takes(&logger, Level::Trace));
    write(&path, &base, "loud");
    assert!(logger.reload_levels().is_err());
    assert!(takes(&logger, Level::Trace));
    logger.stop_blocking().unwrap();
    let without = Config::new().base_log_dir(dir.path().join("other"));
    let without = without.start_blocking().unwrap();
    assert_eq!(
        without.reload_levels().unwrap_err().problems()[0].key(),
        "reload_levels"
    );
    without.stop_blocking().unwrap();
}

#[test]
fn log_macros_of_declared_streams_follow_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("c.toml");
    fs::write(&path, "streams.app.min_level = 'warn'").unwrap();
    let config = crate::chronologix_streams::config().base_log_dir(dir.path().join("logs"));
    let logger = config
        .with_toml_path(&path)
        .unwrap()
        .start_blocking()
        .unwrap();
    let is_taken = || {
        let mut evaluated = false;
        chronologix::info!(app, "<>", {
            evaluated = true;
            1
        })
        .detach();
        evaluated
    };
    assert!(!is_taken());
    fs::write(&path, "streams.app.min_level = 'info'").unwrap();
    logger.reload_levels().unwrap();
    assert!(is_taken());
    logger.stop_blocking().unwrap();
}
