//! Closed folders on the real file system.
//!
//! Every path is opened from the base and through no symlink; what is removed is removed from the folder that was opened.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Dir, FileType, FlockOperation, OFlags, Stat, flock, renameat, statat, unlinkat},
    io::Errno,
};

use super::{folder_lock::Flock, open_beneath, tree_lock};
use crate::fs::{
    retention_fs::{DirEntry, EntryKind, FileVersion, RetentionFs, SeekRead, SyncWrite},
    traits::LockGuard,
};

/// The name of the lock of who looks after a tree. Not the lock of the tree itself: that one is waited for, and this is held for
/// as long as a compression takes.
const IN_CHARGE: &str = ".chronologix.upkeep.lock";

/// The folders of a tree.
#[derive(Debug)]
pub(crate) struct OsRetentionFs {
    base: PathBuf,
}

impl OsRetentionFs {
    pub(crate) fn new(base: &Path) -> Self {
        Self {
            base: base.to_owned(),
        }
    }

    /// Opens what stands at a path below the base.
    fn open(&self, path: &Path, flags: OFlags, mode: u32) -> io::Result<File> {
        let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
        open_beneath::open(
            &self.base.join(path),
            path.components().count(),
            flags,
            mode,
        )
    }

    fn folder(&self, path: &Path) -> io::Result<File> {
        if path.as_os_str().is_empty() {
            // The base may be a symlink of the user's.
            let folder = File::open(&self.base)?;
            return if folder.metadata()?.is_dir() {
                Ok(folder)
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            };
        }
        self.open(path, OFlags::RDONLY | OFlags::DIRECTORY, 0)
    }

    /// The folder a path stands in, and its name there.
    fn parent<'a>(&self, path: &'a Path) -> io::Result<(File, &'a Path)> {
        let folder = self.folder(path.parent().unwrap_or(Path::new("")))?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        Ok((folder, Path::new(name)))
    }
}

/// What stands under a name in an open folder.
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
            identity: (stat.st_dev as u64, stat.st_ino as u64),
            bytes: stat.st_size as u64,
            modified: nanos(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
        }),
        FileType::Directory => EntryKind::Folder,
        _ => EntryKind::Other,
    }
}

fn nanos(seconds: i64, nanos: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}

impl RetentionFs for OsRetentionFs {
    fn take_charge(&self) -> io::Result<Option<Box<dyn LockGuard>>> {
        match tree_lock::try_to_take(&self.base, IN_CHARGE) {
            Ok(alone) => Ok(Some(Box::new(alone))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
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
            // What was taken away meanwhile does not stand there.
            if let Some(kind) = kind_in(&folder, name)? {
                let name = name.to_owned();
                entries.push(DirEntry { name, kind });
            }
        }
        Ok((entries, unnamed))
    }

    fn look(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let (folder, name) = self.parent(path)?;
        kind_in(&folder, name)
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn SeekRead>> {
        let file = self.open(path, OFlags::RDONLY, 0)?;
        if !file.metadata()?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(Box::new(file))
    }

    fn make(&self, path: &Path, mode: u32) -> io::Result<Box<dyn SyncWrite>> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        Ok(Box::new(self.open(path, flags, mode)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from_folder, from) = self.parent(from)?;
        let (to_folder, to) = self.parent(to)?;
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{RenameFlags, renameat_with};

            let flags = RenameFlags::NOREPLACE;
            match renameat_with(&from_folder, from, &to_folder, to, flags) {
                // Not every file system can.
                Err(Errno::INVAL | Errno::NOSYS) => {}
                outcome => return Ok(outcome?),
            }
        }
        if kind_in(&to_folder, to)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(renameat(&from_folder, from, &to_folder, to)?)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.folder(folder)?.sync_all()
    }

    fn claim(&self, folder: &Path) -> io::Result<Option<Box<dyn LockGuard>>> {
        let folder = self.folder(folder)?;
        match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Box::new(Flock::new(folder)))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn remove_file(&self, path: &Path, stamp: FileVersion) -> io::Result<bool> {
        let (folder, name) = self.parent(path)?;
        let is_it = kind_in(&folder, name)? == Some(EntryKind::File(stamp));
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

impl SyncWrite for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}
