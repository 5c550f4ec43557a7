//! Opens, reads and identifies files. Hides the differences between systems.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    ops::Range,
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use chrono::{DateTime, Utc};

use super::instant_of;
#[cfg(feature = "zstd")]
use super::zstd_frames::ZstdFrames;

#[cfg(test)]
mod tests;

/// An open file, or the part of an archive that holds one.
#[derive(Clone, Debug)]
pub(crate) struct OpenFile {
    bytes: Bytes,
    /// Where its bytes stand in those. `None` if they are all of them.
    range: Option<Range<u64>>,
    /// The identity of what was unpacked. `None` if the file is read as it is.
    origin: Option<Identity>,
    /// The length of what stands before the first record: a byte order mark, or a header.
    mark: u64,
}

/// The content of a file, as [`LogTree::file_records`](crate::LogTree::file_records) takes it: made
/// of an open file.
#[derive(Debug)]
pub struct FileContent(pub(crate) OpenFile);

impl From<File> for FileContent {
    fn from(file: File) -> Self {
        Self(OpenFile::plain(file))
    }
}

/// Where the bytes of a file come from.
#[derive(Clone, Debug)]
enum Bytes {
    File(Arc<File>),
    /// Decompressed as they are read.
    #[cfg(feature = "zstd")]
    Frames(Arc<ZstdFrames>),
}

/// What there is to know of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileState {
    /// Which file it is.
    pub(crate) identity: Identity,
    /// The number of its bytes, unpacked.
    pub length: u64,
    /// When it was written last.
    pub modified: Option<DateTime<Utc>>,
}

impl OpenFile {
    /// A file that is read as it is.
    pub(super) fn plain(file: File) -> Self {
        Self {
            bytes: Bytes::File(Arc::new(file)),
            range: None,
            origin: None,
            mark: 0,
        }
    }

    /// Bytes that are decompressed as they are read, from the file with this identity.
    #[cfg(feature = "zstd")]
    pub(super) fn of_frames(frames: ZstdFrames, origin: Identity) -> Self {
        Self {
            bytes: Bytes::Frames(Arc::new(frames)),
            range: None,
            origin: Some(origin),
            mark: 0,
        }
    }

    /// Bytes that were unpacked from the file with this identity: all of `file`.
    pub(super) fn unpacked(file: Arc<File>, origin: Identity) -> Self {
        Self {
            bytes: Bytes::File(file),
            range: None,
            origin: Some(origin),
            mark: 0,
        }
    }

    /// A part of these bytes, which has this identity.
    pub(super) fn part(&self, range: Range<u64>, origin: Identity) -> Self {
        Self {
            bytes: self.bytes.clone(),
            range: Some(range),
            origin: Some(origin),
            mark: 0,
        }
    }

    /// The same file, with a byte order mark or a header of this length.
    pub(super) fn behind_mark(self, mark: u64) -> Self {
        Self { mark, ..self }
    }

    /// Returns where the first line begins.
    pub(crate) fn mark(&self) -> u64 {
        self.mark
    }

    /// Returns the metadata of the file that holds the bytes.
    ///
    /// # Errors
    ///
    /// Fails if the system does not tell them.
    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        match &self.bytes {
            Bytes::File(file) => file.metadata(),
            #[cfg(feature = "zstd")]
            Bytes::Frames(frames) => frames.metadata(),
        }
    }

    /// Returns the offset that is read fastest, of those shortly before this one: where it begins
    /// what is decompressed for it.
    pub(crate) fn fastest_before(&self, offset: u64) -> u64 {
        match &self.bytes {
            Bytes::File(_) => offset,
            #[cfg(feature = "zstd")]
            Bytes::Frames(frames) => frames.frame_begin(offset),
        }
    }

    /// Returns whether the bytes are those of the file itself.
    pub(crate) fn is_plain(&self) -> bool {
        self.origin.is_none()
    }

    /// Returns identity and length.
    ///
    /// # Errors
    ///
    /// Fails if the system does not tell them.
    pub(crate) fn state(&self) -> io::Result<FileState> {
        let found = self.metadata()?;
        let whole = match &self.bytes {
            Bytes::File(_) => found.len(),
            #[cfg(feature = "zstd")]
            Bytes::Frames(frames) => frames.length()?,
        };
        let length = match &self.range {
            Some(range) => range.end.min(whole).saturating_sub(range.start),
            None => whole,
        };
        Ok(FileState {
            identity: self.origin.unwrap_or_else(|| Identity::of(&found)),
            length,
            modified: found.modified().ok().and_then(instant_of),
        })
    }
}

/// The identity of a file, independent of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Identity {
    /// Device and inode, if the system has them.
    node: Option<(u64, u64)>,
    /// The creation time otherwise.
    created: Option<SystemTime>,
    /// Modification time and length of a file that is unpacked: it is another one if they change.
    version: Option<(Option<SystemTime>, u64)>,
    /// The place in its archive.
    member: Option<(u64, u64)>,
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
                version: None,
                member: None,
            }
        }
        #[cfg(not(unix))]
        {
            Self {
                node: None,
                created: found.created().ok(),
                version: None,
                member: None,
            }
        }
    }

    /// Returns the identity of a file that is unpacked.
    pub(super) fn of_packed(found: &Metadata) -> Self {
        Self {
            version: Some((found.modified().ok(), found.len())),
            ..Self::of(found)
        }
    }

    /// Returns the identity of a file in the archive with this identity.
    pub(super) fn of_member(self, range: &Range<u64>) -> Self {
        Self {
            member: Some((range.start, range.end)),
            ..self
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

/// The error for folders, pipes and devices.
pub(super) fn not_regular() -> io::Error {
    io::Error::other("it is not a regular file")
}

/// Fills the buffer from `offset` on, as far as the file goes.
///
/// # Errors
///
/// Fails if the file cannot be read.
pub(crate) fn read_at(file: &OpenFile, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let Some(range) = &file.range else {
        return fill_from(&file.bytes, buffer, offset);
    };
    let left = (range.end - range.start).saturating_sub(offset);
    let wanted = usize::try_from(left)
        .unwrap_or(usize::MAX)
        .min(buffer.len());
    fill_from(&file.bytes, &mut buffer[..wanted], range.start + offset)
}

fn fill_from(bytes: &Bytes, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    match bytes {
        Bytes::File(file) => fill_at(file, buffer, offset),
        #[cfg(feature = "zstd")]
        Bytes::Frames(frames) => frames.read_at(buffer, offset),
    }
}

fn fill_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
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
