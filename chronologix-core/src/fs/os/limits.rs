//! What the file system of a tree lacks, or what in it does not belong there. A logger goes on with
//! what there is, and reports each such thing once.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use crate::{DiskError, Incident, error_reporter::ErrorReporter};

/// The limits that one logger has met.
#[derive(Debug, Default)]
pub(crate) struct MountLimits {
    /// Before it is set, nothing is reported.
    reporter: OnceLock<Arc<ErrorReporter>>,
    /// What could not be done, of each limit that was reported.
    known: Mutex<Vec<&'static str>>,
    /// A text beside it names the folder that a junction would lead to, so it is not reported.
    #[cfg(windows)]
    pub(super) are_junctions_missing: std::sync::atomic::AtomicBool,
}

impl MountLimits {
    pub(super) fn report_to(&self, reporter: &Arc<ErrorReporter>) {
        // A logger has one reporter.
        let _ = self.reporter.set(Arc::clone(reporter));
    }

    /// Reports that something cannot be done with a path, if this is the first time. `instead` is
    /// what that means for the user.
    pub(super) fn report(
        &self,
        doing: &'static str,
        path: &Path,
        reason: &io::Error,
        instead: &str,
    ) {
        let Some(reporter) = self.reporter.get() else {
            return;
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(&doing) {
            return;
        }
        known.push(doing);
        let error = io::Error::new(reason.kind(), format!("{reason}; {instead}"));
        reporter.report(Incident::Disk(DiskError::new(doing, path, error)));
    }
}
