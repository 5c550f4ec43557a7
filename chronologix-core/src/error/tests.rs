//! What errors say, and to whom they may be handed.

use std::{error::Error as StdError, io, path::Path, sync::Arc};

use chronologix_schema::layout::{TimestampFormat, zone};

use crate::{
    Config, ConfigError, ConfigProblem, DiskError, Error, Incident, Level, LogError, ParseError,
};

fn full() -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, "no space left on device")
}

fn disk() -> DiskError {
    DiskError::new("write to", Path::new("/logs/app.log"), full())
}

fn config() -> ConfigError {
    Config::new().interval("7h").validate().unwrap_err()
}

/// The text of an error and of each of its causes.
fn chain(error: &dyn StdError) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}

#[test]
fn errors_go_wherever_a_task_goes() {
    fn fits<T: StdError + Clone + Send + Sync + Unpin + 'static>() {}
    fn is_plain<T: Send + Sync + 'static>() {}
    fits::<Error>();
    fits::<Incident>();
    fits::<LogError>();
    fits::<DiskError>();
    fits::<ConfigError>();
    fits::<ParseError>();
    is_plain::<ConfigProblem>();
    let _: Box<dyn StdError + Send + Sync> = Error::AlreadyStarted.into();
}

#[test]
fn the_cause_is_only_in_the_source_and_stands_there_once() {
    let doing = "cannot write to /logs/app.log";
    let cause = "no space left on device";
    assert_eq!(chain(&disk()), [doing, cause]);
    assert_eq!(chain(&LogError::Failed(disk())), [doing, cause]);
    assert_eq!(chain(&Error::Disk(disk())), [doing, cause]);
    assert_eq!(chain(&Error::Log(LogError::Failed(disk()))), [doing, cause]);
    assert_eq!(
        chain(&Error::Thread(Arc::new(full()))),
        ["cannot start the writer thread", cause]
    );
    assert_eq!(chain(&Error::Config(config())), [config().to_string()]);
    assert_eq!(chain(&Incident::Disk(disk())), [doing, cause]);
}

#[test]
fn texts() {
    let unknown = LogError::UnknownStream {
        name: "ap\n\"p".to_owned(),
        known: vec!["app".to_owned(), "errors".to_owned()],
    };
    for (error, text) in [
        (
            Error::AlreadyStarted,
            "a logger for these streams is already running; stop it first",
        ),
        (
            LogError::NotStarted.into(),
            "no logger was started for these streams",
        ),
        (LogError::Stopped.into(), "the logger was stopped"),
        (
            LogError::Dropped.into(),
            "the record was dropped because the queue was full",
        ),
        (
            unknown.into(),
            r#"there is no stream "ap\n\"p"; the streams are app, errors"#,
        ),
    ] {
        assert_eq!(error.to_string(), text);
        assert!(!text.ends_with('.') && text.starts_with(char::is_lowercase));
        assert_eq!(chain(&error), [text]);
    }
}

/// An error as a `main` that returns it prints it, and what it has to print.
fn printed(error: &dyn StdError) -> (String, String) {
    (format!("{error:?}"), chain(error).join(": "))
}

#[test]
fn what_main_prints_is_the_text_and_the_causes() {
    assert_eq!(
        format!("{:?}", Error::Disk(disk())),
        "cannot write to /logs/app.log: no space left on device"
    );
    let hook = Incident::Hook {
        hook: "pager".to_owned(),
        reason: "timed out after 5 s".to_owned(),
    };
    let unknown = LogError::UnknownStream {
        name: "ap".to_owned(),
        known: vec!["app".to_owned()],
    };
    let errors: [&dyn StdError; 20] = [
        &Error::Config(config()),
        &Error::AlreadyStarted,
        &Error::Disk(disk()),
        &Error::Thread(Arc::new(full())),
        &Error::Log(LogError::Failed(disk())),
        &Incident::Disk(disk()),
        &hook,
        &Incident::Config(config()),
        &Incident::Thread(Arc::new(full())),
        &LogError::NotStarted,
        &LogError::Stopped,
        &unknown,
        &LogError::Dropped,
        &LogError::Nested,
        &LogError::Failed(disk()),
        &disk(),
        &config(),
        &"loud".parse::<Level>().unwrap_err(),
        &zone("Europe/Pargue").unwrap_err(),
        &"%Q".parse::<TimestampFormat>().unwrap_err(),
    ];
    for error in errors {
        let (printed, expected) = printed(error);
        assert_eq!(printed, expected);
    }
    let config = config();
    let problem = &config.problems()[0];
    assert_eq!(format!("{problem:?}"), problem.to_string());
}

#[test]
#[cfg(any(feature = "log", feature = "tracing"))]
fn what_main_prints_of_a_bridge_is_the_text() {
    use crate::bridge::BridgeError;

    let unknown = BridgeError::UnknownStreams {
        names: vec!["ap".to_owned()],
        known: vec!["app".to_owned()],
    };
    for error in [unknown, BridgeError::AlreadyInstalled { facade: "log" }] {
        let (printed, expected) = printed(&error);
        assert_eq!(printed, expected);
    }
}

#[test]
fn a_disk_error_knows_its_path_and_kind() {
    assert_eq!(disk().path(), Path::new("/logs/app.log"));
    assert_eq!(disk().kind(), io::ErrorKind::StorageFull);
}

#[test]
fn errors_become_each_other() {
    assert!(matches!(Error::from(disk()), Error::Disk(_)));
    assert!(matches!(Error::from(config()), Error::Config(_)));
    assert!(matches!(
        Error::from(LogError::Stopped),
        Error::Log(LogError::Stopped)
    ));
}
