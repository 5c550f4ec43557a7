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
};

use chrono::{DateTime, Utc};

use super::{
    archive::{self, ArchiveSource},
    compressor::{ArchiveWriter, ExactReader},
    file_names::{self, LogFileNames},
    policy::{CompressionJob, RetentionPolicy},
    scan::{FoundFile, ScannedFolder, TreeScan},
};
use chronologix_schema::layout::{Folder, MANIFEST_FILE, Manifest};

use crate::{
    DiskError,
    config::Settings,
    fs::retention_fs::{EntryKind, FileVersion, RetentionFs},
};

#[cfg(test)]
mod tests;

/// The most bytes a manifest may have.
const MAX_READ: u64 = 1 << 20;

/// Compresses and removes the closed folders of one tree.
#[derive(Debug)]
pub(crate) struct RetentionWorker {
    fs: Box<dyn RetentionFs>,
    base: PathBuf,
    rules: RetentionPolicy,
    /// The files of this logger's streams. The manifest has those of other loggers.
    logs: Vec<String>,
    file_mode: u32,
    /// Sources whose archive has another content, because late records came after it was made. Both
    /// stay as they are.
    mismatched: HashSet<String>,
}

/// The outcome of a run.
#[derive(Debug, Default)]
pub(crate) struct RunReport {
    /// Files or folders that were compressed.
    pub(crate) compressed: u64,
    /// Interval folders, or their archives, that were removed.
    pub(crate) removed: u64,
    pub(crate) errors: Vec<DiskError>,
    /// Another logger has the retention lock.
    pub(crate) is_done_by_another: bool,
}

/// Why an archive was not made.
enum PackError {
    /// A source was written to, or the logger stops. A later run tries again.
    Later,
    Failed(DiskError),
}

impl From<DiskError> for PackError {
    fn from(error: DiskError) -> Self {
        Self::Failed(error)
    }
}

impl RetentionWorker {
    pub(crate) fn new(settings: &Settings, fs: Box<dyn RetentionFs>) -> Self {
        let files = settings.streams.iter().map(|stream| stream.file.clone());
        Self {
            fs,
            base: settings.base.clone(),
            rules: RetentionPolicy::of(settings),
            logs: files.collect(),
            file_mode: settings.modes.file,
            mismatched: HashSet::new(),
        }
    }

    /// Does everything that is due at this moment, unless it is stopped.
    pub(crate) fn run(&mut self, now: DateTime<Utc>, stop: &AtomicBool) -> RunReport {
        let mut report = RunReport::default();
        let _alone = match self.fs.lock_retention() {
            Ok(Some(alone)) => alone,
            Ok(None) => {
                report.is_done_by_another = true;
                return report;
            }
            Err(error) => {
                let error = DiskError::new("lock for retention in", &self.base, error);
                report.errors.push(error);
                return report;
            }
        };
        let is_over = || stop.load(Ordering::Relaxed);
        let tree = self.look(&mut report);
        for (path, version) in &tree.unfinished {
            self.remove_file(path, *version, &mut report);
        }
        for job in self.rules.to_compress(&tree, now, &self.mismatched) {
            if is_over() {
                return report;
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
            self.remove(folder, &tree.units[&folder], &mut report);
        }
        report
    }

    fn path(&self, below: &Path) -> PathBuf {
        self.base.join(below)
    }

    fn failed(&self, doing: &'static str, below: &Path, error: io::Error) -> DiskError {
        DiskError::new(doing, &self.path(below), error)
    }

    /// Returns what is in the tree. A folder that cannot be listed is left out, and so not touched.
    fn look(&self, report: &mut RunReport) -> TreeScan {
        let mut tree = TreeScan::default();
        let logs = self.log_names();
        let listed = self.fs.list(Path::new(""));
        let listed = listed.map_err(|error| self.failed("list", Path::new(""), error));
        let folders = match listed {
            Ok((entries, _)) => tree.add_base(entries),
            Err(error) => {
                report.errors.push(error);
                return tree;
            }
        };
        for folder in folders {
            let name = PathBuf::from(folder.name());
            match self.fs.list(&name) {
                Ok((entries, unnamed)) => tree.add_folder(folder, entries, unnamed, &logs),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => report.errors.push(self.failed("list", &name, error)),
            }
        }
        tree
    }

    /// Returns the files of all streams in the manifest. Without one, those of this logger.
    fn log_names(&self) -> LogFileNames {
        let read = || {
            let mut text = String::new();
            let file = self.fs.open(Path::new(MANIFEST_FILE))?;
            file.take(MAX_READ).read_to_string(&mut text)?;
            io::Result::Ok(text)
        };
        let described = read().ok().and_then(|text| Manifest::from_json(&text).ok());
        let described = described.map_or(Vec::new(), |described| described.streams);
        let described = described.iter().map(|stream| stream.file.as_str());
        LogFileNames::of(self.logs.iter().map(String::as_str).chain(described))
    }

    fn do_job(&mut self, job: &CompressionJob, stop: &AtomicBool, report: &mut RunReport) {
        // While a logger has locked the folder, its files could not be removed.
        if self.claim(Path::new(&job.folder.name()), report).is_none() {
            return;
        }
        let sources = if job.is_resumed {
            match self.held_by_archive(job, stop) {
                Ok(held) => {
                    if held.len() < job.sources.len() && !stop.load(Ordering::Relaxed) {
                        self.mismatched.insert(job.key());
                    }
                    held
                }
                Err(_) if stop.load(Ordering::Relaxed) => return,
                Err(error) => {
                    report.errors.push(error);
                    return;
                }
            }
        } else {
            match self.pack(job, stop) {
                Ok(()) => {
                    report.compressed += 1;
                    job.sources.iter().collect()
                }
                Err(PackError::Later) => return,
                Err(PackError::Failed(error)) => {
                    report.errors.push(error);
                    return;
                }
            }
        };
        self.remove_sources(job, &sources, report);
    }

    /// Returns the folder of the archive, its path, and its path until it is complete.
    fn places(job: &CompressionJob) -> (PathBuf, PathBuf, PathBuf) {
        let folder = if job.compression.packs_folders() {
            PathBuf::new()
        } else {
            PathBuf::from(job.folder.name())
        };
        let archive = folder.join(&job.archive);
        let aside = folder.join(file_names::unfinished(&job.archive));
        (folder, archive, aside)
    }

    /// Creates an archive. When this returns, it is complete and durable.
    fn pack(&self, job: &CompressionJob, stop: &AtomicBool) -> Result<(), PackError> {
        let (folder, archive, aside) = Self::places(job);
        let there = self.fs.kind(&archive);
        let there = there.map_err(|error| self.failed("look at", &archive, error))?;
        if there.is_some() {
            let error = io::Error::new(
                io::ErrorKind::AlreadyExists,
                "something that is not an archive of this tree has this name; move it away",
            );
            return Err(self.failed("create", &archive, error).into());
        }
        let made = self.fs.create_new(&aside, self.file_mode);
        let file = made.map_err(|error| self.failed("create", &aside, error))?;
        let whole = self
            .fill(job, ArchiveWriter::new(file, stop), stop)
            .and_then(|()| {
                let renamed = self.fs.rename(&aside, &archive);
                Ok(renamed.map_err(|error| self.failed("rename to", &archive, error))?)
            });
        if let Err(error) = whole {
            // If this fails too, the next run removes it.
            if let Ok(Some(EntryKind::File(version))) = self.fs.kind(&aside) {
                let _ = self.fs.remove_file(&aside, version);
            }
            return Err(error);
        }
        for names in [folder.as_path(), Path::new("")] {
            let synced = self.fs.sync_folder(names);
            synced.map_err(|error| self.failed("sync the folder", names, error))?;
        }
        Ok(())
    }

    fn fill(
        &self,
        job: &CompressionJob,
        mut sink: ArchiveWriter<'_>,
        stop: &AtomicBool,
    ) -> Result<(), PackError> {
        let (_, archive, _) = Self::places(job);
        let name = job.folder.name();
        let mut open = |at: usize| {
            let source: &FoundFile = &job.sources[at];
            let bytes = self.fs.open(&Path::new(&name).join(&source.name))?;
            Ok(ArchiveSource {
                name: &source.name,
                version: source.version,
                mode: self.file_mode,
                bytes: Box::new(ExactReader {
                    inner: bytes,
                    left: source.version.bytes,
                    stop,
                }),
            })
        };
        let count = job.sources.len();
        let packed = archive::pack(job.compression, &name, count, &mut open, &mut sink);
        let synced = packed.and_then(|()| sink.finish());
        if stop.load(Ordering::Relaxed) {
            return Err(PackError::Later);
        }
        synced.map_err(|error| self.failed("compress to", &archive, error))?;
        // If one was written to since it was listed, its archive may lack something.
        for source in &job.sources {
            let path = Path::new(&name).join(&source.name);
            let now = self.fs.kind(&path);
            let now = now.map_err(|error| self.failed("look at", &path, error))?;
            if now != Some(EntryKind::File(source.version)) {
                return Err(PackError::Later);
            }
        }
        Ok(())
    }

    /// Returns the sources that an archive holds unchanged. It was made by a run that was killed
    /// before it could remove them.
    fn held_by_archive<'a>(
        &self,
        job: &'a CompressionJob,
        stop: &AtomicBool,
    ) -> Result<Vec<&'a FoundFile>, DiskError> {
        let (_, archive, _) = Self::places(job);
        let folder = job.folder.name();
        let mut held = Vec::new();
        if job.sources.is_empty() {
            return Ok(held);
        }
        let looked = self.fs.open(&archive).and_then(|opened| {
            archive::unpack(job.compression, opened, &mut |name, packed| {
                let below = name.strip_prefix(&folder);
                let name = below
                    .and_then(|name| name.strip_prefix('/'))
                    .unwrap_or(name);
                let is_it = |source: &&FoundFile| name.is_empty() || source.name == name;
                let Some(source) = job.sources.iter().find(is_it) else {
                    return Ok(());
                };
                let inner = self.fs.open(&Path::new(&folder).join(&source.name))?;
                let left = source.version.bytes;
                let mut plain = ExactReader { inner, left, stop };
                if archive::are_same(packed, &mut plain)? {
                    held.push(source);
                }
                Ok(())
            })
        });
        looked.map_err(|error| self.failed("look into", &archive, error))?;
        if !held.is_empty() {
            // The run that was killed may not have synced them.
            for names in [archive.parent().unwrap_or(Path::new("")), Path::new("")] {
                let synced = self.fs.sync_folder(names);
                synced.map_err(|error| self.failed("sync the folder", names, error))?;
            }
        }
        Ok(held)
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
            for file in &unit.files {
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
    fn claim(
        &self,
        folder: &Path,
        report: &mut RunReport,
    ) -> Option<Box<dyn crate::fs::traits::LockGuard>> {
        let claimed = self.fs.try_lock_folder(folder);
        let claimed = claimed.map_err(|error| self.failed("lock", folder, error));
        claimed.unwrap_or_else(|error| {
            report.errors.push(error);
            None
        })
    }

    fn remove_file(&self, path: &Path, version: FileVersion, report: &mut RunReport) {
        if let Err(error) = self.fs.remove_file(path, version) {
            report.errors.push(self.failed("remove", path, error));
        }
    }

    fn remove_folder(&self, folder: &Path, report: &mut RunReport) {
        if let Err(error) = self.fs.remove_folder(folder) {
            report.errors.push(self.failed("remove", folder, error));
        }
    }
}
