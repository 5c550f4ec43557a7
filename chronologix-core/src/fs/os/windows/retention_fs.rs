//! Closed folders on Windows.
//!
//! No path leads through a symlink or a junction. What is removed is removed by the handle that it
//! was looked at with. A file that another process has open stays, if that process says so, and a
//! later run tries again.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{kind, locks, open, remove_if};
use crate::{
    fs::{
        os::{file::OsFile, limits::MountLimits, open_log, page_cache::UncachedReader},
        retention_fs::{DirEntry, EntryKind, FileVersion, RetentionFs, RetentionLock, SeekRead},
        traits::{LockGuard, LogFile},
    },
    win32::FileInformation,
};

/// The folders of a tree.
#[derive(Debug)]
pub(crate) struct OsRetentionFs {
    pub(in crate::fs::os) base: PathBuf,
    pub(in crate::fs::os) limits: Arc<MountLimits>,
}

impl OsRetentionFs {
    /// Returns the whole path, if no folder in it leads elsewhere.
    fn checked(&self, path: &Path) -> io::Result<PathBuf> {
        let whole = self.base.join(path);
        let above = path.components().count().saturating_sub(1);
        for folder in whole.ancestors().skip(1).take(above) {
            check_folder(folder)?;
        }
        Ok(whole)
    }
}

fn check_folder(folder: &Path) -> io::Result<()> {
    match kind(folder)? {
        Some(found) if found.is_real_folder() => Ok(()),
        Some(_) => Err(io::ErrorKind::NotADirectory.into()),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

fn kind_of(found: &FileInformation) -> EntryKind {
    if found.is_regular_file() {
        EntryKind::File(FileVersion {
            id: found.id,
            bytes: found.bytes,
            modified: found.modified,
        })
    } else if found.is_real_folder() {
        EntryKind::Folder
    } else {
        EntryKind::Other
    }
}

impl RetentionFs for OsRetentionFs {
    fn lock_retention(&self) -> io::Result<RetentionLock> {
        match locks::try_lock_retention(&self.base) {
            Ok(Some(lock)) => Ok(RetentionLock::Held(Box::new(lock))),
            Ok(None) => Ok(RetentionLock::Busy),
            Err(error) => {
                let path = self.base.join(locks::NAME);
                locks::report(&self.limits, "lock for retention by", &path, &error);
                Ok(RetentionLock::Missing)
            }
        }
    }

    fn list(&self, folder: &Path) -> io::Result<(Vec<DirEntry>, usize)> {
        let whole = self.checked(folder)?;
        if !folder.as_os_str().is_empty() {
            check_folder(&whole)?;
        }
        let mut entries = Vec::new();
        let mut unnamed = 0;
        for entry in fs::read_dir(whole)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                unnamed += 1;
                continue;
            };
            // It may have been removed since it was listed.
            if let Some(found) = kind(&entry.path())? {
                let kind = kind_of(&found);
                entries.push(DirEntry { name, kind });
            }
        }
        Ok((entries, unnamed))
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        Ok(kind(&self.checked(path)?)?.as_ref().map(kind_of))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SeekRead>> {
        let mut options = OpenOptions::new();
        let file = open(&self.checked(path)?, 1, options.read(true))?;
        Ok(Box::new(UncachedReader::new(file)))
    }

    fn create_new(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        let mut options = OpenOptions::new();
        let whole = self.checked(path)?;
        let file = open(&whole, 1, options.write(true).create_new(true))?;
        Ok(Box::new(OsFile::new(file, &whole).uncached()))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.checked(from)?, self.checked(to)?);
        if kind(&to)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        super::rename(&from, &to)
    }

    fn rename_over(&self, from: &Path, to: &Path) -> io::Result<()> {
        super::rename(&self.checked(from)?, &self.checked(to)?)
    }

    fn open_append(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        open_log(&self.checked(path)?, 1, mode)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        open(&self.checked(path)?, 1, options.write(true))?.sync_data()
    }

    fn lock_tree(&self, timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(locks::lock(&self.base, timeout)?))
    }

    /// Names are durable with their files.
    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn try_lock_folder(&self, folder: &Path) -> io::Result<Option<Box<dyn LockGuard>>> {
        let whole = self.checked(folder)?;
        check_folder(&whole)?;
        match locks::try_lock_folder(&whole, true) {
            Ok(lock) => Ok(lock.map(|lock| -> Box<dyn LockGuard> { Box::new(lock) })),
            // What is removed is looked at just before, and a writer that loses its file notices.
            Err(error) => {
                locks::report(&self.limits, "lock", &whole, &error);
                Ok(Some(Box::new(())))
            }
        }
    }

    fn remove_file(&self, path: &Path, version: FileVersion) -> io::Result<bool> {
        let expected = EntryKind::File(version);
        remove_if(&self.checked(path)?, |found| kind_of(found) == expected)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<bool> {
        match remove_if(&self.checked(folder)?, FileInformation::is_real_folder) {
            // A file that is open elsewhere keeps its name until it is closed.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(false),
            outcome => outcome,
        }
    }
}
