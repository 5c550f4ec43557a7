//! What is to be compressed and removed in a tree, by what is there, the time, and the settings.
//! Pure.

use std::{
    collections::{BTreeSet, HashSet},
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Utc};

use chronologix_schema::layout::{Folder, Interval, TimeZone};

use super::{
    scan::{FoundFile, ScannedFolder, TreeScan},
    trusted_time::TrustedTime,
};
use crate::{Compression, RetainAfter, Retention};

#[cfg(test)]
mod tests;

/// The time and the number of intervals for which a closed folder is left alone at least. Programs
/// that follow it can finish, and late records still find it as it was.
const MIN_AGE: (TimeDelta, i32) = (TimeDelta::minutes(10), 2);

/// How long a folder is closed before it is sealed.
#[cfg(feature = "seal")]
const SEAL_AFTER: TimeDelta = TimeDelta::minutes(1);

/// The retention settings of a tree.
#[derive(Clone, Debug)]
pub(crate) struct RetentionPolicy {
    pub(crate) interval: Interval,
    pub(crate) zone: TimeZone,
    pub(crate) compress: Option<Compression>,
    pub(crate) retain: Vec<Retention>,
    pub(crate) retain_after: RetainAfter,
}

/// An archive to create, or to finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CompressionJob {
    pub(crate) folder: Folder,
    /// One file, or all of ours in the folder; none if only the folder is left to be removed.
    pub(crate) sources: Vec<FoundFile>,
    pub(crate) compression: Compression,
    /// The name of the archive: in the folder for one file, in the base for all.
    pub(crate) archive: String,
    /// The archive is there already: what it holds as it is may go, and nothing else.
    pub(crate) is_resumed: bool,
}

impl RetentionPolicy {
    /// Returns when a folder was closed.
    pub(super) fn close(&self, folder: Folder) -> DateTime<Utc> {
        self.interval.close_of_any(folder, &self.zone)
    }

    /// Returns whether a folder is closed for long enough to be touched.
    fn may_touch(&self, folder: Folder, now: DateTime<Utc>) -> bool {
        let current = self.interval.span(now, &self.zone);
        let next = self.interval.span(current.end, &self.zone);
        if [current.folder, next.folder].contains(&folder) {
            return false;
        }
        now - self.close(folder) >= self.min_age()
    }

    /// Returns how long a folder must be closed before it is touched.
    pub(super) fn min_age(&self) -> TimeDelta {
        let (least, intervals) = MIN_AGE;
        least.max(self.interval_length() * intervals)
    }

    pub(super) fn interval_length(&self) -> TimeDelta {
        TimeDelta::minutes(self.interval.minutes().into())
    }

    /// Returns when a folder may be sealed: its interval is over, and so is the time in which most
    /// late records come. At the end of a logger, once it has begun.
    #[cfg(feature = "seal")]
    pub(crate) fn sealed_from(&self, folder: Folder, is_end: bool) -> DateTime<Utc> {
        if is_end {
            self.close(folder) - self.interval_length()
        } else {
            self.close(folder) + SEAL_AFTER
        }
    }

    /// Returns when the last folder was closed that may be touched.
    pub(super) fn last_closed(&self, tree: &TreeScan, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let closed = tree.units.keys().filter(|it| self.may_touch(**it, now));
        closed.map(|folder| self.close(*folder)).max()
    }

    /// What is to be compressed, oldest first. `mismatched` are sources that have an archive of
    /// another content.
    pub(crate) fn to_compress(
        &self,
        tree: &TreeScan,
        now: TrustedTime,
        mismatched: &HashSet<String>,
    ) -> Vec<CompressionJob> {
        let Some(compression) = self.compress else {
            return Vec::new();
        };
        // What is removed in any case need not be compressed first.
        let removable_folders = self.removable_folders(tree, now, false);
        let open = tree.units.iter().filter(|(folder, _)| {
            self.may_touch(**folder, now.wall) && !removable_folders.contains(folder)
        });
        let jobs = open.flat_map(|(folder, unit)| {
            if compression.packs_folders() {
                Vec::from_iter(folder_job(*folder, unit, compression))
            } else {
                file_jobs(*folder, unit, compression)
            }
        });
        let is_new = |job: &CompressionJob| !mismatched.contains(&job.key());
        jobs.filter(is_new).collect()
    }

    /// Returns what is to be removed, oldest first.
    pub(crate) fn to_remove(&self, tree: &TreeScan, now: TrustedTime) -> Vec<Folder> {
        Vec::from_iter(self.removable_folders(tree, now, true))
    }

    fn removable_folders(
        &self,
        tree: &TreeScan,
        now: TrustedTime,
        by_size_too: bool,
    ) -> BTreeSet<Folder> {
        // Only the size is a reason to remove something by a clock that is not trusted: the disk
        // fills up whatever time it is.
        let TrustedTime { wall, trusted } = now;
        let removable = |folder: &&Folder| {
            self.may_touch(**folder, trusted) && self.may_remove(&tree.units[*folder])
        };
        let mut removable_folders = BTreeSet::new();
        for rule in &self.retain {
            match rule {
                Retention::Age(age) => {
                    let age = TimeDelta::from_std(*age).unwrap_or(TimeDelta::MAX);
                    let is_old = |folder: &&Folder| trusted - self.close(**folder) >= age;
                    removable_folders.extend(tree.units.keys().filter(removable).filter(is_old));
                }
                Retention::Folders(most) => {
                    let current = self.interval.span(trusted, &self.zone).folder;
                    let begun = |folder: &&Folder| folder.start() <= current.start();
                    let newest_first = tree.units.keys().rev().filter(begun);
                    removable_folders.extend(newest_first.skip(*most).filter(removable));
                }
                // By size, below: it looks at all folders together.
                _ => {}
            }
        }
        let limits = self.retain.iter().filter_map(|rule| match rule {
            Retention::Size(size) if by_size_too => Some(size.bytes()),
            _ => None,
        });
        if let Some(most) = limits.min() {
            let kept =
                |(folder, _): &(&Folder, &ScannedFolder)| !removable_folders.contains(*folder);
            let kept = tree.units.iter().filter(kept).collect::<Vec<_>>();
            let mut bytes = kept.iter().map(|(_, unit)| unit.bytes()).sum::<u64>();
            for (folder, unit) in kept {
                let may_remove = self.may_touch(*folder, wall) && self.may_remove(unit);
                if bytes > most && may_remove && unit.bytes() > 0 {
                    bytes -= unit.bytes();
                    removable_folders.insert(*folder);
                }
            }
        }
        removable_folders
    }

    /// Returns whether nothing has to happen to a folder before it may be removed.
    fn may_remove(&self, unit: &ScannedFolder) -> bool {
        self.retain_after != RetainAfter::Shipped || unit.is_shipped()
    }
}

impl CompressionJob {
    /// An archive of `name` is created, or the one that is `there` is finished.
    fn new(
        folder: Folder,
        name: &str,
        sources: Vec<FoundFile>,
        compression: Compression,
        there: Option<&FoundFile>,
    ) -> Self {
        let known = there.and_then(|archive| archive.compressed.as_ref());
        let archive = there.map(|archive| archive.name.clone());
        Self {
            folder,
            sources,
            compression: known.map_or(compression, |(compression, _)| *compression),
            archive: archive.unwrap_or_else(|| format!("{name}.{compression}")),
            is_resumed: there.is_some(),
        }
    }

    /// Returns the path of a source below the base.
    pub(crate) fn source_path(&self, source: &FoundFile) -> PathBuf {
        Path::new(&self.folder.name()).join(&source.name)
    }

    /// Returns the path of the archive below the base.
    pub(crate) fn archive_path(&self) -> PathBuf {
        if self.compression.packs_folders() {
            PathBuf::from(&self.archive)
        } else {
            Path::new(&self.folder.name()).join(&self.archive)
        }
    }

    /// Returns the path below the base of what is compressed: one file, or the folder.
    pub(crate) fn key(&self) -> String {
        match self.sources.as_slice() {
            [source] if !self.compression.packs_folders() => {
                format!("{}/{}", self.folder, source.name)
            }
            _ => self.folder.name(),
        }
    }
}

fn folder_job(
    folder: Folder,
    unit: &ScannedFolder,
    compression: Compression,
) -> Option<CompressionJob> {
    let there = unit.archives.first();
    // A run that was killed may have left an empty folder beside its archive.
    let is_left = unit.has_folder && !unit.has_others && there.is_some();
    // The sums come first, so that what follows can be verified as it is unpacked.
    let sources = unit.sums.iter().chain(&unit.files).cloned();
    let sources = sources.collect::<Vec<_>>();
    (!sources.is_empty() || is_left)
        .then(|| CompressionJob::new(folder, &folder.name(), sources, compression, there))
}

fn file_jobs(
    folder: Folder,
    unit: &ScannedFolder,
    compression: Compression,
) -> Vec<CompressionJob> {
    let is_plain = |file: &&FoundFile| file.compressed.is_none() && file.version.bytes > 0;
    let job = |source: &FoundFile| {
        let is_archive_of_it = |file: &&FoundFile| {
            let compressed = file.compressed.as_ref();
            compressed.is_some_and(|(_, log)| *log == source.name)
        };
        let there = unit.files.iter().find(is_archive_of_it);
        let sources = vec![source.clone()];
        CompressionJob::new(folder, &source.name, sources, compression, there)
    };
    let mut sources: Vec<&FoundFile> = unit.files.iter().filter(is_plain).collect();
    // `app.log` after `app.1.log`: if there is a late `app.log` beside the compressed one, an
    // `app.1.log` by itself is late too, and readers take it for that.
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    sources.into_iter().map(job).collect()
}
