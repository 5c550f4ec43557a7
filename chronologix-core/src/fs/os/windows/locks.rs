//! The locks of a tree on Windows: bytes of one file in the base directory, far behind its end.
//!
//! A folder cannot be locked itself. Its byte is found by its name, so that two folders may share
//! one; then one is removed later. A lock that is a part of a file ends with its handle, also when
//! the process is killed. A logger that has prepared a folder holds its lock, shared with others,
//! and one that removes the folder needs it exclusively.

use std::{
    fs::{self, File, OpenOptions},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::open;
use crate::{
    fs::{os::limits::MountLimits, traits::LockGuard},
    win32,
};

/// The name of the file.
pub(crate) const NAME: &str = ".chronologix.lock";

/// The byte of the tree itself, and in a log that of its end.
const TREE: u64 = 1 << 62;

/// The byte of retention.
const RETENTION: u64 = TREE + 1;

/// The first byte of those of folders, of which there are as many as a hash of 32 bits has values.
const FOLDERS: u64 = TREE + (1 << 32);

/// How long to wait before the next attempt.
const RETRY_AFTER: Duration = Duration::from_millis(1);

/// How long to wait for a logger that removes the folder, which takes less than that.
const FOLDER_TIMEOUT: Duration = Duration::from_millis(20);

/// How long Windows may take to release the locks of a process that was killed.
const DEATH: Duration = Duration::from_secs(1);

/// A locked byte.
#[derive(Debug)]
pub(crate) struct ByteLock {
    file: File,
    at: u64,
}

impl LockGuard for ByteLock {}

impl ByteLock {
    fn try_take(base: &Path, at: u64, is_exclusive: bool) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let file = open(&base.join(NAME), 1, options)?;
        let is_locked = win32::try_lock(&file, at, is_exclusive)?;
        Ok(is_locked.then_some(Self { file, at }))
    }
}

impl Drop for ByteLock {
    /// Windows would unlock it some time after the file is closed.
    fn drop(&mut self) {
        let _ = win32::unlock(&self.file, self.at);
    }
}

/// Takes the lock of the tree at `base`. Waits for it for `timeout` at most.
pub(crate) fn lock(base: &Path, timeout: Duration) -> io::Result<ByteLock> {
    let locked = within(timeout, || ByteLock::try_take(base, TREE, true))?;
    locked.ok_or_else(|| io::ErrorKind::WouldBlock.into())
}

/// Takes the lock of the end of a log, which every logger has while it appends. Of two that append
/// at once, not every file system puts one behind the other. A process that keeps the lock for long
/// does not append, and is not waited for.
pub(in crate::fs::os) fn lock_end(file: &File) -> Option<EndLock<'_>> {
    let begun = Instant::now();
    // After an error there are no locks here.
    while !win32::try_lock(file, TREE, true).ok()? {
        if begun.elapsed() >= DEATH {
            return None;
        }
        thread::sleep(RETRY_AFTER / 20);
    }
    Some(EndLock(file))
}

/// The lock of the end of a log.
#[derive(Debug)]
pub(in crate::fs::os) struct EndLock<'file>(&'file File);

impl Drop for EndLock<'_> {
    fn drop(&mut self) {
        let _ = win32::unlock(self.0, TREE);
    }
}

/// Takes the lock that one logger has while it looks after closed folders.
pub(super) fn try_lock_retention(base: &Path) -> io::Result<Option<ByteLock>> {
    within(DEATH, || ByteLock::try_take(base, RETENTION, true))
}

/// Reports once why there is no lock, unless another logger has it.
pub(crate) fn report(limits: &MountLimits, doing: &'static str, path: &Path, error: &io::Error) {
    if error.kind() != io::ErrorKind::WouldBlock {
        limits.report(doing, path, error, "the logger goes on without this lock");
    }
}

/// Tries to lock until it succeeds or fails, or this time is over.
fn within(
    timeout: Duration,
    attempt: impl Fn() -> io::Result<Option<ByteLock>>,
) -> io::Result<Option<ByteLock>> {
    let begun = Instant::now();
    loop {
        let locked = attempt()?;
        if locked.is_some() || begun.elapsed() >= timeout {
            return Ok(locked);
        }
        thread::sleep(RETRY_AFTER);
    }
}

/// Locks a folder of a tree, shared. Fails with [`io::ErrorKind::NotFound`] if it was removed
/// meanwhile. Without a file to lock, no logger removes folders, and there is no lock.
pub(crate) fn lock_shared(folder: &Path) -> io::Result<Option<ByteLock>> {
    let locked = within(FOLDER_TIMEOUT, || try_lock_folder(folder, false));
    if super::kind(folder)?.is_none() {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(locked.unwrap_or(None))
}

/// Locks a folder of a tree, if that can be done at once.
pub(super) fn try_lock_folder(folder: &Path, is_exclusive: bool) -> io::Result<Option<ByteLock>> {
    let mut hasher = DefaultHasher::new();
    folder.file_name().hash(&mut hasher);
    let byte = FOLDERS + (hasher.finish() & u64::from(u32::MAX));
    ByteLock::try_take(folder.parent().unwrap_or(folder), byte, is_exclusive)
}

/// Removes a folder that is not locked and that has nothing in it but empty files named in `files`.
pub(crate) fn remove_if_empty(folder: &Path, files: &[&str]) -> io::Result<bool> {
    let Ok(Some(_alone)) = try_lock_folder(folder, true) else {
        return Ok(false);
    };
    let mut empty = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = files.iter().any(|file| name == *file);
        let found = super::kind(&entry.path())?;
        let is_empty = found.is_none_or(|found| found.is_regular_file() && found.bytes == 0);
        if !is_ours || !is_empty {
            return Ok(false);
        }
        empty.push(entry.path());
    }
    for path in empty {
        super::remove_if(&path, |found| found.is_regular_file() && found.bytes == 0)?;
    }
    super::remove_if(folder, win32::FileInformation::is_real_folder)
}
