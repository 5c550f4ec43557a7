//! Files that leave the page cache to others.
//!
//! Retention reads and writes each byte once. In the page cache these bytes would only take the
//! place of what programs read again.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

/// Bytes that are read before those are dropped from the cache.
const DROP_EVERY: u64 = 8 << 20;

/// Reads a file, and drops from the page cache what was read.
#[derive(Debug)]
pub(super) struct UncachedReader {
    file: File,
    /// Bytes that were read and not dropped.
    kept: u64,
}

impl UncachedReader {
    pub(super) fn new(file: File) -> Self {
        Self { file, kept: 0 }
    }
}

impl Read for UncachedReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.kept += read as u64;
        if self.kept >= DROP_EVERY {
            self.kept = 0;
            // What the kernel has read ahead is still wanted.
            if let Ok(position) = self.file.stream_position() {
                drop_cached(&self.file, position);
            }
        }
        Ok(read)
    }
}

impl Seek for UncachedReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for UncachedReader {
    fn drop(&mut self) {
        drop_cached(&self.file, 0);
    }
}

/// Drops the beginning of a file from the page cache, up to this offset, or all of it at 0. What is
/// not synced stays. It is a hint: without it, the files are the same.
#[cfg(target_os = "linux")]
pub(super) fn drop_cached(file: &File, end: u64) {
    use std::num::NonZeroU64;

    use rustix::fs::{Advice, fadvise};

    let _ = fadvise(file, 0, NonZeroU64::new(end), Advice::DontNeed);
}

/// Other systems have no such hint, or do nothing with it.
#[cfg(not(target_os = "linux"))]
pub(super) fn drop_cached(_: &File, _: u64) {}
