//! An open file of a stream.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use super::identity_of;
use crate::fs::traits::{FileId, LogFile};

#[cfg(all(test, unix))]
mod tests;

#[derive(Debug)]
pub(crate) struct OsFile {
    file: File,
    /// Some file systems know of no names: there one cannot tell when the last is gone.
    counts_names: bool,
}

impl OsFile {
    /// A file that was opened at `path`.
    pub(crate) fn new(file: File, path: &Path) -> Self {
        // One without a name was deleted since it was opened, unless it stands at its path all the same.
        let stands_there = |metadata: &fs::Metadata| {
            fs::symlink_metadata(path)
                .is_ok_and(|there| identity_of(&there) == identity_of(metadata))
        };
        let counts_names = file
            .metadata()
            .is_ok_and(|metadata| names(&metadata) > 0 || !stands_there(&metadata));
        Self { file, counts_names }
    }
}

impl LogFile for OsFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
                outcome => return outcome,
            }
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn len(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
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

    fn identity(&self) -> io::Result<FileId> {
        self.file.metadata().map(|metadata| identity_of(&metadata))
    }

    fn is_deleted(&self) -> io::Result<bool> {
        Ok(self.counts_names && names_now(&self.file)? == 0)
    }

    /// The kernel appends to a file under a lock of it, and changes its mode under the same. So a change to what it is comes back when
    /// no append is under way.
    #[cfg(unix)]
    fn wait_for_writers(&self) {
        if let Ok(metadata) = self.file.metadata() {
            // Where it cannot be changed, one has not waited; at worst there is an empty line.
            let _ = self.file.set_permissions(metadata.permissions());
        }
    }
}

/// How many names a file has.
#[cfg(unix)]
fn names(metadata: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.nlink()
}

/// Windows keeps an open file from being deleted.
#[cfg(not(unix))]
fn names(_metadata: &fs::Metadata) -> u64 {
    1
}

/// How many names an open file has, as far as this machine knows: with each batch, a server is not asked.
#[cfg(target_os = "linux")]
fn names_now(file: &File) -> io::Result<u64> {
    use rustix::fs::{AtFlags, StatxFlags, statx};

    let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
    Ok(statx(file, "", flags, StatxFlags::NLINK)?.stx_nlink.into())
}

#[cfg(not(target_os = "linux"))]
fn names_now(file: &File) -> io::Result<u64> {
    Ok(names(&file.metadata()?))
}
