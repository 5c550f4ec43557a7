//! Reading at an offset, and telling files apart: what differs between systems.

use std::{
    fs::{File, Metadata},
    io,
    time::SystemTime,
};

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
