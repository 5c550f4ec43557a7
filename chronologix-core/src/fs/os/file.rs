//! An open file of a stream.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};
#[cfg(unix)]
use std::{thread, time::Duration};

#[cfg(unix)]
use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

#[cfg(windows)]
use super::windows::{id_of, locks};
use super::{page_cache::drop_cached, sync};
use crate::fs::traits::{FileId, LogFile};

#[cfg(all(test, unix))]
mod tests;

/// Attempts to lock a file for its first line, a millisecond apart.
#[cfg(unix)]
const ATTEMPTS: u32 = 20;

/// A file of the operating system, open for appending.
#[derive(Debug)]
pub(crate) struct OsFile {
    file: File,
    /// Some file systems do not count links. There it is unknown when the last one is gone.
    counts_links: bool,
    /// Whether the page cache keeps what is synced.
    is_cached: bool,
}

impl OsFile {
    /// Wraps a file that was opened at `path`.
    pub(crate) fn new(file: File, path: &Path) -> Self {
        // A file without links was deleted since it was opened, unless it is found at its path.
        let is_at_path = || super::id_at(path).is_ok_and(|there| there == id_of(&file).ok());
        let counts_links = links(&file).is_ok_and(|links| links > 0 || !is_at_path());
        Self {
            file,
            counts_links,
            is_cached: true,
        }
    }

    /// The same file, of which the page cache keeps nothing that is synced.
    #[cfg(not(target_os = "solaris"))]
    pub(super) fn uncached(self) -> Self {
        let is_cached = false;
        Self { is_cached, ..self }
    }
}

impl LogFile for OsFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(windows)]
        let _alone = locks::lock_end(&self.file);
        append(&self.file, bytes)
    }

    fn append_first(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        #[cfg(windows)]
        let _alone = locks::lock_end(&self.file);
        #[cfg(unix)]
        let _alone = BeginningLock::take(&self.file);
        if self.len()? > 0 {
            return Ok(None);
        }
        append(&self.file, bytes).map(Some)
    }

    fn sync(&mut self) -> io::Result<()> {
        sync::sync_data(&self.file)?;
        if !self.is_cached {
            drop_cached(&self.file, 0);
        }
        Ok(())
    }

    fn cut_back(&mut self, tail: &[u8]) -> io::Result<()> {
        let length = tail.len() as u64;
        let Some(before) = self.len()?.checked_sub(length) else {
            return Ok(());
        };
        self.file.seek(SeekFrom::Start(before))?;
        let mut found = Vec::new();
        (&self.file).take(length).read_to_end(&mut found)?;
        if found == tail {
            self.file.set_len(before)?;
        }
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }

    fn position(&mut self) -> io::Result<u64> {
        self.file.stream_position()
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        if self.file.metadata()?.len() == 0 {
            return Ok(None);
        }
        self.file.seek(SeekFrom::End(-1))?;
        let mut byte = [0];
        self.file.read_exact(&mut byte)?;
        Ok(Some(byte[0]))
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        (&self.file).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn id(&self) -> io::Result<FileId> {
        id_of(&self.file)
    }

    fn is_deleted(&self) -> io::Result<bool> {
        Ok(self.counts_links && links_now(&self.file)? == 0)
    }

    #[cfg(windows)]
    fn wait_for_writers(&self) {
        drop(locks::lock_end(&self.file));
    }

    /// The kernel appends to a file under the lock of its inode, and changes its mode under the
    /// same lock. So setting the mode to what it is returns when no append is under way.
    #[cfg(unix)]
    fn wait_for_writers(&self) {
        if let Ok(metadata) = self.file.metadata() {
            // If that is not allowed, there was no wait, and at worst an empty line follows.
            let _ = self.file.set_permissions(metadata.permissions());
        }
    }
}

fn append(mut file: &File, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match file.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
            outcome => return outcome,
        }
    }
}

/// An advisory lock on an open file, under which loggers write its first line.
#[cfg(unix)]
struct BeginningLock<'a>(&'a File);

#[cfg(unix)]
impl<'a> BeginningLock<'a> {
    /// Waits for another logger, which has the lock for a `write`. A process that keeps it for
    /// longer is no logger, and is not waited for. Where there are no locks, two loggers that open
    /// an empty file at the same moment may write a first line each.
    fn take(file: &'a File) -> Option<Self> {
        for _ in 0..ATTEMPTS {
            match flock(file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Some(Self(file)),
                Err(Errno::WOULDBLOCK) => thread::sleep(Duration::from_millis(1)),
                Err(_) => break,
            }
        }
        None
    }
}

#[cfg(unix)]
impl Drop for BeginningLock<'_> {
    fn drop(&mut self) {
        let _ = flock(self.0, FlockOperation::Unlock);
    }
}

#[cfg(unix)]
fn id_of(file: &File) -> io::Result<FileId> {
    file.metadata().map(|metadata| super::id_of(&metadata))
}

#[cfg(unix)]
fn links(file: &File) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;

    file.metadata().map(|metadata| metadata.nlink())
}

#[cfg(windows)]
use crate::win32::links;

/// Returns the number of links as far as this machine knows it. This is called with each batch, too
/// often to ask the server of a network file system.
#[cfg(target_os = "linux")]
fn links_now(file: &File) -> io::Result<u64> {
    use rustix::fs::{AtFlags, StatxFlags, statx};

    let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
    match statx(file, "", flags, StatxFlags::NLINK) {
        Ok(found) => Ok(found.stx_nlink.into()),
        // A sandbox forbids the call, or the kernel is older.
        Err(_) => links(file),
    }
}

#[cfg(not(target_os = "linux"))]
use self::links as links_now;
