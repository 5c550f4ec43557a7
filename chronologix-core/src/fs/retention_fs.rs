//! What retention needs of a file system: listing closed folders, writing archives beside what they
//! hold, and removing files only if they are still the ones that were looked at.
//!
//! All paths are below the base. No symlink is followed: it is an entry like any other.

use std::{
    fmt,
    io::{self, Read, Seek},
    path::Path,
    time::Duration,
};

use super::traits::{FileId, LockGuard, LogFile};

/// Which file this is, and its state. If it is equal twice, the file was neither replaced nor
/// written to in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileVersion {
    pub(crate) id: FileId,
    pub(crate) bytes: u64,
    /// The time of the last change, in nanoseconds since 1970.
    pub(crate) modified: i64,
}

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File(FileVersion),
    Folder,
    /// A symlink, a FIFO, a device.
    Other,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DirEntry {
    pub(crate) name: String,
    pub(crate) kind: EntryKind,
}

/// Whether this logger alone compresses and removes in a tree.
#[derive(Debug)]
pub(crate) enum RetentionLock {
    /// It does, as long as the guard lives.
    Held(Box<dyn LockGuard>),
    /// Another logger does.
    Busy,
    /// There are no locks here, so others may do so at the same time.
    Missing,
}

/// The closed folders below one base.
#[cfg_attr(
    not(feature = "seal"),
    expect(dead_code, reason = "some operations are for seals alone")
)]
pub(crate) trait RetentionFs: Send + fmt::Debug {
    /// Takes the retention lock of the tree.
    fn lock_retention(&self) -> io::Result<RetentionLock>;

    /// Returns the entries of a folder, and how many more have a name that is not UTF-8, and so is
    /// not one of ours. An empty path is the base.
    fn list(&self, folder: &Path) -> io::Result<(Vec<DirEntry>, usize)>;

    /// Returns what has this path now, if anything.
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>>;

    /// Opens a regular file for reading.
    fn open(&self, path: &Path) -> io::Result<Box<dyn SeekRead>>;

    /// Creates a file that must not exist yet.
    fn create_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>>;

    /// Renames a file. Nothing may have the new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Renames a file over another one, if there is one.
    fn rename_over(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Opens a file for appending, and creates it if it is missing.
    fn open_append(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>>;

    /// Makes the data of a file durable, whichever process has written it.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Takes the lock of the tree, which starts and rollovers take as well. Waits for it for
    /// `timeout` at most.
    fn lock_tree(&self, timeout: Duration) -> io::Result<Box<dyn LockGuard>>;

    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Locks a folder against loggers that would write in it. `None` if one does already.
    fn try_lock_folder(&self, folder: &Path) -> io::Result<Option<Box<dyn LockGuard>>>;

    /// Removes a file if it is still this version. Returns whether it was.
    fn remove_file(&self, path: &Path, version: FileVersion) -> io::Result<bool>;

    /// Removes a folder if it is empty. Returns whether it was.
    fn remove_folder(&self, folder: &Path) -> io::Result<bool>;
}

/// A file that is open for reading.
pub(crate) trait SeekRead: Read + Seek + Send {}

impl<F: Read + Seek + Send> SeekRead for F {}
