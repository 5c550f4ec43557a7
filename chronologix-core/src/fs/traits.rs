//! What the writer needs of a file system.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{poller::Poller, retention_fs::RetentionFs};
use crate::{DiskError, error_reporter::ErrorReporter};

/// Device and inode: what tells a file from another one that later has the same path.
pub(crate) type FileId = (u64, u64);

/// A file system.
pub(crate) trait FileSystem: Send + Sync + fmt::Debug {
    /// Says where to report, each once, the things that the file system lacks. Without them, a
    /// logger goes on as well as it can.
    fn report_to(&self, _reporter: &Arc<ErrorReporter>) {}

    /// Creates a folder and its missing parents. Returns those it created, outermost first. Fails
    /// with [`io::ErrorKind::AlreadyExists`] if something else has the name of the folder.
    fn create_folders(&self, path: &Path, mode: u32) -> io::Result<Vec<PathBuf>>;

    /// Opens a file for appending, and creates it if it is missing.
    fn open(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>>;

    /// As [`open`](Self::open), for a file in the base directory, which may itself be a symlink.
    fn open_in_base(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.open(path, mode)
    }

    /// Creates a file that must not exist yet, and opens it for appending.
    fn open_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>>;

    /// Makes the data of several files durable. Returns each with its outcome, in order. By default
    /// they are synced one after the other.
    fn sync_files(&self, files: Vec<Box<dyn LogFile>>) -> Vec<(Box<dyn LogFile>, io::Result<()>)> {
        let sync = |mut file: Box<dyn LogFile>| {
            let outcome = file.sync();
            (file, outcome)
        };
        files.into_iter().map(sync).collect()
    }

    /// Makes the names in a folder durable. By default they are durable with their files.
    fn sync_folder(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Returns the content of a small text file.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// Replaces a small file atomically, or creates it.
    fn replace(&self, path: &Path, content: &str, mode: u32) -> io::Result<()>;

    /// Replaces a symlink atomically, or creates it.
    fn set_symlink(&self, link: &Path, target: &str) -> io::Result<()>;

    /// Returns which file has this path now, if any.
    fn file_id(&self, path: &Path) -> io::Result<Option<FileId>>;

    /// Locks a folder against removal by other loggers, as long as the guard lives. Any number of
    /// loggers may do so at a time. By default there are no locks on folders.
    fn lock_folder(&self, _folder: &Path) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(()))
    }

    /// Takes the lock of a tree, which one logger can have at a time. Waits for it for `timeout`
    /// at most. By default there is no such lock.
    fn lock_tree(&self, _base: &Path, _timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(()))
    }

    /// Removes a folder that has nothing in it but empty files named in `files`, and that no logger
    /// has locked. Returns whether the folder was removed.
    fn remove_if_empty(&self, folder: &Path, files: &[&str]) -> io::Result<bool>;

    /// Removes folders created a moment ago, outermost first in `paths`, as far as they are empty.
    fn remove_folders(&self, paths: &[PathBuf]);

    /// Returns the closed folders of the tree at `base`. `None` where nothing is to be removed, as
    /// there are no locks.
    fn retention_fs(&self, _base: &Path) -> Option<Box<dyn RetentionFs>> {
        None
    }

    /// Returns a poller for the writer. `None` where the system does not report changes to files:
    /// there the writer looks at them from time to time.
    fn poller(&self) -> Option<Poller> {
        None
    }
}

/// A lock that is released when this is dropped.
pub(crate) trait LockGuard: Send + Sync + fmt::Debug {
    /// Runs `alone` if no other logger has the lock, and none gets it meanwhile. By default it is
    /// unknown whether there are others.
    fn while_alone(&self, _alone: &mut dyn FnMut()) {}
}

/// Where the system has no such lock.
impl LockGuard for () {}

/// A file that is open for appending.
pub(crate) trait LogFile: Send + fmt::Debug {
    /// Appends bytes. Returns how many were written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Appends all of the bytes. After an error it is unknown how many were written.
    fn append_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = self.append(bytes)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = &bytes[written..];
        }
        Ok(())
    }

    /// Appends bytes if the file is empty, so that of all loggers that open it one does. Returns
    /// how many were written, or `None` if the file is not empty.
    fn append_first(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        if self.len()? > 0 {
            return Ok(None);
        }
        self.append(bytes).map(Some)
    }

    /// Makes the data durable.
    fn sync(&mut self) -> io::Result<()>;

    /// Removes the last bytes, if they are `tail`. No other logger may be writing to the file. By
    /// default they stay.
    fn cut_back(&mut self, _tail: &[u8]) -> io::Result<()> {
        Ok(())
    }

    /// Returns the size in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Returns where the last append ended. Other loggers may have appended more since.
    fn position(&mut self) -> io::Result<u64> {
        self.len()
    }

    /// Returns the last byte, or `None` if the file is empty.
    fn last_byte(&mut self) -> io::Result<Option<u8>>;

    /// Returns the bytes from an offset up to the end.
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>>;

    fn id(&self) -> io::Result<FileId>;

    /// Returns whether the file has no name any more, so that no reader will find what is appended.
    fn is_deleted(&self) -> io::Result<bool>;

    /// Waits until an append that another process has begun is complete. Without this, half a line
    /// at the end may be one that is being written at this moment.
    fn wait_for_writers(&self) {}
}

/// Returns whether an operation failed because the process or the system has no descriptor left.
pub(crate) fn lacks_descriptors(error: &DiskError) -> bool {
    // `ENFILE` and `EMFILE`, on every Unix. `ERROR_TOO_MANY_OPEN_FILES`.
    let codes: &[i32] = if cfg!(windows) { &[4] } else { &[23, 24] };
    error.code().is_some_and(|code| codes.contains(&code))
}
