//! Tests of the command line and of the line of progress.

use std::time::Duration;

use chronologix_schema::settings::{ConfigProblem, options::StartAt, ship::SHIP_KEYS};

#[cfg(feature = "objects")]
use super::progress_line::folders_line;
use super::{
    home_resolved,
    progress_line::{line, smoothed},
    table::{HELP, command, options},
};

#[test]
fn the_table_is_sound() {
    command().debug_assert();
}

#[test]
fn each_key_of_a_settings_file_has_a_flag_and_its_help() {
    let keys: Vec<_> = SHIP_KEYS.iter().map(|key| key.name).collect();
    let helped: Vec<_> = HELP.iter().map(|(name, ..)| *name).collect();
    assert_eq!(keys, helped);
}

#[test]
fn flags_are_options() {
    let given = [
        "x",
        "logs",
        "--header",
        "a=b",
        "--header=c=d",
        "--start-at",
        "end",
        "--timeout",
        "3s",
    ];
    let found = options(&command().get_matches_from(given)).unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(found.headers, Some(vec![pair("a", "b"), pair("c", "d")]));
    assert_eq!(found.start_at, Some(StartAt::End));
    assert_eq!(found.timeout, Some(Duration::from_secs(3)));
    assert_eq!(found.endpoint, None);
}

#[test]
fn all_wrong_flags_are_named() {
    let given = [
        "x",
        "status",
        "logs",
        "--batch-age",
        "0s",
        "--listen",
        "9464",
    ];
    let given = command().get_matches_from(given);
    let error = options(given.subcommand().unwrap().1).unwrap_err();
    let keys: Vec<_> = error.problems().iter().map(ConfigProblem::key).collect();
    assert_eq!(keys, ["--batch-age", "--listen"]);
}

#[test]
fn a_path_without_a_tilde_is_as_it_is() {
    assert_eq!(
        home_resolved("a/~b".as_ref()).unwrap().to_str(),
        Some("a/~b")
    );
}

#[test]
fn progress_is_one_line() {
    let away = line(1_234_567, 201_000.4, 12 << 20, true);
    let expected = "1,234,567 records sent, 201000/s, 12.0 MiB to read, waiting for the receiver";
    assert_eq!(away, expected);
    assert_eq!(line(0, 0.0, 0, false), "0 records sent, 0/s, 0 B to read");
}

#[cfg(feature = "objects")]
#[test]
fn progress_of_folders_is_a_bar() {
    use std::sync::atomic::Ordering::Relaxed;

    let metrics = crate::objects::ObjectMetrics::default();
    let empty = "[########################] 0 of 0 folders, 0 objects, 0 B";
    assert_eq!(folders_line(&metrics), empty);
    metrics.found.store(48, Relaxed);
    metrics.waiting.store(32, Relaxed);
    metrics.objects.store(1234, Relaxed);
    metrics.bytes.store(5 << 20, Relaxed);
    metrics.is_away.store(true, Relaxed);
    let line = "[########................] 16 of 48 folders, 1,234 objects, 5.0 MiB, waiting for \
                the store";
    assert_eq!(folders_line(&metrics), line);
}

#[test]
fn a_rate_does_not_jump() {
    let second = Duration::from_secs(1);
    let first = smoothed(0.0, 100, second);
    assert!((first - 100.0).abs() < 1e-9);
    assert!((smoothed(first, 200, second) - 130.0).abs() < 1e-9);
}
