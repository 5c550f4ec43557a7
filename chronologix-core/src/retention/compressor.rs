//! The ends of a compression: a reader of exactly as many bytes as a file had, and a writer that
//! syncs its file as it grows.

use std::{
    io::{self, Read, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use crate::fs::{retention_fs::SeekRead, traits::LogFile};

/// Bytes after which the file is synced. The end then has little left to sync, other syncs on this
/// disk have little to wait for, and a stop does not wait for long.
const SYNC_EVERY: usize = 8 << 20;

/// Reads exactly as many bytes as a file had when it was listed. Fails when retention is stopped.
pub(crate) struct ExactReader<'a> {
    pub(crate) inner: Box<dyn SeekRead>,
    pub(crate) left: u64,
    pub(crate) stop: &'a AtomicBool,
}

/// Writes an archive. Fails when retention is stopped.
pub(crate) struct ArchiveWriter<'a> {
    pub(crate) file: Box<dyn LogFile>,
    pub(crate) unsynced: usize,
    pub(crate) stop: &'a AtomicBool,
}

/// Fails when retention is stopped.
pub(crate) fn fail_if_stopped(stop: &AtomicBool) -> io::Result<()> {
    if stop.load(Ordering::Relaxed) {
        return Err(io::Error::other("the logger stops"));
    }
    Ok(())
}

impl Read for ExactReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        fail_if_stopped(self.stop)?;
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = most.min(into.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.inner.read(&mut into[..most])?;
        if read == 0 {
            let error = "it has become shorter since it was listed";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, error));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

impl ArchiveWriter<'_> {
    /// Makes all of it durable.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        fail_if_stopped(self.stop)?;
        self.file.sync()
    }
}

impl Write for ArchiveWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        fail_if_stopped(self.stop)?;
        let written = self.file.append(bytes)?;
        self.unsynced += written;
        if self.unsynced >= SYNC_EVERY {
            self.file.sync()?;
            self.unsynced = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
