//! Which syncs failed, and which are not known here.

use std::{
    fs::{File, OpenOptions},
    io,
    sync::{Arc, Mutex},
};

use rustix::io::Errno as E;

use super::{is_unknown, sync_data, sync_names};
use crate::{
    error_reporter::{ErrorReporter, Handler},
    fs::{os::limits::MountLimits, tests::os::Base},
};

/// Limits whose reports are kept, and the reports.
fn limits() -> (MountLimits, Arc<ErrorReporter>, Arc<Mutex<Vec<String>>>) {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reports);
    let handler = Handler::new(move |incident| seen.lock().unwrap().push(format!("{incident:?}")));
    let reporter = Arc::new(ErrorReporter::new(Some(handler)));
    let limits = MountLimits::default();
    limits.report_to(&reporter);
    (limits, reporter, reports)
}

#[test]
fn a_failure_of_the_device_is_an_error_and_an_unknown_sync_is_none() {
    let error = |code: E| io::Error::from(code);
    for code in [E::INVAL, E::NOTSUP, E::OPNOTSUPP, E::BADF, E::NOSYS] {
        assert!(is_unknown(&error(code)), "{code:?}");
    }
    for code in [E::IO, E::NOSPC, E::DQUOT, E::ROFS, E::STALE] {
        assert!(!is_unknown(&error(code)), "{code:?}");
    }
    assert!(!is_unknown(&io::Error::other("of ours")));
}

#[test]
fn names_that_cannot_be_synced_are_reported_once() {
    let (limits, reporter, reports) = limits();
    let base = Base::new();
    sync_names(&limits, base.0.path(), File::open(base.0.path())).unwrap();
    let failed = |code: E| Err(code.into());
    for _ in 0..3 {
        sync_names(&limits, base.0.path(), failed(E::INVAL)).unwrap();
    }
    sync_names(&limits, base.0.path(), failed(E::ACCESS)).unwrap();
    for code in [E::IO, E::NOENT] {
        sync_names(&limits, base.0.path(), failed(code)).unwrap_err();
    }
    // Not a folder that could be written to.
    let proc = std::path::Path::new("/proc/self");
    drop(sync_names(&MountLimits::default(), proc, File::open(proc)));
    reporter.shutdown(std::time::Duration::from_secs(10));
    let reports = reports.lock().unwrap();
    assert_eq!(reports.len(), 1, "{reports:?}");
    let end = "(os error 22); files are synced, but their names may not be durable";
    assert!(
        reports[0].starts_with("cannot sync the names in /"),
        "{reports:?}"
    );
    assert!(reports[0].ends_with(end), "{reports:?}");
}

#[test]
fn what_no_file_system_can_sync_is_refused() {
    // The kernel answers `EINVAL` for both kinds of sync.
    let pipe = OpenOptions::new().write(true).open("/dev/null");
    if let Ok(null) = pipe {
        assert!(is_unknown(&sync_data(&null).unwrap_err()));
    }
    let base = Base::new();
    base.put("file", "text");
    sync_data(&File::open(base.path("file")).unwrap()).unwrap();
}
