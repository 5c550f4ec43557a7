//! Room where files are touched: the only place that names `std::fs`. Blocking; used by the writer thread alone.
//!
//! [`FileSystem`] and [`LogFile`] are what the rest of the crate needs of a file system; [`os`] is the real one, [`sim`]
//! one for tests that forgets what was not synced. [`rolling_file`] and [`open_folder`] are the files of a stream and the
//! streams of an interval folder, on either. [`retention_fs`] is what upkeep may do with folders nobody writes to any more. [`poller`] is where the writer waits for something to happen to its files.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{poller::Lookout, retention_fs::RetentionFs};
use crate::DiskError;

/// What tells one file from another that later stands at the same path: device and inode.
pub(crate) type FileId = (u64, u64);

/// A file system.
pub(crate) trait FileSystem: Send + Sync + fmt::Debug {
    /// Makes a folder and those above it that are missing. Gives the ones it made, outermost first.
    fn create_folders(&self, path: &Path, mode: u32) -> io::Result<Vec<PathBuf>>;

    /// Opens a file for appending; makes it if it is missing.
    fn open(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>>;

    /// Makes a file that must not exist yet, and opens it for appending.
    fn open_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>>;

    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// The whole content of a small file.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// Puts a small file in place of an older one, atomically.
    fn replace(&self, path: &Path, content: &str, mode: u32) -> io::Result<()>;

    /// Points a symlink at `target`, atomically.
    fn point(&self, link: &Path, target: &str) -> io::Result<()>;

    /// The file that stands at `path` now, if any.
    fn identity(&self, path: &Path) -> io::Result<Option<FileId>>;

    /// Says that a logger means to write in this folder: none removes it while the hold lives.
    fn hold(&self, folder: &Path) -> io::Result<Box<dyn LockGuard>>;

    /// Says that a logger is about to do what only one may do in a tree at a time, and waits for others as long as `patience` lasts.
    fn lock_tree(&self, base: &Path, patience: Duration) -> io::Result<Box<dyn LockGuard>>;

    /// Removes a folder that holds only empty files named in `files`, and that nobody holds; leaves it alone otherwise.
    /// Whether it is gone.
    fn remove_if_empty(&self, folder: &Path, files: &[&str]) -> io::Result<bool>;

    /// Removes folders made a moment ago, innermost last in `paths`, if they are empty.
    fn remove_folders(&self, paths: &[PathBuf]);

    /// The closed folders of the tree at `base`, for who looks after them. `None` where that cannot be done with care.
    fn closed_folders(&self, base: &Path) -> Option<Box<dyn RetentionFs>>;

    /// A place to wait in. `None` where nobody tells what happens to files, so that one has to look from time to time.
    fn lookout(&self) -> Option<Box<dyn Lookout>> {
        None
    }
}

/// See [`FileSystem::hold`].
pub(crate) trait LockGuard: Send + fmt::Debug {}

/// Where there is nothing to hold.
impl LockGuard for () {}

/// An open file that is only appended to.
pub(crate) trait LogFile: Send + fmt::Debug {
    /// Appends bytes; gives how many were taken.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Makes the data durable.
    fn sync(&mut self) -> io::Result<()>;

    /// How many bytes it has.
    fn len(&self) -> io::Result<u64>;

    /// The last byte of the file, unless it is empty.
    fn last_byte(&mut self) -> io::Result<Option<u8>>;

    /// What tells this file from others.
    fn identity(&self) -> io::Result<FileId>;

    /// Whether it was deleted: it has no name any more, and nobody will ever read what is appended.
    fn is_deleted(&self) -> io::Result<bool>;

    /// Waits until whoever is appending to the file at this moment has done so. Without it half a line may be one that is just being written.
    fn wait_for_writers(&self) {}
}

/// Whether an operation failed because the process, or the system, has no descriptor left.
#[cfg(unix)]
pub(crate) fn lacks_descriptors(error: &DiskError) -> bool {
    use rustix::io::Errno;

    let codes = [Errno::MFILE, Errno::NFILE].map(|error| Some(error.raw_os_error()));
    codes.contains(&error.code())
}

#[cfg(not(unix))]
pub(crate) fn lacks_descriptors(_error: &DiskError) -> bool {
    false
}
