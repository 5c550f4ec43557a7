//! Opens, reads and identifies files. Hides the differences between systems.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    path::Path,
    time::SystemTime,
};

use super::packed::metadata;

#[cfg(test)]
mod tests;

/// An open file.
pub(crate) type OpenFile = File;

/// The identity of a file, independent of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    /// Device and inode, if the system has them.
    node: Option<(u64, u64)>,
    /// The creation time otherwise.
    created: Option<SystemTime>,
}

impl Identity {
    /// Returns the identity from metadata.
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
/// Fails if it cannot be opened or is not a regular file. Opening a pipe could block, and reading a
/// device could have side effects.
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

/// Returns the length of a regular file, or the unpacked length of a compressed one.
///
/// # Errors
///
/// Fails if there is no such file.
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
