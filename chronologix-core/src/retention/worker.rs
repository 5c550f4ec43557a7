//! Does what the plan says, step by step, so that it may be killed at any of them.
//!
//! An archive is written under another name, synced, renamed, and its folder synced; only then what it holds is removed, and only what is
//! still as it was read. Whatever fails is told, removes nothing, and is tried again another time.

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

/// Bytes a description may have.
const MOST_READ: u64 = 1 << 20;

/// Looks after the closed folders of one tree.
#[derive(Debug)]
pub(crate) struct RetentionWorker {
    fs: Box<dyn RetentionFs>,
    base: PathBuf,
    rules: RetentionPolicy,
    /// The files of this logger's streams; others of the tree are in its description.
    logs: Vec<String>,
    file_mode: u32,
    /// What has an archive of another content: late records came after it was made. Both stay as they are.
    left_alone: HashSet<String>,
}

/// What a run came to.
#[derive(Debug, Default)]
pub(crate) struct RunReport {
    /// Files or folders that were compressed.
    pub(crate) compressed: u64,
    /// Interval folders, or their archives, that were removed.
    pub(crate) removed: u64,
    pub(crate) errors: Vec<DiskError>,
    /// Another logger is at it.
    pub(crate) is_done_by_another: bool,
}

/// Why an archive was not made.
enum PackError {
    /// What it was to hold was written to, or the logger stops: another time.
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
            left_alone: HashSet::new(),
        }
    }

    /// Does all there is to do at this moment, unless it is told to stop.
    pub(crate) fn run(&mut self, now: DateTime<Utc>, stop: &AtomicBool) -> RunReport {
        let mut done = RunReport::default();
        let _alone = match self.fs.lock_retention() {
            Ok(Some(alone)) => alone,
            Ok(None) => {
                done.is_done_by_another = true;
                return done;
            }
            Err(error) => {
                let error = DiskError::new("lock for retention in", &self.base, error);
                done.errors.push(error);
                return done;
            }
        };
        let is_over = || stop.load(Ordering::Relaxed);
        let tree = self.look(&mut done);
        for (path, stamp) in &tree.unfinished {
            self.remove_file(path, *stamp, &mut done);
        }
        for job in self.rules.to_compress(&tree, now, &self.left_alone) {
            if is_over() {
                return done;
            }
            self.do_job(&job, stop, &mut done);
        }
        if self.rules.retain.is_empty() {
            return done;
        }
        // Compression has changed the sizes.
        let tree = self.look(&mut done);
        for folder in self.rules.to_remove(&tree, now) {
            if is_over() {
                return done;
            }
            self.remove(folder, &tree.units[&folder], &mut done);
        }
        done
    }

    fn path(&self, below: &Path) -> PathBuf {
        self.base.join(below)
    }

    fn failed(&self, doing: &'static str, below: &Path, error: io::Error) -> DiskError {
        DiskError::new(doing, &self.path(below), error)
    }

    /// What stands in the tree. A folder that cannot be looked into is left out, and so left alone.
    fn look(&self, done: &mut RunReport) -> TreeScan {
        let mut tree = TreeScan::default();
        let logs = self.log_names();
        let listed = self.fs.list(Path::new(""));
        let listed = listed.map_err(|error| self.failed("list", Path::new(""), error));
        let folders = match listed {
            Ok((entries, _)) => tree.add_base(entries),
            Err(error) => {
                done.errors.push(error);
                return tree;
            }
        };
        for folder in folders {
            let name = PathBuf::from(folder.name());
            match self.fs.list(&name) {
                Ok((entries, unnamed)) => tree.add_folder(folder, entries, unnamed, &logs),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => done.errors.push(self.failed("list", &name, error)),
            }
        }
        tree
    }

    /// The files of all streams that the tree is said to have. Without a description, those of this logger.
    fn log_names(&self) -> LogFileNames {
        let read = || {
            let mut text = String::new();
            let file = self.fs.open(Path::new(MANIFEST_FILE))?;
            file.take(MOST_READ).read_to_string(&mut text)?;
            io::Result::Ok(text)
        };
        let described = read().ok().and_then(|text| Manifest::from_json(&text).ok());
        let described = described.map_or(Vec::new(), |described| described.streams);
        let described = described.iter().map(|stream| stream.file.as_str());
        LogFileNames::of(self.logs.iter().map(String::as_str).chain(described))
    }

    fn do_job(&mut self, job: &CompressionJob, stop: &AtomicBool, done: &mut RunReport) {
        // While a logger is in the folder, its files could not go.
        if self.claim(Path::new(&job.folder.name()), done).is_none() {
            return;
        }
        let sources = if job.is_resumed {
            match self.held_by_archive(job, stop) {
                Ok(held) => {
                    if held.len() < job.sources.len() && !stop.load(Ordering::Relaxed) {
                        self.left_alone.insert(job.key());
                    }
                    held
                }
                Err(_) if stop.load(Ordering::Relaxed) => return,
                Err(error) => {
                    done.errors.push(error);
                    return;
                }
            }
        } else {
            match self.pack(job, stop) {
                Ok(()) => {
                    done.compressed += 1;
                    job.sources.iter().collect()
                }
                Err(PackError::Later) => return,
                Err(PackError::Failed(error)) => {
                    done.errors.push(error);
                    return;
                }
            }
        };
        self.remove_sources(job, &sources, done);
    }

    /// Where the archive stands, and which name it has until it is whole.
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

    /// Makes an archive. When this comes back, it is whole and on disk.
    fn pack(&self, job: &CompressionJob, stop: &AtomicBool) -> Result<(), PackError> {
        let (folder, archive, aside) = Self::places(job);
        let there = self.fs.kind(&archive);
        let there = there.map_err(|error| self.failed("look at", &archive, error))?;
        if there.is_some() {
            let error = io::Error::new(
                io::ErrorKind::AlreadyExists,
                "something that is not an archive of this tree stands there; move it away",
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
            // It is cleared away by the next run, should it not be possible now.
            if let Ok(Some(EntryKind::File(stamp))) = self.fs.kind(&aside) {
                let _ = self.fs.remove_file(&aside, stamp);
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
                stamp: source.stamp,
                mode: self.file_mode,
                bytes: Box::new(ExactReader {
                    inner: bytes,
                    left: source.stamp.bytes,
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
        // Had one been written to since it was listed, its archive might lack something.
        for source in &job.sources {
            let path = Path::new(&name).join(&source.name);
            let now = self.fs.kind(&path);
            let now = now.map_err(|error| self.failed("look at", &path, error))?;
            if now != Some(EntryKind::File(source.stamp)) {
                return Err(PackError::Later);
            }
        }
        Ok(())
    }

    /// The sources that an archive holds just as they are: it was made by a run that was killed before it could remove them.
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
                let left = source.stamp.bytes;
                let mut plain = ExactReader { inner, left, stop };
                if archive::are_same(packed, &mut plain)? {
                    held.push(source);
                }
                Ok(())
            })
        });
        looked.map_err(|error| self.failed("look into", &archive, error))?;
        if !held.is_empty() {
            // Whoever was killed may not have come to that.
            for names in [archive.parent().unwrap_or(Path::new("")), Path::new("")] {
                let synced = self.fs.sync_folder(names);
                synced.map_err(|error| self.failed("sync the folder", names, error))?;
            }
        }
        Ok(held)
    }

    /// Removes what is safe in an archive, and the folder that was packed.
    fn remove_sources(&self, job: &CompressionJob, sources: &[&FoundFile], done: &mut RunReport) {
        let folder = PathBuf::from(job.folder.name());
        let Some(_claim) = self.claim(&folder, done) else {
            return;
        };
        for source in sources {
            self.remove_file(&folder.join(&source.name), source.stamp, done);
        }
        if job.compression.packs_folders() {
            self.remove_folder(&folder, done);
        }
    }

    /// Removes all that is ours of an interval folder.
    fn remove(&self, folder: Folder, unit: &ScannedFolder, done: &mut RunReport) {
        let before = done.errors.len();
        let name = PathBuf::from(folder.name());
        if unit.has_folder {
            let Some(_claim) = self.claim(&name, done) else {
                return;
            };
            for file in &unit.files {
                self.remove_file(&name.join(&file.name), file.stamp, done);
            }
            if !unit.has_others {
                self.remove_folder(&name, done);
            }
        }
        for archive in &unit.archives {
            self.remove_file(Path::new(&archive.name), archive.stamp, done);
        }
        done.removed += u64::from(done.errors.len() == before);
    }

    /// `None` if a logger is in the folder: another time.
    fn claim(
        &self,
        folder: &Path,
        done: &mut RunReport,
    ) -> Option<Box<dyn crate::fs::traits::LockGuard>> {
        let claimed = self.fs.try_lock_folder(folder);
        let claimed = claimed.map_err(|error| self.failed("lock", folder, error));
        claimed.unwrap_or_else(|error| {
            done.errors.push(error);
            None
        })
    }

    fn remove_file(&self, path: &Path, stamp: FileVersion, done: &mut RunReport) {
        if let Err(error) = self.fs.remove_file(path, stamp) {
            done.errors.push(self.failed("remove", path, error));
        }
    }

    fn remove_folder(&self, folder: &Path, done: &mut RunReport) {
        if let Err(error) = self.fs.remove_folder(folder) {
            done.errors.push(self.failed("remove", folder, error));
        }
    }
}
