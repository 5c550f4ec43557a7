//! Carries out the policy, step by step, so that it may be killed at any of them.
//!
//! An archive is written under another name, synced and renamed, and its folder is synced. Only
//! then is what it holds removed, and only what has not changed since it was read. A step that
//! fails is reported, removes nothing, and is tried again in a later run.

use std::{
    collections::HashSet,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use chronologix_schema::layout::{Folder, MANIFEST_FILE, Manifest, ShippedMark};

#[cfg(feature = "seal")]
use super::seal::Sealer;
use super::{
    archive::{self, ArchiveSource},
    compressor::{ArchiveWriter, ExactReader},
    file_names::{self, LogFileNames},
    policy::{CompressionJob, RetentionPolicy},
    scan::{FoundFile, ScannedFolder, TreeScan},
    trusted_time::ClockWatch,
};
use crate::{
    CompressionSetting, DiskError, RetainAfter,
    clock::ClockReading,
    config::Settings,
    fs::{
        retention_fs::{EntryKind, FileVersion, RetentionFs, RetentionLock},
        traits::{LockGuard, LogFile},
    },
};

#[cfg(feature = "seal")]
mod sealing;
#[cfg(test)]
mod tests;

/// The most bytes that a manifest or a mark may have.
const MAX_READ: u64 = 1 << 20;

/// How long an unfinished archive stays as it is before it counts as abandoned, where there are no
/// locks.
const ABANDONED_AFTER: TimeDelta = TimeDelta::minutes(10);

/// Compresses and removes the closed folders of one tree.
#[derive(Debug)]
pub(crate) struct RetentionWorker {
    fs: Box<dyn RetentionFs>,
    base: PathBuf,
    rules: RetentionPolicy,
    /// The files of this logger's streams. The manifest has those of other loggers.
    logs: Vec<String>,
    file_mode: u32,
    /// The format that the rules ask for, with its level.
    compress: Option<CompressionSetting>,
    clock: ClockWatch,
    /// Sources whose archive has another content, because late records came after it was made. Both
    /// stay as they are.
    mismatched: HashSet<String>,
    /// Unfinished archives as they were found, and when that was. Without a retention lock, each is
    /// the lock of its own, since it was created with `O_EXCL`: one that does not change was left
    /// by a killed run.
    unfinished: Vec<((PathBuf, FileVersion), DateTime<Utc>)>,
    /// Seals folders, if the settings ask for it.
    #[cfg(feature = "seal")]
    sealer: Option<Sealer>,
}

/// The outcome of a run.
#[derive(Debug, Default)]
pub(crate) struct RunReport {
    /// Files or folders that were compressed.
    pub(crate) compressed: u64,
    /// Interval folders, or their archives, that were removed.
    pub(crate) removed: u64,
    pub(crate) errors: Vec<DiskError>,
    /// Another logger does the work, or some of it.
    pub(crate) is_done_by_another: bool,
    /// How long until a folder is to be sealed.
    pub(crate) seals_in: Option<Duration>,
}

impl RunReport {
    /// Returns the value, or keeps the error.
    fn ok<T>(&mut self, outcome: Result<T, DiskError>) -> Option<T> {
        outcome.map_err(|error| self.errors.push(error)).ok()
    }
}

impl RetentionWorker {
    pub(crate) fn new(
        settings: &Settings,
        fs: Box<dyn RetentionFs>,
        started: ClockReading,
    ) -> Self {
        let files = settings.streams.iter().map(|stream| stream.file.clone());
        Self {
            fs,
            base: settings.base.clone(),
            rules: RetentionPolicy {
                interval: settings.interval,
                zone: settings.zone.clone(),
                compress: settings.compress.map(CompressionSetting::compression),
                retain: settings.retain.clone(),
                retain_after: settings.retain_after,
            },
            logs: files.collect(),
            file_mode: settings.modes.file,
            compress: settings.compress,
            clock: ClockWatch::new(started),
            mismatched: HashSet::new(),
            unfinished: Vec::new(),
            #[cfg(feature = "seal")]
            sealer: Sealer::new(settings),
        }
    }

    /// Returns whether folders are sealed.
    #[cfg_attr(
        not(feature = "seal"),
        expect(clippy::unused_self, reason = "none are")
    )]
    pub(crate) fn seals(&self) -> bool {
        #[cfg(feature = "seal")]
        return self.sealer.is_some();
        #[cfg(not(feature = "seal"))]
        false
    }

    /// Seals what has begun. The logger has closed its files, and does not come back to them.
    pub(crate) fn run_at_end(&mut self, now: ClockReading, stop: &AtomicBool) -> RunReport {
        let mut report = RunReport::default();
        let Some(_alone) = self.lock(&mut report).flatten() else {
            return report;
        };
        #[cfg(feature = "seal")]
        if self.begin_seals(&mut report) {
            let tree = self.look(&mut report);
            let now = self.clock.look(now, &self.rules, &tree);
            self.seal_folders(&tree, now, true, stop, &mut report);
        }
        #[cfg(not(feature = "seal"))]
        let _ = (now, stop);
        report
    }

    /// Does everything that is due at this moment, unless it is stopped.
    pub(crate) fn run(&mut self, now: ClockReading, stop: &AtomicBool) -> RunReport {
        let mut report = RunReport::default();
        let Some(alone) = self.lock(&mut report) else {
            return report;
        };
        let is_over = || stop.load(Ordering::Relaxed);
        #[cfg_attr(not(feature = "seal"), expect(unused_mut, reason = "seals change it"))]
        let mut tree = self.look(&mut report);
        let now = self.clock.look(now, &self.rules, &tree);
        self.unfinished
            .retain(|(known, _)| tree.unfinished.contains(known));
        for archive in &tree.unfinished {
            let mut known = self.unfinished.iter();
            let known = known.find(|(known, _)| known == archive);
            let since = known.map_or(now.trusted, |(_, since)| *since);
            if known.is_none() {
                self.unfinished.push((archive.clone(), since));
            }
            if alone.is_some() || now.trusted - since >= ABANDONED_AFTER {
                self.remove_file(&archive.0, archive.1, &mut report);
            } else {
                report.is_done_by_another = true;
            }
        }
        #[cfg(feature = "seal")]
        let can_seal = if alone.is_some() {
            self.begin_seals(&mut report)
        } else {
            self.refuse_seals(&mut report)
        };
        #[cfg(feature = "seal")]
        if can_seal {
            let has_looked = self.seal_folders(&tree, now, false, stop, &mut report);
            if has_looked && self.rules.compress.is_some() {
                // The sums that were written are compressed too.
                tree = self.look(&mut report);
            }
        }
        for job in self.rules.to_compress(&tree, now, &self.mismatched) {
            if is_over() {
                return report;
            }
            #[cfg(feature = "seal")]
            if self
                .sealer
                .as_ref()
                .is_some_and(|it| !it.has_sealed(job.folder, &tree.units[&job.folder]))
            {
                continue;
            }
            self.do_job(&job, stop, &mut report);
        }
        if self.rules.retain.is_empty() {
            return report;
        }
        // Compression has changed the sizes.
        let tree = self.look(&mut report);
        for folder in self.rules.to_remove(&tree, now) {
            if is_over() {
                return report;
            }
            #[cfg(feature = "seal")]
            if !self.note_removal(folder, now, &mut report) {
                continue;
            }
            self.remove(folder, &tree.units[&folder], &mut report);
        }
        report
    }

    /// Takes the lock. `None` if another logger has it, `Some(None)` if there is none.
    #[expect(clippy::option_option, reason = "two reasons to have no guard")]
    fn lock(&self, report: &mut RunReport) -> Option<Option<Box<dyn LockGuard>>> {
        let lock = self.fs.lock_retention();
        let lock = lock.map_err(|error| DiskError::new("lock for retention in", &self.base, error));
        let lock = report.ok(lock)?;
        report.is_done_by_another = matches!(lock, RetentionLock::Busy);
        match lock {
            RetentionLock::Held(guard) => Some(Some(guard)),
            RetentionLock::Missing => Some(None),
            RetentionLock::Busy => None,
        }
    }

    /// Says what failed with a path below the base.
    fn doing<T>(
        &self,
        operation: &'static str,
        below: &Path,
        outcome: io::Result<T>,
    ) -> Result<T, DiskError> {
        outcome.map_err(|error| DiskError::new(operation, &self.base.join(below), error))
    }

    /// Returns what is in the tree. A folder that cannot be listed is left out, and so not touched.
    fn look(&self, report: &mut RunReport) -> TreeScan {
        let mut tree = TreeScan::default();
        let logs = self.log_names();
        let base = Path::new("");
        let Some((entries, _)) = report.ok(self.doing("list", base, self.fs.list(base))) else {
            return tree;
        };
        for folder in tree.add_base(entries) {
            let name = PathBuf::from(folder.name());
            match self.fs.list(&name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                listed => {
                    if let Some((entries, unnamed)) = report.ok(self.doing("list", &name, listed)) {
                        tree.add_folder(folder, entries, unnamed, &logs);
                    }
                }
            }
        }
        if self.rules.retain_after == RetainAfter::Shipped {
            for (folder, unit) in &mut tree.units {
                let mark = self.read_text(Path::new(&ShippedMark::path_of(*folder)));
                let mark = mark
                    .ok()
                    .and_then(|text| ShippedMark::from_json(&text).ok());
                // Without a mark that can be read, the folder stays.
                unit.mark = mark.unwrap_or_default();
            }
        }
        tree
    }

    /// Reads a small file of the tree.
    fn read_text(&self, path: &Path) -> io::Result<String> {
        let mut text = String::new();
        self.fs
            .open(path)?
            .take(MAX_READ)
            .read_to_string(&mut text)?;
        Ok(text)
    }

    /// Returns the files of all streams in the manifest. Without one, those of this logger.
    fn log_names(&self) -> LogFileNames {
        let read = self.read_text(Path::new(MANIFEST_FILE));
        let described = read.ok().and_then(|text| Manifest::from_json(&text).ok());
        let described = described.iter().flat_map(|described| &described.streams);
        let described = described.map(|stream| stream.file.as_str());
        LogFileNames::of(self.logs.iter().map(String::as_str).chain(described))
    }

    fn do_job(&mut self, job: &CompressionJob, stop: &AtomicBool, report: &mut RunReport) {
        // While a logger has locked the folder, its files could not be removed.
        if self.claim(Path::new(&job.folder.name()), report).is_none() {
            return;
        }
        let safe = if job.is_resumed {
            self.held_by_archive(job, stop)
        } else {
            self.pack(job, stop)
        };
        let safe = report.ok(safe);
        report.is_done_by_another |= matches!(safe, Some(None));
        let Some(Some(safe)) = safe else {
            return;
        };
        if !job.is_resumed {
            report.compressed += 1;
        } else if safe.len() < job.sources.len() {
            self.mismatched.insert(job.key());
        }
        self.remove_sources(job, &safe, report);
    }

    /// Creates an archive. When this returns the sources in it, it is complete and durable. `None`
    /// if one was written to, another logger is at it, or this one stops: a later run tries again.
    fn pack<'a>(
        &self,
        job: &'a CompressionJob,
        stop: &AtomicBool,
    ) -> Result<Option<Vec<&'a FoundFile>>, DiskError> {
        let archive = job.archive_path();
        let there = self.doing("look at", &archive, self.fs.kind(&archive))?;
        if there.is_some() {
            let error = io::Error::new(
                io::ErrorKind::AlreadyExists,
                "something that is not an archive of this tree has this name; move it away",
            );
            return self.doing("create", &archive, Err(error));
        }
        let aside = archive.with_file_name(file_names::unfinished(&job.archive));
        let file = match self.fs.create_new(&aside, self.file_mode) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            made => self.doing("create", &aside, made)?,
        };
        let id = self.doing("look at", &aside, file.id())?;
        // Without a lock, another logger may have taken it for abandoned, and begun it anew.
        let ours = || match self.doing("look at", &aside, self.fs.kind(&aside))? {
            Some(EntryKind::File(version)) if version.id == id => Ok(Some(version)),
            _ => Ok(None),
        };
        let outcome = self.fill(job, file, stop).and_then(|is_whole| {
            let is_whole = is_whole && ours()?.is_some();
            if is_whole {
                self.doing("rename to", &archive, self.fs.rename(&aside, &archive))?;
            }
            Ok(is_whole)
        });
        if !matches!(outcome, Ok(true)) {
            // If this fails too, the next run removes it.
            if let Ok(Some(version)) = ours() {
                let _ = self.fs.remove_file(&aside, version);
            }
            return outcome.map(|_| None);
        }
        self.sync_names(&archive)?;
        Ok(Some(job.sources.iter().collect()))
    }

    /// Writes an archive. Returns whether it holds the sources as they are now.
    fn fill(
        &self,
        job: &CompressionJob,
        file: Box<dyn LogFile>,
        stop: &AtomicBool,
    ) -> Result<bool, DiskError> {
        let unsynced = 0;
        let mut sink = ArchiveWriter {
            file,
            unsynced,
            stop,
        };
        let mut sources = job.sources.iter().map(|source| {
            Ok(ArchiveSource {
                name: &source.name,
                version: source.version,
                mode: self.file_mode,
                bytes: Box::new(self.open(job, source, stop)?),
            })
        });
        let folder = job.folder.name();
        let asked = self
            .compress
            .filter(|it| it.compression() == job.compression);
        let setting = asked.unwrap_or_else(|| job.compression.into());
        let packed = archive::pack(setting, &folder, &mut sources, &mut sink);
        let packed = packed.and_then(|()| sink.finish());
        if stop.load(Ordering::Relaxed) {
            return Ok(false);
        }
        self.doing("compress to", &job.archive_path(), packed)?;
        // If one was written to since it was listed, its archive may lack something.
        for source in &job.sources {
            let path = job.source_path(source);
            let now = self.doing("look at", &path, self.fs.kind(&path))?;
            if now != Some(EntryKind::File(source.version)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn open<'a>(
        &self,
        job: &CompressionJob,
        source: &FoundFile,
        stop: &'a AtomicBool,
    ) -> io::Result<ExactReader<'a>> {
        let inner = self.fs.open(&job.source_path(source))?;
        let left = source.version.bytes;
        Ok(ExactReader { inner, left, stop })
    }

    /// Returns the sources that an archive holds unchanged. It was made by a run that was killed
    /// before it could remove them. `None` if the logger stops.
    fn held_by_archive<'a>(
        &self,
        job: &'a CompressionJob,
        stop: &AtomicBool,
    ) -> Result<Option<Vec<&'a FoundFile>>, DiskError> {
        let mut held = Vec::new();
        if job.sources.is_empty() {
            return Ok(Some(held));
        }
        let archive = job.archive_path();
        let prefix = format!("{}/", job.folder);
        let looked = self.fs.open(&archive).and_then(|opened| {
            archive::unpack(job.compression, opened, &mut |name, packed| {
                let name = name.strip_prefix(&prefix).unwrap_or(name);
                let is_it = |source: &&FoundFile| name.is_empty() || source.name == name;
                if let Some(source) = job.sources.iter().find(is_it) {
                    if archive::are_same(packed, &mut self.open(job, source, stop)?)? {
                        held.push(source);
                    }
                }
                Ok(())
            })
        });
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        self.doing("look into", &archive, looked)?;
        if !held.is_empty() {
            // The run that was killed may not have synced them.
            self.sync_names(&archive)?;
        }
        Ok(Some(held))
    }

    /// Makes the name of an archive durable, and that of its folder.
    fn sync_names(&self, archive: &Path) -> Result<(), DiskError> {
        archive.ancestors().skip(1).try_for_each(|folder| {
            let synced = self.fs.sync_folder(folder);
            self.doing("sync the folder", folder, synced)
        })
    }

    /// Removes the sources that are safe in an archive, and the folder if it was packed.
    fn remove_sources(&self, job: &CompressionJob, sources: &[&FoundFile], report: &mut RunReport) {
        let folder = PathBuf::from(job.folder.name());
        let Some(_claim) = self.claim(&folder, report) else {
            return;
        };
        for source in sources {
            self.remove_file(&folder.join(&source.name), source.version, report);
        }
        if job.compression.packs_folders() {
            self.remove_folder(&folder, report);
        }
    }

    /// Removes everything of ours in an interval folder, and its archives.
    fn remove(&self, folder: Folder, unit: &ScannedFolder, report: &mut RunReport) {
        let before = report.errors.len();
        let name = PathBuf::from(folder.name());
        if unit.has_folder {
            let Some(_claim) = self.claim(&name, report) else {
                return;
            };
            for file in unit.files.iter().chain(&unit.sums) {
                self.remove_file(&name.join(&file.name), file.version, report);
            }
            if !unit.has_others {
                self.remove_folder(&name, report);
            }
        }
        for archive in &unit.archives {
            self.remove_file(Path::new(&archive.name), archive.version, report);
        }
        report.removed += u64::from(report.errors.len() == before);
    }

    /// Locks a folder. `None` if a logger is in it: a later run tries again.
    fn claim(&self, folder: &Path, report: &mut RunReport) -> Option<Box<dyn LockGuard>> {
        let claimed = self.fs.try_lock_folder(folder);
        report.ok(self.doing("lock", folder, claimed)).flatten()
    }

    fn remove_file(&self, path: &Path, version: FileVersion, report: &mut RunReport) {
        report.ok(self.doing("remove", path, self.fs.remove_file(path, version)));
    }

    fn remove_folder(&self, folder: &Path, report: &mut RunReport) {
        report.ok(self.doing("remove", folder, self.fs.remove_folder(folder)));
    }
}
