//! Which folders a run seals, and what it may not touch before.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
};

use chronologix_schema::layout::Folder;

use super::{RetentionWorker, RunReport};
use crate::{
    DiskError,
    retention::{scan::TreeScan, seal::SealOutcome, trusted_time::TrustedTime},
};

impl RetentionWorker {
    /// Reads the chain of seals. Returns whether folders can be sealed.
    pub(super) fn begin_seals(&mut self, report: &mut RunReport) -> bool {
        let Some(sealer) = &mut self.sealer else {
            return false;
        };
        report.ok(sealer.begin(&*self.fs)).is_some()
    }

    /// Reports that nothing is sealed: without a lock, two loggers may add the same link.
    pub(super) fn refuse_seals(&self, report: &mut RunReport) -> bool {
        if self.sealer.is_some() {
            let text = "two loggers must not seal at a time, and there are no file locks here; \
                        nothing is sealed, compressed or removed";
            let error = io::Error::new(io::ErrorKind::Unsupported, text);
            report
                .errors
                .push(DiskError::new("seal folders in", &self.base, error));
        }
        false
    }

    /// Seals the folders that are due, oldest first. Returns whether any of them was not known, so
    /// that it may have new sums.
    pub(super) fn seal_folders(
        &mut self,
        tree: &TreeScan,
        now: TrustedTime,
        is_end: bool,
        stop: &AtomicBool,
        report: &mut RunReport,
    ) -> bool {
        let Some(sealer) = &mut self.sealer else {
            return false;
        };
        sealer.forget_all_but(tree);
        // What is removed need not be sealed first.
        let removed = self.rules.to_remove(tree, now);
        let mut has_looked = false;
        for (folder, unit) in &tree.units {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let wait = self.rules.sealed_from(*folder, is_end) - now.wall;
            if !unit.has_folder || removed.contains(folder) {
                continue;
            }
            if let Some(wait) = wait.to_std().ok().filter(|wait| !wait.is_zero()) {
                // The folder in use is not waited for: a rollover comes first.
                let is_soon = self.rules.close(*folder) <= now.wall;
                let first = report.seals_in.map_or(wait, |first| first.min(wait));
                report.seals_in = is_soon.then_some(first).or(report.seals_in);
                continue;
            }
            if sealer.knows(*folder, unit) {
                continue;
            }
            has_looked = true;
            let outcome = sealer.seal(&*self.fs, (*folder, unit), now.wall, stop);
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let outcome = report.ok(outcome);
            report.is_done_by_another |= outcome == Some(SealOutcome::InUse);
        }
        has_looked
    }

    /// Notes in the chain that a folder is removed. Returns whether it may be.
    pub(super) fn note_removal(
        &mut self,
        folder: Folder,
        now: TrustedTime,
        report: &mut RunReport,
    ) -> bool {
        let Some(sealer) = &mut self.sealer else {
            return true;
        };
        let noted = sealer.note_removal(&*self.fs, folder, now.wall);
        report.ok(noted) == Some(true)
    }
}
