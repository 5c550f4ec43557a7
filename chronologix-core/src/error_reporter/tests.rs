//! Errors on their way to a handler.

use std::{
    io,
    path::Path,
    sync::{Arc, Barrier, Mutex},
    time::Duration,
};

use super::{CAPACITY, ErrorReporter, Handler};
use crate::{DiskError, Incident};

/// However busy the machine is.
const LONG: Duration = Duration::from_secs(3600);

fn error(number: usize) -> Incident {
    let path = Path::new("logs").join(number.to_string());
    Incident::Disk(DiskError::new(
        "write to",
        &path,
        io::ErrorKind::StorageFull.into(),
    ))
}

/// A reporter whose handler notes every error, and calls `each`.
fn noting(
    each: impl Fn(&Incident) + Send + Sync + 'static,
) -> (ErrorReporter, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let handler = Handler::new(move |error| {
        notes.lock().unwrap().push(error.to_string());
        each(error);
    });
    (ErrorReporter::new(Some(handler)), told)
}

#[test]
fn a_handler_has_seen_everything_when_the_logger_has_ended() {
    let (reporter, told) = noting(|_| {});
    for number in 0..3 {
        reporter.report(error(number));
    }
    reporter.shutdown(LONG);
    let expected = (0..3).map(|number| error(number).to_string());
    assert_eq!(*told.lock().unwrap(), expected.collect::<Vec<_>>());
}

#[test]
fn a_handler_that_panics_is_told_the_next_error_all_the_same() {
    let (reporter, told) = noting(|error| assert!(!error.to_string().ends_with('0'), "on purpose"));
    reporter.report(error(0));
    reporter.report(error(1));
    reporter.shutdown(LONG);
    assert_eq!(told.lock().unwrap().len(), 2);
}

#[test]
fn no_one_waits_for_a_handler_that_is_busy() {
    let busy = Arc::new(Barrier::new(2));
    let released = Arc::clone(&busy);
    let first = error(0).to_string();
    let (reporter, told) = noting(move |error| {
        if error.to_string() == first {
            busy.wait();
        }
    });
    // More than the queue holds: the rest goes to stderr.
    for number in 0..CAPACITY + 10 {
        reporter.report(error(number));
    }
    released.wait();
    reporter.shutdown(LONG);
    let told = told.lock().unwrap().len();
    assert!((CAPACITY..=CAPACITY + 1).contains(&told), "{told}");
}
