//! Closed folders on the real file system.
//!
//! Every path is opened from the base and through no symlink. What is removed is removed from the
//! folder that was opened.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::{
    fs::{AtFlags, Dir, FileType, OFlags, Stat, renameat, statat, unlinkat},
    io::Errno,
};

use super::{
    file::OsFile,
    folder_lock::{self, Flock},
    limits::MountLimits,
    open_beneath,
    page_cache::UncachedReader,
    sync, tree_lock,
};
use crate::fs::{
    retention_fs::{DirEntry, EntryKind, FileVersion, RetentionFs, RetentionLock, SeekRead},
    traits::{LockGuard, LogFile},
};

/// The file of the retention lock. The lock of the tree itself would not do: starts and rollovers
/// wait for that one, and this one is held for as long as a compression takes.
const RETENTION_LOCK: &str = ".chronologix.upkeep.lock";

/// The folders of a tree.
#[derive(Debug)]
pub(crate) struct OsRetentionFs {
    pub(super) base: PathBuf,
    pub(super) limits: Arc<MountLimits>,
}

impl OsRetentionFs {
    /// Opens a path below the base.
    fn open_path(&self, path: &Path, flags: OFlags, mode: u32) -> io::Result<File> {
        let depth = path.components().count();
        open_beneath::open(&self.base.join(path), depth, flags, mode)
    }

    fn folder(&self, path: &Path) -> io::Result<File> {
        if path.as_os_str().is_empty() {
            // The base itself may be a symlink of the user's.
            return match File::open(&self.base)? {
                folder if folder.metadata()?.is_dir() => Ok(folder),
                _ => Err(io::ErrorKind::NotADirectory.into()),
            };
        }
        self.open_path(path, OFlags::RDONLY | OFlags::DIRECTORY, 0)
    }

    /// Opens the folder of a path. Returns it with the name in it.
    fn parent<'a>(&self, path: &'a Path) -> io::Result<(File, &'a Path)> {
        let folder = self.folder(path.parent().unwrap_or(Path::new("")))?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        Ok((folder, Path::new(name)))
    }
}

/// Returns what has this name in an open folder.
fn kind_in(folder: &File, name: impl rustix::path::Arg) -> io::Result<Option<EntryKind>> {
    match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(kind_of(&stat))),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[allow(
    clippy::unnecessary_cast,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    clippy::cast_possible_wrap,
    reason = "the types of these numbers differ between systems, the numbers do not"
)]
fn kind_of(stat: &Stat) -> EntryKind {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => EntryKind::File(FileVersion {
            id: (stat.st_dev as u64, stat.st_ino as u64),
            bytes: stat.st_size as u64,
            modified: (stat.st_mtime as i64)
                .saturating_mul(1_000_000_000)
                .saturating_add(stat.st_mtime_nsec as i64),
        }),
        FileType::Directory => EntryKind::Folder,
        _ => EntryKind::Other,
    }
}

fn lock(file: File) -> io::Result<Option<Box<dyn LockGuard>>> {
    Ok(Flock::try_exclusive(file)?.map(|guard| -> Box<dyn LockGuard> { Box::new(guard) }))
}

/// Returns whether no logger can have the lock. A disk that is full is among the reasons,
/// because only retention frees it.
fn is_lock_missing(error: &io::Error) -> bool {
    let is_full = [Errno::NOSPC, Errno::DQUOT];
    tree_lock::is_blocked(error)
        || folder_lock::is_unknown(error)
        || Errno::from_io_error(error).is_some_and(|error| is_full.contains(&error))
}

impl RetentionFs for OsRetentionFs {
    fn lock_retention(&self) -> io::Result<RetentionLock> {
        match tree_lock::open(&self.base, RETENTION_LOCK).and_then(lock) {
            Ok(Some(guard)) => Ok(RetentionLock::Held(guard)),
            Ok(None) => Ok(RetentionLock::Busy),
            Err(error) if is_lock_missing(&error) => {
                let path = self.base.join(RETENTION_LOCK);
                tree_lock::report(&self.limits, "lock for retention by", &path, &error);
                Ok(RetentionLock::Missing)
            }
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<(Vec<DirEntry>, usize)> {
        let folder = self.folder(folder)?;
        let mut entries = Vec::new();
        let mut unnamed = 0;
        for entry in Dir::read_from(&folder)? {
            let entry = entry?;
            let bytes = entry.file_name().to_bytes();
            if bytes == b"." || bytes == b".." {
                continue;
            }
            let Ok(name) = std::str::from_utf8(bytes) else {
                unnamed += 1;
                continue;
            };
            // It may have been removed since it was listed.
            if let Some(kind) = kind_in(&folder, name)? {
                let name = name.to_owned();
                entries.push(DirEntry { name, kind });
            }
        }
        Ok((entries, unnamed))
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let (folder, name) = self.parent(path)?;
        kind_in(&folder, name)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SeekRead>> {
        let file = self.open_path(path, OFlags::RDONLY, 0)?;
        if !file.metadata()?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(Box::new(UncachedReader::new(file)))
    }

    fn create_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let file = self.open_path(path, flags, mode)?;
        Ok(Box::new(
            OsFile::new(file, &self.base.join(path)).uncached(),
        ))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from_folder, from) = self.parent(from)?;
        let (to_folder, to) = self.parent(to)?;
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{RenameFlags, renameat_with};

            let flags = RenameFlags::NOREPLACE;
            match renameat_with(&from_folder, from, &to_folder, to, flags) {
                // The file system does not know this flag, or a sandbox forbids the call.
                Err(Errno::INVAL | Errno::NOSYS | Errno::PERM | Errno::ACCESS) => {}
                outcome => return Ok(outcome?),
            }
        }
        if kind_in(&to_folder, to)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(renameat(&from_folder, from, &to_folder, to)?)
    }

    fn rename_over(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from_folder, from) = self.parent(from)?;
        let (to_folder, to) = self.parent(to)?;
        Ok(renameat(&from_folder, from, &to_folder, to)?)
    }

    fn open_append(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        super::open_log(&self.base.join(path), path.components().count(), mode)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        sync::sync_data(&self.open_path(path, OFlags::RDONLY, 0)?)
    }

    fn lock_tree(&self, timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(tree_lock::lock(&self.base, timeout)?))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let path = self.base.join(folder);
        sync::sync_names(&self.limits, &path, self.folder(folder))
    }

    fn try_lock_folder(&self, folder: &Path) -> io::Result<Option<Box<dyn LockGuard>>> {
        let path = self.base.join(folder);
        match lock(self.folder(folder)?) {
            // What is removed is looked at just before, and a writer that loses its file notices.
            Err(error) if folder_lock::is_unknown(&error) => {
                tree_lock::report(&self.limits, "lock", &path, &error);
                Ok(Some(Box::new(())))
            }
            locked => locked,
        }
    }

    fn remove_file(&self, path: &Path, version: FileVersion) -> io::Result<bool> {
        let (folder, name) = self.parent(path)?;
        let is_it = kind_in(&folder, name)? == Some(EntryKind::File(version));
        if is_it {
            unlinkat(&folder, name, AtFlags::empty())?;
        }
        Ok(is_it)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<bool> {
        let (base, name) = self.parent(folder)?;
        match unlinkat(&base, name, AtFlags::REMOVEDIR) {
            Ok(()) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
