//! Opening files, reading at an offset, and telling files apart: what differs between systems.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    path::Path,
    time::SystemTime,
};

use super::packed::metadata;

#[cfg(test)]
mod tests;

/// A file to be read.
pub(crate) type OpenFile = File;

/// Which file a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    /// Device and inode, where the system has them.
    node: Option<(u64, u64)>,
    /// Otherwise the time the file was made.
    created: Option<SystemTime>,
}

impl Identity {
    /// The file these metadata were read from.
    pub(crate) fn of(found: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Self {
                node: Some((found.dev(), found.ino())),
                created: None,
            }
        }
        #[cfg(not(unix))]
        {
            Self {
                node: None,
                created: found.created().ok(),
            }
        }
    }
}

/// Opens a file for reading.
///
/// # Errors
///
/// When it cannot be opened, or is no regular file: a pipe must not be waited for, and a device not
/// be read.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(not_regular())
    }
}

/// How long a regular file is; a compressed one, how long it is unpacked.
///
/// # Errors
///
/// When there is none.
pub(crate) fn file_length(path: &Path) -> io::Result<u64> {
    let found = metadata(path)?;
    if found.is_file() {
        Ok(found.len())
    } else {
        Err(not_regular())
    }
}

fn not_regular() -> io::Error {
    io::Error::other("it is not a regular file")
}

/// Fills the buffer from `offset` on, as far as the file goes.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_some_at(file, &mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(unix)]
fn read_some_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_some_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
