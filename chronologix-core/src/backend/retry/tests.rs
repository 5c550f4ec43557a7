//! Episodes: which failures are reported, and which are known already.

use std::{io, path::Path, time::Duration};

use super::{ErrorTracker, Operation};
use crate::{
    DiskError, backend::writer::SharedState, config::tests::samples::config,
    error_reporter::episodes::CALM, logger::share,
};

struct Stage {
    shared: SharedState,
    errors: ErrorTracker,
    reported: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl Stage {
    fn new() -> Self {
        let reported = std::sync::Arc::<std::sync::Mutex<Vec<String>>>::default();
        let notes = std::sync::Arc::clone(&reported);
        let config = config().on_error(move |error| notes.lock().unwrap().push(error.to_string()));
        Self {
            shared: share(config.check().unwrap(), &config),
            errors: ErrorTracker::default(),
            reported,
        }
    }

    fn record(
        &mut self,
        operation: Operation,
        doing: &'static str,
        kind: io::ErrorKind,
        path: &str,
    ) {
        let error = DiskError::new(doing, Path::new(path), kind.into());
        self.errors.record(&self.shared, operation, &error);
    }

    /// What was reported since the last call.
    fn reported(&self) -> Vec<String> {
        self.shared
            .error_reporter
            .shutdown(Duration::from_secs(3600));
        std::mem::take(&mut *self.reported.lock().unwrap())
    }
}

#[test]
fn each_kind_of_failure_is_reported_once_an_episode() {
    let mut stage = Stage::new();
    for path in ["app.log", "errors.log", "app.log"] {
        stage.record(
            Operation::Write,
            "write to",
            io::ErrorKind::StorageFull,
            path,
        );
        stage.record(
            Operation::Write,
            "open",
            io::ErrorKind::PermissionDenied,
            path,
        );
    }
    assert_eq!(
        stage.reported(),
        ["cannot write to app.log", "cannot open app.log"]
    );
    // The same, for something else.
    stage.record(
        Operation::Maintain,
        "open",
        io::ErrorKind::PermissionDenied,
        "app.log",
    );
    assert!(stage.reported().is_empty());
    // Another thing fails in the same way, and the same thing in another way.
    stage.record(
        Operation::Sync,
        "sync",
        io::ErrorKind::StorageFull,
        "app.log",
    );
    stage.record(Operation::Write, "open", io::ErrorKind::NotFound, "app.log");
    assert_eq!(
        stage.reported(),
        ["cannot sync app.log", "cannot open app.log"]
    );
    assert_eq!(stage.shared.counters.snapshot().disk_errors, 9);
}

#[test]
fn an_episode_ends_when_it_has_gone_well_for_a_second() {
    let full = (
        Operation::Write,
        "write to",
        io::ErrorKind::StorageFull,
        "app.log",
    );
    let mut stage = Stage::new();
    let meet = |stage: &mut Stage| {
        stage.record(full.0, full.1, full.2, full.3);
        stage.reported().len()
    };
    assert_eq!(meet(&mut stage), 1);
    // However long it lasts.
    stage.errors.now = 60 * CALM;
    assert_eq!(meet(&mut stage), 0);
    // The success of something else is none of this.
    stage.errors.clear(Operation::Sync);
    stage.errors.now = 120 * CALM;
    assert_eq!(meet(&mut stage), 0);
    // Now well, now not.
    stage.errors.clear(Operation::Write);
    stage.errors.now = 121 * CALM - 1;
    assert_eq!(meet(&mut stage), 0);
    stage.errors.clear(Operation::Write);
    stage.errors.now = 122 * CALM;
    assert_eq!(meet(&mut stage), 1);
}

#[test]
fn waits_become_longer_up_to_half_a_second_and_begin_anew_after_a_success() {
    let mut errors = ErrorTracker::default();
    let waits =
        |errors: &mut ErrorTracker| (0..8).map(|_| errors.next_backoff()).collect::<Vec<_>>();
    let expected = [10, 20, 40, 80, 160, 320, 500, 500].map(Duration::from_millis);
    assert_eq!(waits(&mut errors), expected);
    errors.clear(Operation::Write);
    assert_eq!(waits(&mut errors), expected);
}
