//! Errors for wrong configurations, which leave no trace.

use std::fs;

use chronologix::{Config, Error};

/// The problems of a configuration, as text; asserts that nothing was made.
#[track_caller]
fn check(config: Config, base: &std::path::Path, expected: &[(&str, &str)]) {
    let error = config.start_blocking().map(|_| ()).unwrap_err();
    let Error::Config(error) = error else {
        panic!("{error:?}")
    };
    let problems = error
        .problems()
        .iter()
        .map(|problem| (problem.key(), problem.value()));
    assert_eq!(problems.collect::<Vec<_>>(), expected, "{error}");
    for problem in error.problems() {
        assert!(problem.to_string().contains(problem.value()), "{problem}");
    }
    assert!(fs::symlink_metadata(base).is_err(), "something was made");
}

#[test]
fn every_problem_is_told_at_once_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let config = Config::new()
        .base_log_dir(&base)
        .interval("7h")
        .timestamp_format("%Q")
        .timezone("Europe/Pragu")
        .overflow("explode")
        .queue_capacity(1)
        .stream("../x")
        .mirror("errors", "app");
    let expected = [
        ("interval", "7h"),
        ("timestamp_format", "%Q"),
        ("overflow", "explode"),
        ("streams", "../x"),
        ("mirror_map", "errors"),
        ("mirror_map", "app"),
        ("timezone", "Europe/Pragu"),
        ("queue_capacity", "1"),
    ];
    check(config, &base, &expected);
}

#[test]
fn no_stream() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let config = Config::new()
        .base_log_dir(&base)
        .streams(Vec::<String>::new());
    check(config, &base, &[("streams", "")]);
}

#[test]
fn a_base_directory_that_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    fs::write(&base, "mine").unwrap();
    let error = Config::new()
        .base_log_dir(&base)
        .start_blocking()
        .map(|_| ())
        .unwrap_err();
    let Error::Config(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.problems()[0].key(), "base_log_dir");
    assert_eq!(error.problems()[0].value(), base.to_string_lossy());
    assert_eq!(fs::read_to_string(&base).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// `/proc` takes no new folders, whoever asks.
#[cfg(target_os = "linux")]
#[test]
fn a_base_directory_that_cannot_be_written_to() {
    let error = Config::new()
        .base_log_dir("/proc/self/logs")
        .start_blocking();
    let error = error.map(|_| ()).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "invalid configuration: base_log_dir: \"/proc/self/logs\" cannot be used: "
        ),
        "{error}"
    );
    assert!(
        error.ends_with("; choose a directory that this process can create or write to"),
        "{error}"
    );
}
