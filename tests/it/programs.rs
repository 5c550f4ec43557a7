//! What a whole program leaves behind.

use std::{fs, path::Path};

use chronologix::{Config, Interval, log};

use crate::{
    chronologix_streams,
    tree::{folders, read_tree, turn},
};

#[test]
fn the_program_of_the_readme() {
    let _turn = turn();
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(program_of_the_readme());
}

async fn program_of_the_readme() {
    let base = tempfile::tempdir().unwrap();
    let clock = chronologix_core::ManualClock::at(chrono::DateTime::from_timestamp_nanos(
        1_746_369_000_123_456_000,
    ));
    let logger = chronologix_streams::config()
        .base_log_dir(base.path())
        .interval(Interval::Hour1)
        .timestamp_format("%H:%M:%S.%f")
        .clock(clock)
        .start()
        .await
        .unwrap();
    log!(app, "Starting batch job").await;
    log!(audit, "Auditing step <>", 1).await;
    log!(errors, "Exception occurred: <>", "division by zero").await;
    logger.flush().await;
    let error = "[14:30:00.123456] Exception occurred: division by zero\n";
    let expected = [
        (
            "2025-05-04__14-00/app.log",
            format!("[14:30:00.123456] Starting batch job\n{error}"),
        ),
        (
            "2025-05-04__14-00/audit.log",
            "[14:30:00.123456] Auditing step 1\n".to_owned(),
        ),
        ("2025-05-04__14-00/errors.log", error.to_owned()),
        ("2025-05-04__14-00/json.log", String::new()),
        ("2025-05-04__15-00/app.log", String::new()),
        ("2025-05-04__15-00/audit.log", String::new()),
        ("2025-05-04__15-00/errors.log", String::new()),
        ("2025-05-04__15-00/json.log", String::new()),
    ];
    let expected = expected.map(|(name, text)| (name.to_owned(), text));
    assert_eq!(read_tree(base.path()), expected.clone().into());
    let current = if cfg!(windows) {
        fs::read_to_string(base.path().join("current.txt"))
            .unwrap()
            .into()
    } else {
        fs::read_link(base.path().join("current")).unwrap()
    };
    assert_eq!(current, Path::new("2025-05-04__14-00"));

    logger.stop().await.unwrap();
    assert_eq!(
        folders(base.path()).len(),
        1,
        "the next folder stayed empty and is gone"
    );
    assert_eq!(
        read_tree(base.path()),
        expected[..4].iter().cloned().collect()
    );
}

#[cfg(unix)]
#[test]
fn files_and_folders_are_private_unless_the_owner_says_otherwise() {
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("deep/er");
    let logger = Config::new().base_log_dir(&base).start_blocking().unwrap();
    assert_eq!(mode(&folder.path().join("deep")), 0o700);
    assert_eq!(mode(&folders(&base)[0]), 0o700);
    assert_eq!(mode(&folders(&base)[0].join("all.log")), 0o600);
    assert_eq!(mode(&base.join(".chronologix.json")), 0o600);
    logger.stop_blocking().unwrap();
}

#[test]
fn the_default_is_that_of_the_original() {
    let folder = tempfile::tempdir().unwrap();
    let clock = chronologix_core::ManualClock::at(chrono::DateTime::from_timestamp_nanos(
        1_746_369_000_123_456_000,
    ));
    let config = Config::new().base_log_dir(folder.path()).clock(clock);
    let logger = config.start_blocking().unwrap();
    logger
        .stream("errors")
        .unwrap()
        .log(format_args!("boom"))
        .wait()
        .into_result()
        .unwrap();
    logger.stop_blocking().unwrap();
    let expected = [
        (
            "2025-05-04/all.log".to_owned(),
            "[14:30:00] boom\n".to_owned(),
        ),
        (
            "2025-05-04/errors.log".to_owned(),
            "[14:30:00] boom\n".to_owned(),
        ),
    ];
    assert_eq!(read_tree(folder.path()), expected.into());
}

#[test]
fn several_loggers_share_a_tree_or_have_their_own() {
    let shared = tempfile::tempdir().unwrap();
    let own = tempfile::tempdir().unwrap();
    let start = |base: &Path, stream: &str| {
        Config::new()
            .base_log_dir(base)
            .stream(stream)
            .start_blocking()
            .unwrap()
    };
    let loggers = [
        start(shared.path(), "one"),
        start(shared.path(), "two"),
        start(own.path(), "one"),
    ];
    for (at, logger) in loggers.iter().enumerate() {
        let name = if at == 1 { "two" } else { "one" };
        logger
            .stream(name)
            .unwrap()
            .log(format_args!("{at}"))
            .wait()
            .into_result()
            .unwrap();
    }
    for logger in &loggers {
        logger.stop_blocking().unwrap();
    }
    let files = |base| {
        let tree = read_tree(base).into_iter();
        tree.map(|(name, text)| (name.split('/').next_back().unwrap().to_owned(), text.len()))
            .filter(|(_, length)| *length > 0)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        files(shared.path()),
        [("one.log".to_owned(), 13), ("two.log".to_owned(), 13)]
    );
    assert_eq!(files(own.path()), [("one.log".to_owned(), 13)]);
    let description = fs::read_to_string(shared.path().join(".chronologix.json")).unwrap();
    assert!(description.contains(r#""name": "one""#) && description.contains(r#""name": "two""#));
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_that_the_program_handles_itself_stops_no_logger() {
    use tokio::signal::unix::{SignalKind, signal};

    use crate::tree::lines_of;

    let folder = tempfile::tempdir().unwrap();
    let mut asked = signal(SignalKind::terminate()).unwrap();
    let config = Config::new().base_log_dir(folder.path()).stream("app");
    let logger = config.flush_on_signals(true).start().await.unwrap();
    let app = logger.stream("app").unwrap();
    app.log(format_args!("before")).detach();
    chronologix_core::internals::faults::raise(SignalKind::terminate().as_raw_value());
    asked.recv().await.unwrap();
    assert_eq!(
        lines_of(folder.path(), "app.log").len(),
        1,
        "it is written when the program hears of it"
    );
    app.log(format_args!("after")).written().await.unwrap();
    logger.stop().await.unwrap();
    assert_eq!(lines_of(folder.path(), "app.log").len(), 2);
}
