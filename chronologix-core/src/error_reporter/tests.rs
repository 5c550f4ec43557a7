//! Errors on their way to a handler.

use std::{
    io,
    path::Path,
    sync::{Arc, Barrier, Mutex},
    time::Duration,
};

use super::{Handler, Teller, WAITING};
use crate::{DiskError, Error};

/// However busy the machine is.
const PATIENCE: Duration = Duration::from_secs(3600);

fn error(number: usize) -> Error {
    let path = Path::new("logs").join(number.to_string());
    Error::Disk(DiskError::new(
        "write to",
        &path,
        io::ErrorKind::StorageFull.into(),
    ))
}

/// A teller whose handler notes down what it is told, and calls `each`.
fn noting(each: impl Fn(&Error) + Send + Sync + 'static) -> (Teller, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let handler = Handler::new(move |error| {
        notes.lock().unwrap().push(error.to_string());
        each(error);
    });
    (Teller::new(Some(handler)), told)
}

#[test]
fn a_handler_has_seen_everything_when_the_logger_has_ended() {
    let (teller, told) = noting(|_| {});
    for number in 0..3 {
        teller.tell(error(number));
    }
    teller.end(PATIENCE);
    let expected = (0..3).map(|number| error(number).to_string());
    assert_eq!(*told.lock().unwrap(), expected.collect::<Vec<_>>());
}

#[test]
fn a_handler_that_panics_is_told_the_next_error_all_the_same() {
    let (teller, told) = noting(|error| assert!(!error.to_string().ends_with('0'), "on purpose"));
    teller.tell(error(0));
    teller.tell(error(1));
    teller.end(PATIENCE);
    assert_eq!(told.lock().unwrap().len(), 2);
}

#[test]
fn nobody_waits_for_a_handler_that_is_busy() {
    let busy = Arc::new(Barrier::new(2));
    let released = Arc::clone(&busy);
    let (teller, told) = noting(move |error| {
        if error.to_string().ends_with("logs/0") {
            busy.wait();
        }
    });
    // More than wait in the queue: those go to stderr.
    for number in 0..WAITING + 10 {
        teller.tell(error(number));
    }
    released.wait();
    teller.end(PATIENCE);
    let told = told.lock().unwrap().len();
    assert!((WAITING..=WAITING + 1).contains(&told), "{told}");
}
