//! What stands in a sealed tree, byte by byte: listings, and logs before any compression.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use super::{
    decode::unpack,
    file_name::name_text,
    packed::{Sequential, archive_stem, member, members, uncompressed_name},
    positional::{OpenFile, open_regular, read_at},
};

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// What has a name in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Folder,
    /// A symlink, a pipe, a device.
    Other,
}

/// A part of a log. The parts follow each other: late records stand behind what was compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LogPiece {
    /// A file as it is, or one in an archive, whose path goes on with the name of the file.
    Stored(PathBuf),
    /// A file that is compressed.
    Compressed(PathBuf),
}

/// Returns what is in a folder, by name. Names that are not UTF-8 are shown as well as they can be.
pub(crate) fn list(folder: &Path) -> io::Result<BTreeMap<String, EntryKind>> {
    let mut entries = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.file_type()?;
        let kind = if found.is_file() {
            EntryKind::File
        } else if found.is_dir() {
            EntryKind::Folder
        } else {
            EntryKind::Other
        };
        entries.insert(name_text(&entry.file_name()), kind);
    }
    Ok(entries)
}

/// Returns the names of the files in an archive.
pub(crate) fn list_archive(path: &Path) -> io::Result<Vec<String>> {
    members(path)
}

/// Returns the name of a packed folder, if this is the name of an archive.
pub(crate) fn packed_folder(name: &str) -> Option<&str> {
    archive_stem(name)
}

/// Returns the name of a log, if this is the name of a compressed one.
pub(crate) fn compressed_log(name: &str) -> Option<&str> {
    uncompressed_name(name)
}

/// Returns what is in a file, or in a file of an archive. `None` if there is none.
pub(crate) fn read_whole(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    match write_to(&LogPiece::Stored(path.to_owned()), &mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens the bytes of a log for reading at any place. `None` if they have to be unpacked first.
pub(crate) fn open_stored(pieces: &[LogPiece]) -> io::Result<Option<OpenFile>> {
    match pieces {
        [LogPiece::Stored(path)] => open(path).map(Some),
        _ => Ok(None),
    }
}

/// Unpacks a log to a file without a name.
pub(crate) fn spool(pieces: &[LogPiece]) -> io::Result<OpenFile> {
    let mut file = tempfile::tempfile()?;
    for piece in pieces {
        write_to(piece, &mut file)?;
    }
    Ok(OpenFile::plain(file))
}

/// Writes the bytes of a part of a log. What cannot be unpacked is left out.
pub(crate) fn write_to(piece: &LogPiece, out: &mut dyn Write) -> io::Result<()> {
    match piece {
        LogPiece::Compressed(path) => {
            let packed = Sequential::new(OpenFile::plain(open_regular(path)?));
            // That it is damaged is found by what is missing.
            unpack(packed, out).map(drop)
        }
        LogPiece::Stored(path) => {
            let file = open(path)?;
            let (mut buffer, mut at) = (vec![0; CHUNK], 0);
            loop {
                let read = read_at(&file, &mut buffer, at)?;
                if read == 0 {
                    return Ok(());
                }
                out.write_all(&buffer[..read])?;
                at += read as u64;
            }
        }
    }
}

fn open(path: &Path) -> io::Result<OpenFile> {
    match open_regular(path) {
        Ok(file) => Ok(OpenFile::plain(file)),
        Err(error) => member(path).unwrap_or(Err(error)),
    }
}
