//! What upkeep needs of a file system: looking at closed folders, writing archives beside what they hold, and removing with care.
//!
//! All paths are below the base, and nothing is ever followed: a symlink is an entry like any other, and none of ours.

use std::{
    fmt,
    io::{self, Read, Seek, Write},
    path::Path,
};

use super::traits::{FileId, LockGuard};

/// Which file it is and what it is like: if it is the same twice, nobody has replaced it or written to it in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileVersion {
    pub(crate) identity: FileId,
    pub(crate) bytes: u64,
    /// When it was written to last, in nanoseconds since 1970.
    pub(crate) modified: i64,
}

/// What an entry of a folder is.
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "closed folders are looked after on Unix alone")
)]
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

/// The folders below one base. See the head of this file.
pub(crate) trait RetentionFs: Send + fmt::Debug {
    /// Says that this logger looks after the tree, unless another does at this moment.
    fn take_charge(&self) -> io::Result<Option<Box<dyn LockGuard>>>;

    /// What stands in a folder; an empty path is the base. Names that are no UTF-8 are none of ours, and left out, but counted.
    fn list(&self, folder: &Path) -> io::Result<(Vec<DirEntry>, usize)>;

    /// What stands at a path now.
    fn look(&self, path: &Path) -> io::Result<Option<EntryKind>>;

    /// Opens a regular file for reading.
    fn read(&self, path: &Path) -> io::Result<Box<dyn SeekRead>>;

    /// Makes a file that must not exist yet.
    fn make(&self, path: &Path, mode: u32) -> io::Result<Box<dyn SyncWrite>>;

    /// Gives a file another name, at which nothing may stand.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Keeps loggers from going into a folder, unless one is in it.
    fn claim(&self, folder: &Path) -> io::Result<Option<Box<dyn LockGuard>>>;

    /// Removes a file if it is still this one. Whether it was.
    fn remove_file(&self, path: &Path, stamp: FileVersion) -> io::Result<bool>;

    /// Removes a folder if it is empty. Whether it was.
    fn remove_folder(&self, folder: &Path) -> io::Result<bool>;
}

/// An open file that is read.
pub(crate) trait SeekRead: Read + Seek + Send {}

impl<F: Read + Seek + Send> SeekRead for F {}

/// A new file that is written.
pub(crate) trait SyncWrite: Write + Send {
    /// Makes the data durable.
    fn sync(&mut self) -> io::Result<()>;
}
